using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Events;
using Ordinaut.Redis;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using StackExchange.Redis;

namespace Ordinaut.Tests.Redis;

/// <summary>From the table into the stream: every event, whatever becomes of Redis.</summary>
public sealed class RelayStories
{
    private const string CountOutbox = "select count(*) from outbox";

    [Fact]
    public async Task An_event_is_in_the_stream_as_it_is_in_the_table()
    {
        await using var redis = await RedisServer.Start();
        await using var app = await Start(redis);
        var admin = await app.AsAdmin();

        var id = await Publish(admin, "orders.paid", """{"no": 42}""");

        var entry = Assert.Single(await InStream(redis, 1));
        Assert.Equal(id.ToString(), entry["id"]);
        Assert.Equal("orders.paid", entry["topic"]);
        Assert.Equal("""{"no": 42}""", entry["payload"]);
        Assert.Equal((admin.AgentId.ToString(), "agent"), (entry["owner_id"], entry["source"]));
        var kept = EventRelay.Read(entry)!.ToView();
        Assert.Equal(Json.Write(await admin.Get<EventView>($"/events/{id}")), Json.Write(kept));
        await Empty(app);
    }

    [Theory]
    [InlineData(EventRelay.MaxPayloadBytes, true)]
    [InlineData(EventRelay.MaxPayloadBytes + 1, false)]
    public async Task A_payload_longer_than_the_limit_is_not_in_the_stream(int bytes, bool isThere)
    {
        await using var redis = await RedisServer.Start();
        await using var app = await Start(redis);

        await Publish(await app.AsAdmin(), "orders.paid", $"\"{new string('x', bytes - 2)}\"");

        Assert.Equal(isThere, Assert.Single(await InStream(redis, 1)).ContainsKey("payload"));
    }

    [Fact]
    public async Task What_is_published_while_redis_is_away_is_relayed_when_it_is_back()
    {
        await using var redis = await RedisServer.Absent();
        await using var app = await Start(redis);
        var admin = await app.AsAdmin();
        await Health(app, "degraded");

        // Before it was ever there, while it is, and after it was killed.
        var before = await Publish(admin, "orders.before");
        await redis.Restart();
        Assert.Equal([before.ToString()], (await InStream(redis, 1)).Select(entry => entry["id"]));
        await Health(app, "ok");
        redis.Kill();
        await Health(app, "degraded");
        var away = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            away.Add(await Publish(admin, "orders.away"));
        }

        await redis.Restart();

        var told = await InStream(redis, 20);
        Assert.Equal(away.Order().Select(id => id.ToString()), told.Select(entry => entry["id"]));
        await Empty(app);
        await Health(app, "ok");
    }

    [Fact]
    public async Task Tasks_are_triggered_once_each_whatever_becomes_of_redis()
    {
        await using var redis = await RedisServer.Start();
        await using var app = await Start(redis);
        var admin = await app.AsAdmin();
        const string listens = """
            {"title": "t", "schedule_kind": "event", "schedule_expr": "orders.paid", "overlap_policy": "queue",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
            """;
        var task = await admin.Post<TaskView>("/tasks", listens, 201);

        for (var i = 0; i < 30; i++)
        {
            await Publish(admin, "orders.paid");
            await (
                i switch
                {
                    9 => redis.FlushAll(),
                    14 => Task.Run(redis.Kill),
                    24 => redis.Restart(),
                    _ => Task.CompletedTask,
                }
            );
        }

        var runs = await admin.Get<Page<RunView>>($"/runs?task_id={task.Id}&limit=100&total=true");
        Assert.Equal(30, runs.Total);
        await Empty(app);
    }

    [Fact]
    public async Task Nodes_that_relay_at_once_add_each_event_once()
    {
        await using var redis = await RedisServer.Start();
        using var nodes = await Store.Nodes.Start("postgres", 3);
        await using var link = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await Written(nodes.One.Db, 1_000);
        await Until(() => link.IsUp);
        var relays = nodes.All.Select(node => Relay(node, link)).ToList();

        await Task.WhenAll(
            relays.Select(async relay =>
            {
                while (await relay.DoBatch() > 0) { }
            })
        );

        var told = await InStream(redis, 1_000);
        Assert.Equal(1_000, told.Select(entry => entry["id"]).Distinct().Count());
        Assert.Equal(0, await Count(nodes.One.Db));
    }

    [Fact]
    public async Task What_a_node_took_and_did_not_relay_is_taken_by_another_when_its_time_is_over()
    {
        await using var redis = await RedisServer.Start();
        using var core = new CoreBundle(CoreBundle.Monday);
        await using var link = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await Until(() => link.IsUp);
        await Written(core.Db, EventRelay.BatchSize + 1);
        await core.Db.Write(session => EventStore.Claim(session, EventRelay.ClaimTime, EventRelay.BatchSize));
        var relay = Relay(core, link);

        var free = await relay.DoBatch();
        core.Clock.MoveTo(core.Now + EventRelay.ClaimTime - TimeSpan.FromMilliseconds(1));
        var tooEarly = await relay.DoBatch();
        core.Clock.MoveTo(core.Now + TimeSpan.FromMilliseconds(1));
        var over = await relay.DoBatch();

        Assert.Equal((1, 0, EventRelay.BatchSize), (free, tooEarly, over));
        Assert.Equal(0, await Count(core.Db));
    }

    [Fact]
    public async Task Others_share_the_stream_in_a_group_and_take_over_from_who_died()
    {
        await using var redis = await RedisServer.Start();
        await using var app = await Start(redis);
        var admin = await app.AsAdmin();
        await using var connection = await redis.Connect();
        var outside = connection.GetDatabase();
        var stream = EventRelay.Stream.Key;
        await outside.StreamCreateConsumerGroupAsync(stream, "billing", "0", createStream: true);
        var ids = new[] { await Publish(admin, "orders.a"), await Publish(admin, "orders.b") };
        await InStream(redis, 2);

        var died = await outside.StreamReadGroupAsync(stream, "billing", "first", ">", count: 1);
        var rest = await outside.StreamReadGroupAsync(stream, "billing", "second", ">");
        var taken = await outside.StreamAutoClaimAsync(stream, "billing", "second", 0, "0-0", 1);

        Assert.Equal(died[0].Id, taken.ClaimedEntries[0].Id);
        Assert.Equal(
            ids.Select(id => id.ToString()).Order(StringComparer.Ordinal),
            taken.ClaimedEntries.Concat(rest).Select(e => (string)e["id"]!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_stream_keeps_about_its_length()
    {
        await using var redis = await RedisServer.Start();
        await using var link = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await Until(() => link.IsUp);
        var fields = new Dictionary<string, string> { ["n"] = "1" };

        await Task.WhenAll(Enumerable.Range(0, 3_000).Select(_ => link.Append(new NodeStream("s", 1_000), fields)));

        await using var connection = await redis.Connect();
        Assert.InRange(await connection.GetDatabase().StreamLengthAsync("s"), 1_000, 1_200);
    }

    [Fact]
    public async Task Without_redis_nothing_is_noted_for_it()
    {
        await using var app = await OrdinautApp.Start();

        await Publish(await app.AsAdmin(), "orders.paid");

        Assert.Equal(0, await Count(app.Get<Db>()));
    }

    private static Task<OrdinautApp> Start(RedisServer redis) =>
        OrdinautApp.Start(configure: options => options with { RedisUrl = redis.Url });

    private static async Task<Guid> Publish(OrdinautApp.Client client, string topic, string payload = "1")
    {
        var body = $$"""{"topic": "{{topic}}", "payload": {{payload}}}""";
        return (await client.Post<PublishedEvent>("/events", body, 202)).EventId;
    }

    private static EventRelay Relay(CoreBundle node, RedisLink link) =>
        new(node.Db, link, node.Signals, TimeProvider.System, NullLogger<EventRelay>.Instance);

    private static async Task Written(Db db, int count)
    {
        using var core = new CoreBundle(CoreBundle.Monday);
        await db.Write(async session =>
        {
            var news = new NewEvent(Guid.Empty, "orders.paid", "1", 0);
            var facts = Enumerable
                .Range(0, count)
                .Select(_ => new EventRow(core.Ids.Next(), news, session.Now))
                .ToList();
            await EventStore.Insert(session, facts);
            await EventStore.Post(session, facts);
        });
    }

    private static Task<long> Count(Db db) => db.Read(session => session.First(CountOutbox, row => row.Long(0)));

    private static async Task Empty(OrdinautApp app)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (await Count(app.Get<Db>()) > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The agents' events in the stream, oldest first, as soon as there are that many.</summary>
    private static async Task<List<Dictionary<string, string>>> InStream(RedisServer redis, int count)
    {
        await using var connection = await redis.Connect();
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var entries = await connection.GetDatabase().StreamRangeAsync(EventRelay.Stream.Key);
            var told = entries
                .Select(entry => entry.Values.ToDictionary(pair => (string)pair.Name!, pair => (string)pair.Value!))
                .Where(fields => fields["topic"].StartsWith("orders.", StringComparison.Ordinal))
                .ToList();
            if (told.Count >= count)
            {
                return told;
            }
        }
    }

    private static async Task Health(OrdinautApp app, string status)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        HealthCheck check;
        do
        {
            var answer = await app.Http.GetAsync("/health/ready", patience.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            check = OrdinautApp.Read<HealthView>(await answer.Content.ReadAsStringAsync(patience.Token)).Checks[
                "redis"
            ];
        } while (check.Status != status);

        Assert.Equal(
            status == "degraded",
            check.Detail?.Contains("goes on from the database", StringComparison.Ordinal) == true
        );
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
