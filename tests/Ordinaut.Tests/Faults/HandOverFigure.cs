using System.Globalization;
using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 4, hand-over: a scheduler killed around the instants when tasks are due, nodes that are asked to stop with
/// long runs in hand, and a rolling restart miss no occurrence, delay few, and fail no request.
/// </summary>
public sealed class HandOverFigure(FaultBench bench, ITestOutputHelper output)
{
    private const int LongRuns = 30;
    private const string Burnt = "select count(*) from run where attempt <> 1";
    private const string Delays = "select scheduled_for, started_at from run where trigger = 'schedule'";
    private const string Missed = "select count(*) from occurrence where reason is not null and reason <> 'paused'";

    [Fact]
    public async Task Schedulers_killed_around_due_instants_miss_no_occurrence()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet(await bench.NewDatabase());
        await fleet.Add("api,worker");
        var schedulers = new[] { await fleet.Add("scheduler"), await fleet.Add("scheduler") };
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 8);
        var random = new Random(Campaign.Seed);
        var kills = Campaign.Rounds(2, 100);
        for (var kill = 0; kill < kills; kill++)
        {
            // Every second is due: any instant is within two seconds of one.
            await Task.Delay(random.Next(0, 2_000));
            await schedulers[kill % 2].Kill();
            await schedulers[kill % 2].Start();
        }

        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        using var db = await fleet.Open();
        var delays = await db.Read(s => s.Query(Delays, row => (row.Instant(1) - row.Instant(0)).TotalSeconds));
        Assert.Equal(0, await db.Read(session => session.First(Missed, row => row.Long(0))));
        // Of a hundred occurrences the 99th percentile is the worst one.
        Assert.InRange(Campaign.Percentile(delays, 99), 0, Campaign.IsLong ? 5 : 10);
        Assert.InRange(delays.Max(), 0, 10);
        Campaign.Print(
            output,
            "Figure 4, schedulers killed",
            $"{kills} kills, {delays.Count} occurrences, 0 missed; delay {Campaign.Spread(delays)}"
        );
    }

    [Fact]
    public async Task Nodes_asked_to_stop_hand_over_their_runs_and_fail_no_request()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet(await bench.NewDatabase());
        await fleet.Add("all");
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 3);
        await HandOverLongRuns(fleet, load, sink, books);
        await fleet.Nodes[0].Start();

        using var stop = new CancellationTokenSource();
        var clients = load.Run(3, stop.Token);
        var restarts = Campaign.Rounds(2, 100);
        var longest = TimeSpan.Zero;
        for (var restart = 0; restart < restarts; restart++)
        {
            var node = fleet.Nodes[restart % 2];
            var took = await Stop(node);
            longest = took > longest ? took : longest;
            await node.Start();
        }

        await stop.CancelAsync();
        await clients;
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(fleet.Traffic.Failures);
        // The mutant of the zero above: a client that does not ask again would have failed.
        Assert.True(fleet.Traffic.Repeats > 0, "No request met a node that was going.");
        Assert.InRange(longest, TimeSpan.Zero, Fleet.Grace + TimeSpan.FromSeconds(2));
        Assert.Empty(await fleet.Check(books));
        using var db = await fleet.Open();
        // On a busy machine a lease may be lost that no stop took: told, and no figure.
        var burnt = await db.Read(session => session.First(Burnt, row => row.Long(0)));
        Campaign.Print(
            output,
            "Figure 4, rolling restart",
            $"{restarts} restarts, {fleet.Traffic.Answers.Count} requests, {fleet.Traffic.Repeats} asked again, "
                + $"0 failed, {burnt} runs took a second attempt, drained within {longest.TotalSeconds:F1} s "
                + $"(grace {Fleet.Grace.TotalSeconds} s)"
        );
    }

    /// <summary>SIGTERM to a node with thirty runs inside a step: two seconds later a neighbour has them.</summary>
    private async Task HandOverLongRuns(Fleet fleet, Load load, Sink sink, Books books)
    {
        var task = await load.Create(Load.Task("long", "cron", "0 0 1 1 *", load.Call("keyed", "long", 60_000)));
        for (var i = 0; i < LongRuns; i++)
        {
            var run = await fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
            books.Runs.Add(run!["id"]!.GetValue<Guid>());
        }

        await Campaign.Until("all runs are inside a step", TimeSpan.FromSeconds(20), () => Long() == LongRuns);
        await fleet.Add("all");
        var drained = await Stop(fleet.Nodes[0]);
        Assert.InRange(drained, TimeSpan.Zero, Fleet.Grace + TimeSpan.FromSeconds(2));
        var gone = TimeProvider.System.GetTimestamp();
        await Campaign.Until("its runs are in other hands", TimeSpan.FromSeconds(2), () => Long() == 2 * LongRuns);
        var handedOver = TimeProvider.System.GetElapsedTime(gone).TotalSeconds;
        sink.Release();
        Campaign.Print(
            output,
            $"Figure 4, SIGTERM with {LongRuns} long runs",
            string.Create(
                CultureInfo.InvariantCulture,
                $"drained in {drained.TotalSeconds:F1} s (grace {Fleet.Grace.TotalSeconds} s), in other hands "
                    + $"{handedOver:F1} s later"
            )
        );

        int Long() => sink.Calls.Count(call => call.Step == "long");
    }

    /// <returns>How long the process took to end after SIGTERM.</returns>
    private static async Task<TimeSpan> Stop(NodeProcess node)
    {
        var began = TimeProvider.System.GetTimestamp();
        await node.Terminate();
        Assert.Equal(0, await node.Exit());
        return TimeProvider.System.GetElapsedTime(began);
    }
}
