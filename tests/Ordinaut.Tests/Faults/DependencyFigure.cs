using System.Net;
using Ordinaut.Tests.Redis;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 5, faults of what a node depends on: the database restarts at once or is cut off, Redis dies, forgets or is
/// absent, notifications go unheard. Nothing is lost or doubled, no process exits, and the work is back in ten seconds.
/// </summary>
public sealed class DependencyFigure(FaultBench bench, ITestOutputHelper output)
{
    private const string StartDelays = """
        select created_at, claimed_at from run where trigger = 'manual'
        """;

    [Fact]
    public async Task PostgreSQL_and_Redis_go_and_come_back_under_load()
    {
        using var turn = await Campaign.Turn();
        await using var server = await OwnPostgres.Start();
        var redis = await bench.Redis;
        await using var fleet = new Fleet(server.Address(await server.NewDatabase()), redis.Url);
        await fleet.Add("all");
        await fleet.Add("all");
        await using var outage = await Outage.Begin(fleet);
        var rounds = Campaign.Rounds(1, 20);
        var answered = 0;
        for (var round = 0; round < rounds; round++)
        {
            var node = fleet.Nodes[round % 2];
            await outage.Strike(server.End, () => outage.IsRefused(node), server.Begin, Outage.BackAfterRestart);
            answered += await WithoutRedis(fleet, outage, redis);
        }

        await outage.End();
        Assert.True(answered > 0, "Nothing was answered while Redis was away.");
        Campaign.Print(
            output,
            "Figure 5, PostgreSQL restarted at once; Redis killed, absent, flushed",
            $"{rounds} times each; without Redis {answered} requests answered, 0 refused; {outage.Result}"
        );
    }

    [Fact]
    public async Task Notifications_that_nobody_hears_cost_a_second()
    {
        using var turn = await Campaign.Turn();
        var postgres = await bench.Postgres;
        var database = await postgres.NewDatabase();
        await using var proxy = new ChaosProxy(postgres.Port) { Weather = Weather.Deaf };
        await using var fleet = new Fleet(postgres.Address(database));
        await fleet.Add("api,scheduler");
        await fleet.Add("worker", ("ORDINAUT_DATABASE_URL", OwnPostgres.Address(database, "127.0.0.1", proxy.Port)));
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 0);
        var random = new Random(Campaign.Seed);
        for (var i = 0; i < Campaign.Rounds(12, 200); i++)
        {
            await load.Ask(isUnsafe: false, CancellationToken.None);
            await Task.Delay(random.Next(0, 400));
        }

        await load.Rest(TimeSpan.FromSeconds(30));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        Assert.True(proxy.Deafened > 0, "No node listened.");
        using var db = await fleet.Open();
        var delays = await db.Read(s => s.Query(StartDelays, row => (row.Instant(1) - row.Instant(0)).TotalSeconds));
        Campaign.Print(
            output,
            "Figure 5, notifications unheard",
            $"{delays.Count} runs, 0 lost; began {Campaign.Spread(delays)}"
        );
        Assert.InRange(Campaign.Percentile(delays, 90), 0, 1.2);
        // The mutant: had the worker heard, it would not have waited for its poll.
        Assert.True(delays.Max() > 0.3, "The worker was not deaf.");
    }

    [Fact]
    public async Task A_node_is_cut_off_from_its_database_by_a_proxy()
    {
        using var turn = await Campaign.Turn();
        var postgres = await bench.Postgres;
        var database = await postgres.NewDatabase();
        await using var proxy = new ChaosProxy(postgres.Port);
        await using var fleet = new Fleet(postgres.Address(database));
        await fleet.Add("all");
        var cut = await fleet.Add(
            "all",
            ("ORDINAUT_DATABASE_URL", OwnPostgres.Address(database, "127.0.0.1", proxy.Port))
        );
        var result = await CutOff(fleet, cut, weather => proxy.Weather = weather);
        Campaign.Print(output, "Figure 5, partition by a proxy", $"{result}; {proxy.Late} pieces were late");
    }

    [Fact]
    public async Task A_node_is_cut_off_from_its_database_by_a_firewall()
    {
        using var turn = await Campaign.Turn();
        var postgres = await bench.Postgres;
        using var network = NetworkNamespace.TryMake(postgres.Port);
        if (network is null || !Campaign.IsLong)
        {
            var why = network is null ? "it takes root and iptables" : "the short form goes by the proxy";
            Campaign.Print(output, "Figure 5, partition by a firewall", $"not run: {why}");
            return;
        }

        var database = await postgres.NewDatabase();
        await using var fleet = new Fleet(postgres.Address(database));
        await fleet.Add("all");
        var address = OwnPostgres.Address(database, NetworkNamespace.Outside, postgres.Port);
        var cut = fleet.Make("all", ("ORDINAUT_DATABASE_URL", address));
        cut.Setup = cut.Setup with { Under = network.Under, Urls = $"http://{NetworkNamespace.Inside}:0" };
        await cut.Start();
        var result = await CutOff(fleet, cut, network.Set, NetworkNamespace.Outside);
        Campaign.Print(output, "Figure 5, partition by a firewall in a network namespace", result);
    }

    /// <returns>How many requests were answered while Redis was away.</returns>
    private static async Task<int> WithoutRedis(Fleet fleet, Outage outage, RedisServer redis)
    {
        redis.Kill();
        var (answers, repeats) = (fleet.Traffic.Answers.Count, fleet.Traffic.Repeats);
        await Shown("degraded");
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(repeats, fleet.Traffic.Repeats);
        var answered = fleet.Traffic.Answers.Count - answers;
        await redis.Restart();
        await redis.FlushAll();
        await Shown("ok");
        return answered;

        Task Shown(string status) =>
            Campaign.Until(
                $"Redis is shown as {status}",
                TimeSpan.FromSeconds(20),
                async () => await outage.Health(fleet.Nodes[0]) == (HttpStatusCode.OK, status)
            );
    }

    private static async Task<string> CutOff(
        Fleet fleet,
        NodeProcess cut,
        Action<Weather> blow,
        string host = "127.0.0.1"
    )
    {
        await using var outage = await Outage.Begin(fleet, host);
        var rounds = Campaign.Rounds(1, 4);
        var lasts = TimeSpan.FromSeconds(Campaign.IsLong ? 20 : 0);
        Weather[] weathers = Campaign.IsLong ? [Weather.Drop, Weather.Reject, Weather.Lossy] : [Weather.Drop];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var weather in weathers)
            {
                await outage.Strike(
                    () => Blow(weather),
                    async () =>
                    {
                        await (weather == Weather.Lossy ? Task.CompletedTask : outage.IsRefused(cut));
                        await Task.Delay(lasts);
                    },
                    () => Blow(Weather.Fair),
                    Outage.BackAfterSilence
                );
            }
        }

        await outage.End();
        var faults = string.Join(", ", weathers);
        return $"{rounds} times {faults} until it is seen and {lasts.TotalSeconds} s more; {outage.Result}";

        Task Blow(Weather weather)
        {
            blow(weather);
            return Task.CompletedTask;
        }
    }
}
