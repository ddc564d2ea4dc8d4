using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>Server-sent events over a real connection: what is heard, by whom, and when it ends.</summary>
public sealed class StreamStories
{
    private static readonly string[] Owner = ["tasks:create", "tasks:run", "tools:use", "runs:read", "events:read"];

    [Fact]
    public async Task A_stream_tells_of_its_agents_runs_and_never_of_anothers()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        var bob = await app.AsAgent(Owner);
        using var annHears = await StreamListener.Open(app, ann, "/stream");
        using var bobHears = await StreamListener.Open(app, bob, "/stream");

        var annsRun = await Run(app, ann);
        var bobsRun = await Run(app, bob);

        // Bob's own run came after Ann's: whatever of hers he could hear he would have heard before it.
        var told = RunsIn(await bobHears.Until("run succeeded"));
        Assert.All(told, message => Assert.Equal(bobsRun, message.Data.GetProperty("run_id").GetGuid()));
        var own = RunsIn(await annHears.Until("run succeeded"));
        Assert.All(own, message => Assert.Equal(annsRun, message.Data.GetProperty("run_id").GetGuid()));
        Assert.Equal(["run running", "step succeeded", "run succeeded"], own.Select(message => message.Short));
        Assert.Equal(3, own.Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_stream_of_one_run_tells_of_that_run_alone()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        var first = await Run(
            app,
            ann,
            """{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}""",
            finish: false
        );
        using var hears = await StreamListener.Open(app, ann, $"/runs/{first}/events");

        await Run(app, ann);
        await (await app.AsAdmin()).Post<RunView>($"/runs/{first}/cancel", "");

        var told = await hears.Until("run canceled");
        Assert.All(told, message => Assert.Equal(first, message.Data.GetProperty("run_id").GetGuid()));
    }

    [Fact]
    public async Task The_stream_of_a_finished_run_tells_how_it_ended_and_ends()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        var run = await Run(app, ann);
        using var hears = await StreamListener.Open(app, ann, $"/runs/{run}/events");

        var told = Assert.Single(await hears.Rest());

        Assert.Equal(("snapshot succeeded", run), (told.Short, told.Data.GetProperty("run_id").GetGuid()));
        Assert.Equal(["a succeeded"], StepsOf(told));
    }

    [Fact]
    public async Task Who_comes_late_is_told_of_the_steps_before_and_then_of_what_comes_until_the_end()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        const string Steps = """
            {"id": "a", "uses": "debug.echo"}, {"id": "b", "uses": "debug.sleep", "with": {"seconds": 60}}
            """;
        var run = await Run(app, ann, Steps, finish: false);
        await app.When(ann, run, seen => seen.GetProperty("steps").GetArrayLength() == 1);
        using var hears = await StreamListener.Open(app, ann, $"/runs/{run}/events");

        var before = await hears.Until("snapshot running");
        await (await app.AsAdmin()).Post<RunView>($"/runs/{run}/cancel", "");

        Assert.Equal(["a succeeded"], StepsOf(Assert.Single(before)));
        Assert.Equal(["run canceled"], (await hears.Rest()).Select(message => message.Short));
    }

    [Fact]
    public async Task The_end_of_a_run_is_told_though_its_message_was_missed()
    {
        await using var app = await OrdinautApp.Start(new QuickHeartbeat());
        var ann = await app.AsAgent(Owner);
        var task = await Save(ann, """{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}""");
        await ann.Post<RunView>($"/tasks/{task}/run_now", "", 202);
        var waiting = await ann.Post<RunView>($"/tasks/{task}/run_now", "", 202);
        using var hears = await StreamListener.Open(app, ann, $"/runs/{waiting.Id}/events");

        // A canceled task ends what waits in its queue without a word to the feed.
        await (await app.AsAdmin()).Post<TaskView>($"/tasks/{task}/cancel", "");

        Assert.Equal("snapshot canceled", (await hears.Rest())[^1].Short);
    }

    [Fact]
    public async Task A_stream_tells_of_its_agents_events_once_and_of_the_servers_about_it()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent([.. Owner, "events:publish"]);
        var bob = await app.AsAgent("runs:read", "events:read", "events:publish");
        await ann.Post<PublishedEvent>("/events", """{"topic": "orders.early"}""", 202);
        using var hears = await StreamListener.Open(app, ann, "/stream");

        await bob.Post<PublishedEvent>("/events", """{"topic": "orders.bobs"}""", 202);
        await Save(ann);
        var paid = await ann.Post<PublishedEvent>("/events", """{"topic": "orders.paid", "payload": {"no": 1}}""", 202);
        await ann.Post<PublishedEvent>("/events", """{"topic": "orders.last"}""", 202);

        var told = await hears.Until("event orders.last");
        Assert.Equal(["event task.created", "event orders.paid", "event orders.last"], told.Select(m => m.Short));
        Assert.Equal(paid.EventId.ToString(), told[1].Id);
        Assert.Equal(1, told[1].Data.GetProperty("payload").GetProperty("no").GetInt32());
    }

    [Fact]
    public async Task A_run_of_another_agent_cannot_be_followed()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        var bob = await app.AsAgent(Owner);
        var run = await Run(app, ann);

        await bob.Refused(404, "GET", $"/runs/{run}/events");
    }

    [Theory]
    [InlineData("""{"scopes": ["runs:read"]}""")]
    [InlineData("""{"status": "disabled"}""")]
    public async Task A_stream_ends_with_the_rights_it_began_with(string patch)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var ann = await app.AsAgent(Owner);
        var task = await Save(ann);
        using var hears = await StreamListener.Open(app, ann, "/stream");

        await admin.Patch<AgentView>($"/agents/{ann.AgentId}", patch);
        await admin.Post<TaskView>($"/tasks/{task}/pause", "");

        Assert.Empty(await hears.Rest());
    }

    [Fact]
    public async Task One_listener_too_many_is_refused_before_the_stream_begins()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent(Owner);
        using var leave = new CancellationTokenSource();
        var others = new List<Task<bool>>();
        for (var i = 0; i < LiveFeed.MaxListeners; i++)
        {
            var caller = new Caller(ann.AgentId, Scope.RunsRead);
            others.Add(
                app.Get<LiveFeed>().Subscribe(caller, null, leave.Token).GetAsyncEnumerator().MoveNextAsync().AsTask()
            );
        }

        var problem = await ann.Refused(429, "GET", "/stream");

        Assert.Contains("1000 listeners", problem.Detail, StringComparison.Ordinal);
        await leave.CancelAsync();
        await Record.ExceptionAsync(() => Task.WhenAll(others));
    }

    private static async Task<Guid> Run(
        OrdinautApp app,
        OrdinautApp.Client client,
        string? step = null,
        bool finish = true
    )
    {
        var run = await client.Post<RunView>($"/tasks/{await Save(client, step)}/run_now", "", 202);
        if (finish)
        {
            await app.Finished(client, run.Id);
        }

        return run.Id;
    }

    private static async Task<Guid> Save(OrdinautApp.Client client, string? step = null)
    {
        var body = $$"""
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{{step ?? """{"id": "a", "uses": "debug.echo"}"""}}] } }
            """;
        return (await client.Post<TaskView>("/tasks", body, 201)).Id;
    }

    private static List<StreamMessage> RunsIn(IEnumerable<StreamMessage> told) =>
        [.. told.Where(message => message.Event != "event")];

    private static IEnumerable<string> StepsOf(StreamMessage snapshot) =>
        from step in snapshot.Data.GetProperty("steps").EnumerateArray()
        select $"{step.GetProperty("step").GetString()} {step.GetProperty("state").GetString()}";

    /// <summary>The real clock, but for the silence before a heartbeat.</summary>
    private sealed class QuickHeartbeat : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var due = dueTime == StreamEndpoints.Heartbeat ? TimeSpan.FromMilliseconds(20) : dueTime;
            return base.CreateTimer(callback, state, due, period);
        }
    }
}
