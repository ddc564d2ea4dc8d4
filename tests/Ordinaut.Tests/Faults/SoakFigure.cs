using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// The soak: three nodes of each role on one PostgreSQL and one Redis under a mixed load, with one of them killed every
/// few seconds. It lasts <c>ORDINAUT_SOAK_MINUTES</c>, thirty in the campaign.
/// </summary>
public sealed class SoakFigure(FaultBench bench, ITestOutputHelper output)
{
    private const string Delays = "select scheduled_for, started_at from run where trigger = 'schedule'";
    private const string Waited =
        "select count(*) from run r join task_version v on v.task_id = r.task_id "
        + "where v.title = 'waits' and r.state = 'succeeded'";

    private static readonly string[] Roles = ["api", "scheduler", "worker"];

    [Fact]
    public async Task Nine_nodes_under_a_mixed_load_and_kills_lose_nothing()
    {
        using var turn = await Campaign.Turn();
        var lasts = TimeSpan.FromMinutes(Campaign.Number("ORDINAUT_SOAK_MINUTES", Campaign.IsLong ? 30 : 0));
        if (lasts == TimeSpan.Zero)
        {
            Campaign.Print(output, "Soak", "not run: it is of the campaign, or as long as ORDINAUT_SOAK_MINUTES says");
            return;
        }

        await using var fleet = new Fleet(await bench.NewDatabase(), (await bench.Redis).Url);
        foreach (var role in Roles.SelectMany(role => Enumerable.Repeat(role, 3)))
        {
            await fleet.Add(role);
        }

        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 5);
        var waits = await load.Create(
            Load.Task("waits", "cron", "0 0 1 1 *", load.Call("keyed", "before"), Wait(), Ask())
        );
        // Who asks cannot decide.
        using var boss = await fleet.SignUp("boss");
        using var stop = new CancellationTokenSource();
        var people = People(fleet.Traffic, boss, (waits, books), stop.Token);
        var clients = Task.WhenAll(load.Run(4, stop.Token), people);
        var kills = await Kill(fleet, lasts);
        await stop.CancelAsync();
        await clients;
        await load.Rest(TimeSpan.FromSeconds(120));
        await Campaign.Until("nobody waits", TimeSpan.FromSeconds(60), () => NobodyWaits(boss));
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(fleet.Deaths);
        Assert.Empty(fleet.Traffic.Failures);
        Assert.Empty(await fleet.Check(books));

        using var db = await fleet.Open();
        var delays = await db.Read(s => s.Query(Delays, row => (row.Instant(1) - row.Instant(0)).TotalSeconds));
        var waited = await db.Read(session => session.First(Waited, row => row.Long(0)));
        var answers = fleet.Traffic.Answers.Select(answer => answer.Seconds).ToList();
        Campaign.Print(
            output,
            "Soak",
            $"{fleet.Nodes.Count} nodes, {lasts.TotalMinutes} min, {kills} kills; {books.Acknowledged} acknowledged, "
                + $"{delays.Count} occurrences, {waited} runs that waited and were approved, {sink.Calls.Count} calls "
                + "of steps: 0 lost, 0 double, 0 unaccounted"
        );
        Campaign.Print(output, "Soak, due to start", Campaign.Spread(delays));
        Campaign.Print(output, $"Soak, {answers.Count} API requests", Campaign.Spread(answers));
    }

    private static async Task<int> Kill(Fleet fleet, TimeSpan lasts)
    {
        var random = new Random(Campaign.Seed);
        var began = TimeProvider.System.GetTimestamp();
        var kills = 0;
        for (; TimeProvider.System.GetElapsedTime(began) < lasts; kills++)
        {
            await Task.Delay(random.Next(500, 10_000));
            var node = fleet.Nodes[random.Next(fleet.Nodes.Count)];
            await node.Kill();
            await node.Start();
        }

        return kills;
    }

    /// <summary>People who start runs that wait, and decide what those ask.</summary>
    private static async Task People(
        Traffic asker,
        Traffic boss,
        (Guid Task, Books Books) waits,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            if (await asker.Post($"/tasks/{waits.Task}/run_now", new JsonObject(), stop) is { } run)
            {
                waits.Books.Runs.Add(run["id"]!.GetValue<Guid>());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(700), CancellationToken.None);
            await Decide(boss);
        }
    }

    private static async Task Decide(Traffic traffic)
    {
        var asked = await traffic.Get("/approvals?state=pending&limit=100");
        foreach (var approval in asked!["items"]!.AsArray())
        {
            var path = $"/approvals/{approval!["id"]!.GetValue<Guid>()}/approve";
            await traffic.Post(path, new JsonObject(), CancellationToken.None);
        }
    }

    private static async Task<bool> NobodyWaits(Traffic boss)
    {
        await Decide(boss);
        var waiting = await boss.Get("/runs?state=waiting&limit=1");
        return waiting!["items"]!.AsArray().Count == 0;
    }

    private static JsonObject Wait() => new() { ["id"] = "rest", ["wait"] = "1s" };

    private static JsonObject Ask() =>
        new()
        {
            ["id"] = "may",
            ["uses"] = "approval.request",
            ["with"] = new JsonObject { ["title"] = "May it go on?" },
        };
}
