using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ordinaut.Store;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 4, hand-over: a scheduler killed around the instants when tasks are due, nodes that are asked to stop with
/// long runs in hand, and a rolling restart miss no occurrence, delay few, and fail no request.
/// </summary>
[Collection(nameof(Faults))]
public sealed class HandOverFigure(FaultBench bench, ITestOutputHelper output)
{
    private const string Delays = "select scheduled_for, started_at from run where trigger = 'schedule'";
    private const string Missed = "select count(*) from occurrence where reason is not null and reason <> 'paused'";

    [Fact]
    public async Task Schedulers_killed_around_due_instants_miss_no_occurrence()
    {
        await using var fleet = new Fleet(await bench.NewDatabase());
        await fleet.Add("api,worker");
        var schedulers = new[] { await fleet.Add("scheduler"), await fleet.Add("scheduler") };
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 10);
        var random = new Random(Campaign.Seed);
        var kills = Campaign.Rounds(3, 100);
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
        Assert.InRange(Campaign.Percentile(delays, 99), 0, 5);
        Assert.InRange(delays.Max(), 0, 10);
        Campaign.Print(
            output,
            "Figure 4, schedulers killed",
            $"{kills} kills, {delays.Count} occurrences, 0 missed; delay {Campaign.Spread(delays)}"
        );
    }

    [Fact]
    public async Task A_node_asked_to_stop_hands_thirty_long_runs_to_its_neighbour()
    {
        await using var fleet = new Fleet(await bench.NewDatabase());
        var leaving = await fleet.Add("all");
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 0);
        var task = await load.Create(Load.Task("long", "cron", "0 0 1 1 *", load.Call("keyed", "long", 60_000)));
        for (var i = 0; i < 30; i++)
        {
            var run = await fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
            books.Runs.Add(run!["id"]!.GetValue<Guid>());
        }

        await Campaign.Until("all runs are inside a step", TimeSpan.FromSeconds(20), () => sink.Calls.Count == 30);
        await fleet.Add("all");

        var began = Stopwatch.GetTimestamp();
        await leaving.Terminate();
        Assert.Equal(0, await leaving.Exit());
        var drained = Stopwatch.GetElapsedTime(began);
        await Campaign.Until("its runs are in other hands", TimeSpan.FromSeconds(2), () => sink.Calls.Count == 60);
        var handedOver = Stopwatch.GetElapsedTime(began) - drained;

        sink.Release();
        await load.Rest(TimeSpan.FromSeconds(30));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        Assert.InRange(drained, TimeSpan.Zero, Fleet.Grace + TimeSpan.FromSeconds(2));
        using var db = await fleet.Open();
        const string burnt = "select count(*) from run where attempt <> 1";
        Assert.Equal(0, await db.Read(session => session.First(burnt, row => row.Long(0))));
        Campaign.Print(
            output,
            "Figure 4, SIGTERM with 30 long runs",
            string.Create(
                CultureInfo.InvariantCulture,
                $"drained in {drained.TotalSeconds:F1} s (grace {Fleet.Grace.TotalSeconds} s), in other hands "
                    + $"{handedOver.TotalSeconds:F1} s later, 0 lost, 0 attempts burnt"
            )
        );
    }

    [Fact]
    public async Task A_rolling_restart_fails_no_request_of_a_client_that_asks_again()
    {
        await using var fleet = new Fleet(await bench.NewDatabase());
        for (var node = 0; node < 3; node++)
        {
            await fleet.Add("all");
        }

        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 3);
        using var stop = new CancellationTokenSource();
        var clients = load.Run(3, stop.Token);
        var restarts = Campaign.Rounds(3, 100);
        for (var restart = 0; restart < restarts; restart++)
        {
            var node = fleet.Nodes[restart % 3];
            await node.Terminate();
            Assert.Equal(0, await node.Exit());
            await node.Start();
        }

        await stop.CancelAsync();
        await clients;
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(fleet.Traffic.Failures);
        // The mutant of the zero above: a client that does not ask again would have failed.
        Assert.True(fleet.Traffic.Repeats > 0, "No request met a node that was going.");
        Assert.Empty(await fleet.Check(books));
        Campaign.Print(
            output,
            "Figure 4, rolling restart",
            $"{restarts} restarts, {fleet.Traffic.Answers.Count} requests, {fleet.Traffic.Repeats} asked again, 0 failed"
        );
    }
}
