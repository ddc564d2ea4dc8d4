using System.Globalization;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 2, kill -9: whatever instant a node is killed at, nothing that was acknowledged is missing, no keyed effect
/// comes under two keys, no unsafe step is repeated, and work goes on within ten seconds (what another node held: plus
/// its lease).
/// </summary>
public sealed class KillFigure(FaultBench bench, ITestOutputHelper output)
{
    private static readonly TimeSpan ResumedWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Killed_at_any_instant_one_process_on_SQLite_keeps_what_it_promised()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet();
        await fleet.Add("all");

        await Strike("SQLite, one process", fleet, Campaign.Rounds(3, 100));
    }

    [Fact]
    public async Task Killed_at_any_instant_three_nodes_on_PostgreSQL_keep_what_they_promised()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet(await bench.NewDatabase());
        await fleet.Add("api");
        await fleet.Add("scheduler");
        await fleet.Add("worker");

        await Strike("PostgreSQL, a node for each role", fleet, Campaign.Rounds(3, 100));
    }

    /// <summary>
    /// The N-th write or sync of the database's files is the last thing the process does, for a range of N.
    /// </summary>
    [Fact]
    public async Task Killed_at_any_write_the_file_is_whole_and_holds_what_was_acknowledged()
    {
        using var turn = await Campaign.Turn();
        var strace = Debian.Find("strace");
        var points = Campaign.Rounds(2, 100);
        var writes = Enumerable.Range(0, points).Select(i => Campaign.IsLong ? 1 + 3 * i : 25 + 40 * i).ToList();
        await using var fleet = new Fleet();
        await fleet.Add("all");
        var books = new Books();
        await fleet.Nodes[0].Kill();
        foreach (var write in writes)
        {
            await WriteUntilDead(fleet, books, strace, write);
            using var db = await fleet.Open();
            Assert.Equal("ok", await db.Read(session => session.First("pragma integrity_check", row => row.Text(0))));
            Assert.Empty(await BookCheck.Of(db, books));
        }

        var how = strace is null ? "strace is not to be had: killed at random instants instead" : "at the N-th write";
        Campaign.Print(
            output,
            "Figure 2, kill at write",
            $"{how}; {points} kills, N = {writes[0]} to {writes[^1]}; {books.Acknowledged} acknowledged, 0 missing, "
                + "integrity ok each time"
        );
        Assert.True(books.Acknowledged > 0, "The kills came before anything was acknowledged.");
    }

    private async Task Strike(string on, Fleet fleet, int kills)
    {
        var books = new Books();
        await using var sink = await Sink.Start();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 3);
        using var stop = new CancellationTokenSource();
        var clients = load.Run(4, stop.Token);
        var random = new Random(Campaign.Seed);
        var resumed = new List<double>();
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(random.Next(100, 1_200));
            var node = fleet.Nodes[kill % fleet.Nodes.Count];
            await node.Kill();
            var killed = DateTimeOffset.UtcNow;
            await node.Start();
            await sink.HeardAfter(killed, 4 * Fleet.Lease + ResumedWithin);
            resumed.Add((sink.Calls.Where(call => call.At > killed).Min(call => call.At) - killed).TotalSeconds);
        }

        await stop.CancelAsync();
        await clients;
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        Assert.Empty(fleet.Traffic.Failures);
        // Beside other tests a cold worker may take longer over its first claim than the shortest lease, and lose it.
        var limit =
            ResumedWithin
            + (
                fleet.Database is null ? 0
                : Campaign.IsLong ? 1
                : 4
            ) * Fleet.Lease;
        Assert.True(resumed.Max() <= limit.TotalSeconds, $"Resumed after {Campaign.Spread(resumed)}");

        // The zeros mean something only when kills struck between effect and commit: then keyed steps came again.
        var again = Repeated(books, "keyed");
        Assert.True(again > 0 || kills < 5, "No kill struck between an effect and its commit.");
        Campaign.Print(output, $"Figure 2, kill -9, {on}", Result(books, kills, again, resumed));
    }

    private static int Repeated(Books books, string kind) =>
        books
            .Calls.Where(call => call.Kind == kind)
            .GroupBy(call => (call.Run, call.Step))
            .Sum(step => step.Count() - 1);

    private static string Result(Books books, int kills, int again, List<double> resumed) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills, {books.Acknowledged} acknowledged, {books.Calls.Count} calls of steps; 0 missing, 0 lost, "
                + $"0 keyed effects under two keys ({again} repeated under the same), 0 unsafe repeated; work resumed "
                + $"{Campaign.Spread(resumed)}"
        );

    private static async Task WriteUntilDead(Fleet fleet, Books books, string? strace, int write)
    {
        var node = fleet.Nodes[0];
        if (strace is not null)
        {
            node.Setup = node.Setup with { Under = KilledAt(strace, node.Setup.Data, write) };
        }

        // It may die before it is ready.
        if (await node.TryStart())
        {
            using var stop = new CancellationTokenSource();
            var clients = Create(fleet, books, stop.Token);
            if (strace is null)
            {
                await Task.Delay(write * 5);
                await node.Kill();
            }

            await Campaign.Until("the process is dead", TimeSpan.FromSeconds(30), () => !node.IsUp);
            await stop.CancelAsync();
            await clients;
        }

        await node.Kill();
        node.Setup = node.Setup with { Under = [] };
    }

    private static async Task Create(Fleet fleet, Books books, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await fleet.Traffic.Post("/tasks", Load.Idle(), stop) is { } made)
            {
                books.Tasks.Add(made["id"]!.GetValue<Guid>());
            }
        }
    }

    // The tracer is a grandchild (-D), so that the process we started is the node; it counts per thread, and one
    // thread writes.
    private static string[] KilledAt(string strace, string data, int write)
    {
        var file = Path.Combine(data, "ordinaut.db");
        string[] files = ["-P", file, "-P", file + "-wal"];
        const string calls = "pwrite64,fdatasync,fsync,ftruncate";
        var inject = string.Create(CultureInfo.InvariantCulture, $"inject={calls}:signal=SIGKILL:when={write}");
        return [strace, "-D", "-f", "-qq", "-o", "/dev/null", .. files, "-e", $"trace={calls}", "-e", inject];
    }
}
