using Ordinaut.Events;
using Ordinaut.Hosting;
using Ordinaut.Redis;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Http;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Redis;

/// <summary>Nodes on one database that tell one another through Redis, and what they hear without it.</summary>
public sealed class FanOutStories
{
    private const string Echo = """
        {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
        """;

    [Fact]
    public async Task What_a_worker_does_is_heard_at_once_at_another_node()
    {
        await using var redis = await RedisServer.Start();
        var database = PostgresServer.NewDatabase();
        await using var api = await Node(database, redis, Role.Api);
        await using var worker = await Node(database, redis, Role.Scheduler | Role.Worker);
        await Until(() => IsUp(api) && IsUp(worker));
        var admin = await api.AsAdmin();
        var ann = await api.AsAgent("tasks:create", "tasks:run", "tools:use", "runs:read", "events:read");
        using var hears = await StreamListener.Open(api, ann, "/stream");
        await Until(() => worker.Get<LiveWire>().IsHeardElsewhere);
        Assert.False(api.Get<LiveWire>().IsHeardElsewhere);

        var others = await admin.Post<TaskView>("/tasks", Echo, 201);
        await admin.Post<RunView>($"/tasks/{others.Id}/run_now", "", 202);
        var own = await ann.Post<TaskView>("/tasks", Echo, 201);
        var run = await ann.Post<RunView>($"/tasks/{own.Id}/run_now", "", 202);

        var told = await hears.Until("run succeeded");
        var ofRuns = told.Where(message => message.Event != "event").ToList();
        Assert.Equal(["run running", "step succeeded", "run succeeded"], ofRuns.Select(message => message.Short));
        Assert.All(ofRuns, message => Assert.Equal(run.Id, message.Data.GetProperty("run_id").GetGuid()));
    }

    [Fact]
    public async Task Each_event_is_heard_once_at_every_node_whatever_becomes_of_redis()
    {
        await using var redis = await RedisServer.Start();
        var database = PostgresServer.NewDatabase();
        await using var one = await Node(database, redis, Role.All);
        await using var two = await Node(database, redis, Role.Api);
        await Until(() => IsUp(one) && IsUp(two));
        var admin = await one.AsAdmin();
        using var atOne = await StreamListener.Open(one, admin, "/stream");
        using var atTwo = await StreamListener.Open(
            two,
            new OrdinautApp.Client(two, admin.Token, admin.AgentId),
            "/stream"
        );

        var published = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            published.Add(await Publish(admin, "orders.paid"));
            await (
                i switch
                {
                    9 => redis.FlushAll(),
                    19 => Task.Run(redis.Kill),
                    29 => redis.Restart(),
                    _ => Task.CompletedTask,
                }
            );
        }

        foreach (var hears in new[] { atOne, atTwo })
        {
            var heard = await Heard(hears, published.Count);
            Assert.Equal(published.Order(), heard.Order());
        }

        // Nothing comes a second time, from the stream or from the table: the last is heard as the next of each.
        var last = await Publish(admin, "orders.last");
        Assert.Equal(last.ToString(), (await atOne.Until("event orders.last"))[^1].Id);
        Assert.Single(
            await atTwo.Until("event orders.last"),
            message => message.Short.StartsWith("event orders", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_event_whose_payload_is_not_in_the_stream_is_heard_with_it()
    {
        await using var redis = await RedisServer.Start();
        await using var app = await OrdinautApp.Start(configure: options => options with { RedisUrl = redis.Url });
        await Until(() => IsUp(app));
        var admin = await app.AsAdmin();
        using var hears = await StreamListener.Open(app, admin, "/stream");
        var text = new string('x', EventRelay.MaxPayloadBytes);

        await Publish(admin, "orders.long", $"\"{text}\"");

        var told = await hears.Until("event orders.long");
        Assert.Equal(text, told[^1].Data.GetProperty("payload").GetString());
    }

    [Fact]
    public async Task Without_redis_nodes_on_one_database_hear_one_anothers_events_too()
    {
        var database = PostgresServer.NewDatabase();
        await using var one = await Node(database, null, Role.All);
        await using var two = await Node(database, null, Role.Api);
        var admin = await one.AsAdmin();
        using var hears = await StreamListener.Open(
            two,
            new OrdinautApp.Client(two, admin.Token, admin.AgentId),
            "/stream"
        );

        var id = await Publish(admin, "orders.paid");

        Assert.Equal(id.ToString(), (await hears.Until("event orders.paid"))[^1].Id);
    }

    [Fact]
    public async Task What_others_write_into_the_streams_harms_nobody()
    {
        await using var redis = await RedisServer.Start();
        await using var app = await OrdinautApp.Start(configure: options => options with { RedisUrl = redis.Url });
        await Until(() => IsUp(app));
        var admin = await app.AsAdmin();
        using var hears = await StreamListener.Open(app, admin, "/stream");
        await using var connection = await redis.Connect();

        foreach (var stream in new[] { EventRelay.Stream.Key, LiveWire.Stream.Key })
        {
            await connection.GetDatabase().StreamAddAsync(stream, "nonsense", "1");
            await connection
                .GetDatabase()
                .StreamAddAsync(stream, [new("node", "x"), new("payload", "{"), new("depth", "deep")]);
        }

        await Publish(admin, "orders.paid");

        Assert.Equal("event orders.paid", (await hears.Next())!.Short);
    }

    private static async Task<List<Guid>> Heard(StreamListener hears, int count)
    {
        var heard = new List<Guid>();
        while (heard.Count < count)
        {
            var message = await hears.Next() ?? throw new InvalidOperationException("The stream ended.");
            if (message.Short == "event orders.paid")
            {
                heard.Add(Guid.Parse(message.Id));
            }
        }

        return heard;
    }

    private static Task<OrdinautApp> Node(string database, RedisServer? redis, Role role) =>
        OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = database,
                RedisUrl = redis?.Url ?? "",
                Role = role,
            }
        );

    private static async Task<Guid> Publish(OrdinautApp.Client client, string topic, string payload = "1")
    {
        var body = $$"""{"topic": "{{topic}}", "payload": {{payload}}}""";
        return (await client.Post<PublishedEvent>("/events", body, 202)).EventId;
    }

    private static bool IsUp(OrdinautApp app) => app.Get<RedisReader>().IsUp && app.Get<RedisLink>().IsUp;

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
