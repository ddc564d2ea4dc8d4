using Ordinaut.Store;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Several nodes on one database, all at work at once on real threads: each its own scheduler, reaper and worker; on
/// PostgreSQL each its own connections, on SQLite the one writer that a process has.
/// </summary>
internal sealed class Nodes : IDisposable
{
    private const string SelectLive = "select exists (select 1 from queue where state <> 3)";
    private const string SelectDue = "select exists (select 1 from task where next_due <= @now)";

    private const string SelectLeft = """
        select 'state ' || state || ' epoch ' || epoch || ' slot ' || substr(cast(slot as text), 1, 8) || ' limit '
          || slot_limit || ' cancel ' || cancel_requested from queue limit 20
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TestFolder? _folder;

    private Nodes(IReadOnlyList<CoreBundle> all, StoryClock clock, TestFolder? folder)
    {
        All = all;
        Clock = clock;
        _folder = folder;
    }

    public IReadOnlyList<CoreBundle> All { get; }

    public StoryClock Clock { get; }

    public CoreBundle One => All[0];

    public CoreBundle this[int i] => All[i % All.Count];

    public static async Task<Nodes> Start(string engine, int count = 2)
    {
        if (engine == "sqlite")
        {
            var clock = new StoryClock(CoreBundle.At(CoreBundle.Monday));
            var folder = new TestFolder();
            var db = await Db.Open(folder.File, clock);
            return new Nodes([.. Enumerable.Range(0, count).Select(_ => new CoreBundle(clock, db))], clock, folder);
        }

        return await Start(PgBouncer.Settings(engine), count);
    }

    public static async Task<Nodes> Start(PostgresSettings postgres, int count = 2)
    {
        var clock = new StoryClock(CoreBundle.At(CoreBundle.Monday));
        var settings = postgres with { FixedNow = clock.GetUtcNow };
        var databases = await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => Task.Run(() => Db.Open(settings, TimeProvider.System)))
        );
        return new Nodes([.. databases.Select(db => new CoreBundle(clock, db))], clock, null);
    }

    /// <summary>Does something many times at once, in turn on each node.</summary>
    public Task<T[]> AtOnce<T>(int times, Func<CoreBundle, int, Task<T>> act) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(i => Task.Run(() => act(this[i], i))));

    /// <summary>All nodes work until nothing is due and nothing is live.</summary>
    public async Task WorkUntilIdle()
    {
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(All.Select(node => Task.Run(() => Work(node, began))));
    }

    public void Dispose()
    {
        foreach (var db in All.Select(node => node.Db).Distinct())
        {
            db.Dispose();
        }

        _folder?.Dispose();
    }

    private static async Task Work(CoreBundle node, long began)
    {
        while (await IsBusy(node))
        {
            await node.Reaper.DoBatch();
            await node.Scheduler.DoBatch();
            await node.Worker.DoBatch();
            await node.Worker.ObeyCancels();
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                var left = await node.Db.Read(session => session.Query(SelectLeft, row => row.Text(0)));
                Assert.Fail($"The nodes do not come to an end ({node.Worker.Running} run): {string.Join("; ", left)}");
            }
        }
    }

    private static async Task<bool> IsBusy(CoreBundle node) =>
        node.Worker.Running > 0
        || await node.Db.Read(async session =>
            await session.First(SelectLive, row => row.Bool(0)) || await session.First(SelectDue, row => row.Bool(0))
        );
}
