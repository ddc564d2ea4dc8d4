using System.Globalization;
using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 3, the fence against zombies: a worker that is frozen inside a step for three times its lease and then goes
/// on writes nothing, begins nothing and hangs up its calls; another has had its runs within the lease and two seconds.
/// </summary>
public sealed class ZombieFigure(FaultBench bench, ITestOutputHelper output)
{
    private const int MoreTries = 3;
    private const int RunsEachRound = 12;

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_worker_frozen_for_three_leases_comes_back_to_nothing()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet(await bench.NewDatabase());
        await fleet.Add("api,scheduler");
        var first = await fleet.Add("worker");
        var second = await fleet.Add("worker");
        var trial = new ZombieTrial(fleet, await Sink.Start());
        await using var sink = trial.Sink;
        await trial.Prepare();
        var rounds = Campaign.Rounds(1, 16);
        var frozen = 0;
        var takeovers = new List<double>();
        // On a busy machine the other worker may have taken all of them: then once more.
        for (var round = 0; round < rounds || frozen == 0 && round < rounds + MoreTries; round++)
        {
            var (zombie, heir) = round % 2 == 0 ? (first, second) : (second, first);
            takeovers.AddRange(await trial.Round(zombie, heir, Campaign.IsLong ? 3 * RunsEachRound : RunsEachRound));
            frozen = takeovers.Count;
        }

        sink.Release();
        await trial.Load.Rest(TimeSpan.FromSeconds(60));
        trial.Books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(trial.Books));
        Assert.True(frozen > 0, "No run was in the frozen worker's hands.");
        Assert.True(takeovers.Max() <= (Fleet.Lease + Slack).TotalSeconds, $"Taken over: {Campaign.Spread(takeovers)}");
        Assert.Empty(trial.LateCalls);
        Campaign.Print(
            output,
            "Figure 3, zombie fence",
            $"{rounds} freezes of 3 leases ({3 * Fleet.Lease.TotalSeconds} s) with {frozen} runs inside a step; 0 late "
                + $"commits, 0 steps begun after expiry, {trial.HungUp} calls hung up within {Slack.TotalSeconds} s "
                + $"of the thaw; taken over {Campaign.Spread(takeovers)} after the freeze (lease 5 s)"
        );
    }

    /// <summary>
    /// A worker that is cut off from its database by a silent drop cannot hear that its lease ran out: its own clock
    /// tells it, and its calls end before another worker may repeat them. Asked to stop, it does not wait either.
    /// </summary>
    [Fact]
    public async Task A_worker_cut_off_from_its_database_hangs_up_before_its_lease_ends()
    {
        using var turn = await Campaign.Turn();
        var postgres = await bench.Postgres;
        var database = await postgres.NewDatabase();
        await using var proxy = new ChaosProxy(postgres.Port);
        await using var fleet = new Fleet(postgres.Address(database));
        await fleet.Add("api,scheduler");
        var behind = ("ORDINAUT_DATABASE_URL", OwnPostgres.Address(database, "127.0.0.1", proxy.Port));
        var worker = await fleet.Add("worker", behind);
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 0);
        var task = await load.Create(Load.Task("long", "cron", "0 0 1 1 *", load.Call("keyed", "long", 60_000)));
        await fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
        await Campaign.Until("the step's call", TimeSpan.FromSeconds(20), () => sink.Calls.Count == 1);

        proxy.Weather = Weather.Drop;
        var began = TimeProvider.System.GetTimestamp();
        await Campaign.Until("the call is hung up", Fleet.Lease, () => sink.Calls.First().IsAborted);

        var took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        began = TimeProvider.System.GetTimestamp();
        await worker.Terminate();
        Assert.Equal(0, await worker.Exit());
        var stopped = TimeProvider.System.GetElapsedTime(began);
        Assert.InRange(stopped, TimeSpan.Zero, Fleet.Grace + Slack);

        proxy.Weather = Weather.Fair;
        await worker.Start();
        sink.Release();
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        Campaign.Print(
            output,
            "Figure 3, cut off",
            string.Create(
                CultureInfo.InvariantCulture,
                $"1 silent drop: the call hung up {took:F1} s after it (lease {Fleet.Lease.TotalSeconds} s), and the "
                    + $"process stopped {stopped.TotalSeconds:F1} s after SIGTERM"
            )
        );
    }
}

/// <summary>Freezes one of two workers while both have runs inside a step.</summary>
internal sealed class ZombieTrial
{
    private Guid _task;

    public ZombieTrial(Fleet fleet, Sink sink)
    {
        Fleet = fleet;
        Sink = sink;
        Load = new Load(fleet.Traffic, sink, Books, Campaign.Seed);
    }

    public Fleet Fleet { get; }

    public Sink Sink { get; }

    public Books Books { get; } = new();

    public Load Load { get; }

    /// <summary>Calls by a worker whose lease had ended; there are none.</summary>
    public List<SinkCall> LateCalls { get; } = [];

    /// <summary>Calls that the zombies hung up.</summary>
    public int HungUp { get; private set; }

    public async Task Prepare()
    {
        await Load.Prepare(ticking: 0);
        // The first call is over while its worker is frozen; the second must never be its worker's.
        JsonObject[] steps =
        [
            Load.Call("keyed", "first", 1_000),
            Load.Call("keyed", "second"),
            Load.Call("unsafe", "last"),
        ];
        _task = await Load.Create(Load.Task("fenced", "cron", "0 0 1 1 *", steps));
        var held = Load.Task("held", "cron", "0 0 1 1 *", Load.Call("keyed", "held", 25_000));
        Held = await Load.Create(held);
    }

    private Guid Held { get; set; }

    /// <returns>How long after the freeze each of the zombie's runs was in its heir's hands, in seconds.</returns>
    public async Task<List<double>> Round(NodeProcess zombie, NodeProcess heir, int runs)
    {
        var before = Sink.Calls.Count;
        for (var i = 0; i < runs; i++)
        {
            var task = i % 4 == 3 ? Held : _task;
            var run = await Fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
            Books.Runs.Add(run!["id"]!.GetValue<Guid>());
        }

        // Some firsts may be over by now: whoever is inside a step at the freeze counts.
        await Campaign.Until(
            "all runs are inside a step",
            TimeSpan.FromSeconds(20),
            () => Runs(before).Count() == runs
        );
        await zombie.Freeze();
        var froze = DateTimeOffset.UtcNow;
        await Task.Delay(3 * Fleet.Lease);
        var takeovers = Again(before, froze);
        var thawed = DateTimeOffset.UtcNow;
        await zombie.Thaw();
        var hungUp = Sink
            .Calls.Skip(before)
            .Where(call => call.Step == "held" && call.At < froze && IsTakenOver(call))
            .ToList();
        await Campaign.Until("the zombie hangs up", TimeSpan.FromSeconds(2), () => hungUp.All(call => call.IsAborted));
        HungUp += hungUp.Count;
        await Task.Delay(TimeSpan.FromSeconds(1));
        // The heir was through with all but the held calls long before the thaw.
        LateCalls.AddRange(Sink.Calls.Skip(before).Where(call => call.At > thawed && call.Step != "held"));
        Assert.True(heir.IsUp);
        return takeovers;
    }

    private bool IsTakenOver(SinkCall call) => Sink.Calls.Count(other => other.Run == call.Run) > 1;

    private IEnumerable<Guid> Runs(int before) => Sink.Calls.Skip(before).Select(call => call.Run).Distinct();

    /// <summary>When the same step of a run was called again: its first worker was lost.</summary>
    private List<double> Again(int before, DateTimeOffset froze) =>
        [
            .. Sink
                .Calls.Skip(before)
                .GroupBy(call => (call.Run, call.Step))
                .Where(step => step.Count() > 1)
                .Select(step => (step.Max(call => call.At) - froze).TotalSeconds),
        ];
}
