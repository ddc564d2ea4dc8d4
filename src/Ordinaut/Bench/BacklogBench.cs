using System.Globalization;
using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>
/// What a backlog costs, and an old snapshot that keeps dead rows from being taken away, each as a ratio to the same
/// drain without it, in the same minute.
/// </summary>
internal sealed class BacklogBench(Db db, Backlog backlog, Func<Worker> worker, BenchSize size)
{
    private const int Usual = 5;
    private const int Low = 9;

    // An open transaction with a number of its own keeps every row that was deleted after it.
    private const string Endless = "select set_config('idle_in_transaction_session_timeout', '0', true)";
    private const string HoldHorizon = "select pg_current_xact_id()::text";

    private const string SelectBuffers = """
        select (
          (select sum(heap_blks_hit + heap_blks_read) from pg_statio_user_tables where relname = 'queue')
          + (select sum(idx_blks_hit + idx_blks_read) from pg_statio_user_indexes where relname = 'queue'))::bigint
        """;

    /// <summary>The server counts what a connection read at the latest when it was idle for ten seconds.</summary>
    private static readonly TimeSpan UntilCounted = TimeSpan.FromSeconds(12);

    public async Task<IReadOnlyList<Measure>> Waiting()
    {
        var alone = await Drain();
        await backlog.Add(size.Waiting, priority: Low);
        var behind = await Drain();
        await backlog.Clear();
        var name = string.Create(CultureInfo.InvariantCulture, $"drain with {size.Waiting:N0} waiting");
        return
        [
            new Measure(name, behind.Rate, "runs/s"),
            new Measure($"{name}, to without", behind.Rate / alone.Rate, "ratio", 0.9),
            .. Buffers(name, behind, alone, 2),
        ];
    }

    /// <summary>Only where a snapshot can outlive a statement: on PostgreSQL.</summary>
    public async Task<IReadOnlyList<Measure>> Snapshot()
    {
        var clean = await Drain();
        var release = new TaskCompletionSource();
        var holder = db.Write(async session =>
        {
            await session.Lock(Endless);
            await session.First(HoldHorizon, row => row.Text(0));
            await release.Task;
        });
        await Drain();
        var held = await Drain();
        release.SetResult();
        await holder;
        return
        [
            new Measure("drain under a held snapshot, to without", held.Rate / clean.Rate, "ratio"),
            .. Buffers("drain under a held snapshot", held, clean, 3),
        ];
    }

    private IEnumerable<Measure> Buffers(string name, Drained one, Drained other, double goal) =>
        db.IsShared
            ?
            [
                new(
                    $"{name}, queue buffers to without",
                    one.Buffers / other.Buffers,
                    "ratio",
                    goal,
                    LowerIsBetter: true
                ),
            ]
            : [];

    private async Task<Drained> Drain()
    {
        await backlog.Add(size.Runs, Usual);
        var before = await Buffers();
        var finished = await backlog.Finished();
        var working = worker();
        await working.StartAsync(CancellationToken.None);
        var rate = await backlog.Rate(Usual);
        await working.StopAsync(CancellationToken.None);
        var runs = await backlog.Finished() - finished;
        return new Drained(rate, (await Buffers() - before) / (double)runs);
    }

    private async Task<long> Buffers()
    {
        if (!db.IsShared)
        {
            return 0;
        }

        await Task.Delay(UntilCounted, TimeProvider.System);
        return await db.Read(session => session.First(SelectBuffers, row => row.Long(0)));
    }

    /// <param name="Rate">Runs a second.</param>
    /// <param name="Buffers">Pages of the queue and its indexes looked at for one run.</param>
    private sealed record Drained(double Rate, double Buffers);
}
