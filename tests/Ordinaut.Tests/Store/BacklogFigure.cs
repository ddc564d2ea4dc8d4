using System.Collections.Concurrent;
using Npgsql;
using Ordinaut.Bench;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tests.Faults;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Simulation;
using static System.FormattableString;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Store;

/// <summary>
/// Figure 7, backlog and horizon: what a claim looks at does not grow with the runs that wait, nor, while an old
/// transaction keeps all dead rows from being taken away, with the runs that went before; and a crowd that falls due
/// in one second is soon on its way. Pages are counted by the server, so the machine's load is not in the figure.
/// </summary>
public sealed class BacklogFigure(ITestOutputHelper output)
{
    private const double MostOfMany = 2;
    private const double MostUnderSnapshot = 3;
    private const string NoGuard = "No shipped statement holds this guard any more.";
    private const int Few = 1_000;
    private const int Many = 10_000;
    private const int Passed = 10_000;
    private const int Window = 1_000;

    private static readonly TimeSpan AllStarted = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_claim_looks_at_no_more_with_many_runs_ready()
    {
        using var turn = await Campaign.Turn();
        var (many, ratio) = await Ready(Mutant.None, Campaign.IsLong ? 1_000_000 : Many);

        Campaign.Print(output, "Figure 7, ready", many);
        Assert.InRange(ratio, 0, MostOfMany);
    }

    [Fact]
    public async Task A_claim_looks_at_little_more_under_a_held_snapshot()
    {
        using var turn = await Campaign.Turn();
        var (held, ratio) = await Held(Mutant.None, Campaign.IsLong ? 50_000 : Passed);

        Campaign.Print(output, "Figure 7, snapshot", held);
        Assert.InRange(ratio, 0, MostUnderSnapshot);
    }

    [Fact]
    public async Task A_claim_in_an_order_that_no_index_has_is_noticed()
    {
        using var turn = await Campaign.Turn();
        var mutant = new Mutant(
            "a claim sorts the line",
            ("order by q.priority, q.due limit @places", "order by q.priority + 0, q.due limit @places")
        );
        var (many, ratio) = await Ready(mutant, Many);

        Campaign.Print(output, $"Figure 7, mutant, {mutant}", many);
        Assert.True(mutant.HasStruck, NoGuard);
        Assert.True(ratio > MostOfMany, many);
    }

    [Fact]
    public async Task A_claim_without_its_floor_is_noticed()
    {
        using var turn = await Campaign.Turn();
        var mutant = new Mutant(
            "a claim begins at the head of the line",
            (" and (q.priority, q.due) >= (@from_priority, @from_due)", "")
        );
        var (held, ratio) = await Held(mutant, Passed);

        Campaign.Print(output, $"Figure 7, mutant, {mutant}", held);
        Assert.True(mutant.HasStruck, NoGuard);
        Assert.True(ratio > MostUnderSnapshot, held);
    }

    [Fact]
    public async Task A_crowd_that_falls_due_in_one_second_is_started_within_a_minute()
    {
        using var turn = await Campaign.Turn();
        var bulks = Campaign.IsLong ? 10 : 2;
        using var nodes = await Nodes.Start("postgres");
        var input = Once("2027-01-04T00:10:00Z", """{"id": "a", "uses": "debug.echo"}""");
        await nodes.AtOnce(
            bulks,
            (node, _) => node.Tasks.Bulk(node.Ann, new BulkTasks([.. Enumerable.Repeat(input, 1_000)]))
        );
        nodes.Clock.MoveTo(CoreBundle.At("2027-01-04T00:10:00Z"));

        var began = TimeProvider.System.GetTimestamp();
        await nodes.WorkUntilIdle();
        var took = TimeProvider.System.GetElapsedTime(began);

        const string CountDone = "select count(*) from run where state = 'succeeded'";
        Assert.Equal(bulks * 1_000, await nodes.One.Db.Read(session => session.First(CountDone, row => row.Long(0))));
        Assert.InRange(took, TimeSpan.Zero, AllStarted);
        var result = Invariant($"{bulks * 1_000:N0} tasks in one second: all done, not only started, after");
        Campaign.Print(output, "Figure 7, due at once", Invariant($"{result} {took.TotalSeconds:F1} s"));
    }

    private static async Task<(string Told, double Ratio)> Ready(Mutant mutant, int many)
    {
        using var line = await Line.Open(mutant);
        await line.Add(Few);
        var before = await line.Pass(Few / 2);
        await line.Add(many - Few / 2);
        var after = await line.Pass(Few / 2);
        return Compare($"with {Few:N0} and {many:N0} runs ready", before, after);
    }

    private static async Task<(string Told, double Ratio)> Held(Mutant mutant, int passed)
    {
        using var line = await Line.Open(mutant);
        await line.Add(Window + passed + Window + Line.Places);
        var before = await line.Pass(Window);
        await using var holder = await line.Hold();
        await line.Pass(passed, Worker.ClaimBatch);
        var after = await line.Pass(Window);
        var (told, ratio) = Compare($"before a held snapshot and after {passed:N0} runs under it", before, after);
        // A share of it is in each run above; a worker that keeps up with its line looks with every claim.
        var look = await line.Pass(Line.Places) * Line.Places;
        return (Invariant($"{told}; {look:F0} pages for a claim that begins with a look"), ratio);
    }

    private static (string Told, double Ratio) Compare(FormattableString what, double before, double after) =>
        (
            Invariant($"{Invariant(what)}: {before:F1}, {after:F1} pages a claimed run: {after / before:F2}"),
            after / before
        );

    /// <summary>One agent's line of ready runs, and one worker that claims and finishes them.</summary>
    private sealed class Line(Db db, string address) : IDisposable
    {
        /// <summary>A worker that has most of its slots taken claims a few at a time.</summary>
        public const int Places = 5;

        // In virtual time, a sixth of what is measured (docs/performance.md): so it takes its look once in so many.
        private const int RunsPerSecond = 1_000;

        // Of the transaction under way, by this connection alone.
        private const string SelectPages = """
            select sum(pg_stat_get_xact_blocks_fetched(id))::bigint from (
              select 'queue'::regclass::oid
              union all select indexrelid from pg_index where indrelid = 'queue'::regclass) part(id)
            """;

        private static readonly Ids Ids = new(TimeProvider.System, new Random(Campaign.Seed));

        private readonly StoryClock _clock = new(CoreBundle.At(CoreBundle.Monday));
        private readonly Backlog _backlog = new(db, Ids, owner: Ids.Next(), task: Ids.Next());

        public static async Task<Line> Open(Mutant mutant)
        {
            var address = PostgresServer.NewDatabase();
            // A statement is known by its text's place in memory, so each is rewritten once.
            var rewritten = new ConcurrentDictionary<string, string>();
            var settings = new PostgresSettings(address) { Rewrite = sql => rewritten.GetOrAdd(sql, mutant.Rewrite) };
            return new Line(await Db.Open(settings, TimeProvider.System), address);
        }

        public Task Add(int runs) => _backlog.Add(runs, priority: 5);

        /// <summary>Claims and finishes so many runs; returns how many pages claims looked at for each.</summary>
        public async Task<double> Pass(int runs, int places = Places)
        {
            // A worker anew, which begins with a look.
            var desk = new ClaimDesk(CoreBundle.Settings("w1") with { SlotsOfAgent = places }, _clock);
            var pages = 0L;
            for (var left = runs; left > 0; left -= places)
            {
                pages += await PassBatch(desk, Math.Min(places, left));
                _clock.MoveTo(_clock.GetUtcNow() + TimeSpan.FromSeconds(places) / RunsPerSecond);
            }

            return pages / (double)runs;
        }

        /// <summary>From now on nothing that is deleted goes away, until the answer is disposed of.</summary>
        public async Task<IAsyncDisposable> Hold()
        {
            var connection = new NpgsqlConnection($"{address};Pooling=false");
            await connection.OpenAsync();
            await using var begin = new NpgsqlCommand("begin; select pg_current_xact_id()::text", connection);
            await begin.ExecuteNonQueryAsync();
            return connection;
        }

        public void Dispose() => db.Dispose();

        private async Task<long> PassBatch(ClaimDesk desk, int places)
        {
            var (claimed, pages) = await db.Write(async session =>
            {
                var before = await Pages(session);
                var claimed = await desk.Claim(session, places);
                return (claimed, await Pages(session) - before);
            });
            Assert.Equal(places, claimed.Count);
            desk.Commit(wasFull: true);
            await db.Write(async session =>
            {
                await SlotStore.LockAll(session, [.. claimed.Select(run => run.Slot)]);
                await RunStore.Finish(session, claimed, RunState.Succeeded);
            });
            return pages;
        }

        private static ValueTask<long> Pages(Session session) => session.First(SelectPages, row => row.Long(0));
    }
}
