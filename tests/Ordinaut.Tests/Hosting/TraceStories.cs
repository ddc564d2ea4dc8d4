using System.Net;
using System.Net.Sockets;
using System.Text;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What a collector gets of the work, and what those whom the work calls get of the trace.</summary>
[Collection(nameof(Alone))]
public sealed class TraceStories
{
    private const string CallersTrace = "0af7651916cd43dd8448eb211c80319c";
    private const string CallersSpan = "b7ad6b7169203331";
    private const string Canary = "canary-4711";

    [Fact]
    public async Task A_request_that_is_traced_leads_to_its_run_and_the_tool_that_is_called_knows_its_span()
    {
        await using var collector = new Collector();
        await using var service = new FakeServer(_ => FakeServer.Answer(200, "", Canary));
        // Nothing that begins here is kept by the ratio: what is kept was asked for.
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 0));
        var admin = await app.AsAdmin();
        var step = $$$"""
            {"id": "call", "uses": "http.request", "with": {
              "url": "{{{service.Url}}}{{{Canary}}}", "method": "POST", "headers": {"X-Key": "{{{Canary}}}"},
              "json": {"secret": "{{{Canary}}}"} } }
            """;
        var task = Read<TaskView>(await Traced(admin, "/tasks", Json.Write(Idle(step)), 201));

        var run = Read<RunView>(
            await Traced(admin, $"/tasks/{task.Id}/run_now", $$$"""{"params": {"p": "{{{Canary}}}"}}""", 202)
        );

        var ended = await app.Finished(admin, run.Id);
        Assert.Equal("succeeded", ended.GetProperty("state").GetString());
        var made = await collector.When(span => span.Name == "POST /tasks");
        var asked = await collector.When(span => span.Name == "POST /tasks/{id}/run_now");
        var ran = await collector.When(span => span.Name == "run");
        Assert.All([made, asked], span => Assert.Equal((CallersTrace, CallersSpan), (span.Trace, span.Parent)));
        Assert.Equal((Collector.Span.Server, "vendor=1"), (asked.Kind, asked.State));
        Assert.Equal(("202", admin.AgentId.ToString()), (asked.Tags[Tracing.Status], asked.Tags[Tracing.AgentId]));

        // The run's trace is its own, and linked to who asked for it.
        Assert.Equal((Tracing.TraceOf(run.Id).ToHexString(), ""), (ran.Trace, ran.Parent));
        Assert.Equal([(asked.Trace, asked.Id)], ran.Links);
        Assert.Equal((run.Id.ToString(), "succeeded"), (ran.Tags[Tracing.RunId], ran.Tags[Tracing.RunState]));
        Assert.Equal((Collector.Span.Consumer, "manual"), (ran.Kind, ran.Tags[Tracing.RunTrigger]));
        var stepped = await collector.When(span => span.Name == "step");
        var called = await collector.When(span => span.Name == "execute_tool http.request");
        Assert.Equal((ran.Trace, ran.Id), (stepped.Trace, stepped.Parent));
        Assert.Equal((ran.Trace, stepped.Id, Collector.Span.Client), (called.Trace, called.Parent, called.Kind));

        var headers = service.Only.Headers;
        Assert.Equal(called.AsParent, headers["traceparent"]);
        Assert.DoesNotContain("baggage", headers.Keys);
        Assert.DoesNotContain("tracestate", headers.Keys);
        Assert.All(collector.Spans, span => Assert.Empty(span.Tags.Keys.Except(Tracing.Attributes)));
        Assert.All(collector.Messages, sent => Assert.DoesNotContain(Canary, Encoding.Latin1.GetString(sent.Body)));
        await collector.WhenMetric("ordinaut.runs.ended");
    }

    [Fact]
    public async Task Attempts_of_a_run_share_its_trace_and_say_how_they_failed()
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 1));
        var admin = await app.AsAdmin();
        var input = Once(
            Instants.Format(TimeProvider.System.GetUtcNow()),
            """{"id": "a", "uses": "debug.fail", "with": {"times": 1, "message": "canary-4711"}}"""
        ) with
        {
            MaxRetries = 1,
            MisfirePolicy = "run_once",
        };

        var task = await admin.Post<TaskView>("/tasks", Json.Write(input), 201);

        var ran = await collector.When(2, span => span.Name == "run" && IsOf(task, span));
        var fired = await collector.When(span => span.Name == "fire" && IsOf(task, span));
        Assert.Equal(["1", "2"], ran.Select(span => span.Tags[Tracing.RunAttempt]));
        Assert.Equal(["failed", "succeeded"], ran.Select(span => span.Tags[Tracing.RunState]));
        Assert.Equal([true, false], ran.Select(span => span.HasFailed));
        var run = ran[0].Tags[Tracing.RunId];
        Assert.Equal(Collector.Span.Producer, fired.Kind);
        Assert.All([fired, .. ran], span => Assert.Equal(run, span.Tags[Tracing.RunId]));
        Assert.All([fired, .. ran], span => Assert.Equal(TraceOf(run), span.Trace));
        Assert.All(ran, span => Assert.Empty(span.Links));
        Assert.All(collector.Spans, span => Assert.Empty(span.Error));
    }

    [Fact]
    public async Task Runs_that_a_run_sets_off_are_linked_to_the_call_that_did()
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 1));
        var admin = await app.AsAdmin();
        var echo = """{"id": "e", "uses": "debug.echo", "with": {}}""";
        var child = await admin.Post<TaskView>("/tasks", Json.Write(Idle(echo)), 201);
        var listener = await admin.Post<TaskView>("/tasks", Json.Write(OnEvent("a.b", echo)), 201);
        var after = await admin.Post<TaskView>("/tasks", Json.Write(OnEvent("run.succeeded", echo)), 201);
        var parent = await admin.Post<TaskView>(
            "/tasks",
            Json.Write(
                Idle(
                    $$"""{"id": "r", "uses": "task.run", "with": {"task_id": "{{child.Id}}", "wait": true} }""",
                    """{"id": "p", "uses": "event.publish", "with": {"topic": "a.b"}}"""
                )
            ),
            201
        );

        await admin.Post<RunView>($"/tasks/{parent.Id}/run_now", "{}", 202);

        var asked = await collector.When(span => span.Name == "execute_tool task.run");
        var told = await collector.When(span => span.Name == "execute_tool event.publish");
        var ofChild = await collector.When(span => span.Name == "run" && IsOf(child, span));
        var ofListener = await collector.When(span => span.Name == "run" && IsOf(listener, span));
        Assert.Equal([(asked.Trace, asked.Id)], ofChild.Links);
        Assert.Equal([(told.Trace, told.Id)], ofListener.Links);
        // The end of a run is a fact, too: whoever listens to it is linked to the run that ended.
        var ofAfter = await collector.When(1, span => span.Name == "run" && IsOf(after, span));
        Assert.Contains((ofChild.Trace, ofChild.Id), ofAfter[0].Links);
        // It waited for the child, and went on in its trace.
        var ofParent = await collector.When(2, span => span.Name == "run" && IsOf(parent, span));
        Assert.Equal(["waiting", "succeeded"], ofParent.Select(span => span.Tags[Tracing.RunState]));
        Assert.Single(ofParent.Select(span => span.Trace).Distinct());
    }

    [Fact]
    public async Task A_webhook_gets_the_span_of_its_delivery()
    {
        await using var collector = new Collector();
        await using var endpoint = new FakeServer(_ => FakeServer.Answer(200));
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 1));
        var agent = await app.AsAgent("events:read", "events:publish");
        var webhook = new WebhookInput(endpoint.Url, ["a.#"]);
        await agent.Post<NewWebhook>("/webhooks", Json.Write(webhook), 201);

        var published = await agent.Post<PublishedEvent>("/events", """{"topic": "a.b", "payload": 1}""", 202);

        var sent = await collector.When(span => span.Name == "deliver");
        Assert.Equal((published.EventId.ToString(), "sent"), (sent.Tags[Tracing.EventId], sent.Tags[Tracing.Outcome]));
        Assert.Equal(sent.AsParent, endpoint.Only.Headers["traceparent"]);
    }

    [Fact]
    public async Task Without_a_collector_nobody_hears_of_a_trace()
    {
        await using var service = new FakeServer(_ => FakeServer.Answer(200));
        await using var app = await OrdinautApp.Start(configure: o => o with { EgressAllow = "127.0.0.1" });
        var admin = await app.AsAdmin();
        var step = $$$"""{"id": "call", "uses": "http.request", "with": {"url": "{{{service.Url}}}"} }""";
        var task = Read<TaskView>(await Traced(admin, "/tasks", Json.Write(Idle(step)), 201));

        var run = Read<RunView>(await Traced(admin, $"/tasks/{task.Id}/run_now", "{}", 202));

        await app.Finished(admin, run.Id);
        Assert.DoesNotContain("traceparent", service.Only.Headers.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_collector_that_hangs_or_is_away_holds_up_neither_runs_nor_the_end(bool hangs)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        if (!hangs)
        {
            silent.Stop();
        }

        var app = await OrdinautApp.Start(configure: o =>
            o with
            {
                OtlpEndpoint = $"http://127.0.0.1:{port}",
                TraceRatio = 1,
                OtlpIntervalSeconds = 1,
            }
        );
        var admin = await app.AsAdmin();
        var echo = """{"id": "e", "uses": "debug.echo", "with": {}}""";
        var task = await admin.Post<TaskView>("/tasks", Json.Write(Idle(echo)), 201);
        // More spans than wait for the collector at most.
        for (var i = 0; i < 800; i++)
        {
            await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        }

        var last = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "{}", 202);
        await app.Finished(admin, last.Id);

        var began = TimeProvider.System.GetTimestamp();
        await app.DisposeAsync();
        // What a stopping process may take beyond its grace, of which it needs none.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 2);
    }

    private static bool IsOf(TaskView task, Collector.Span span) =>
        span.Tags.GetValueOrDefault(Tracing.TaskId) == task.Id.ToString();

    private static string TraceOf(string runId) => Tracing.TraceOf(Guid.Parse(runId)).ToHexString();

    private static T Read<T>(string json) => OrdinautApp.Read<T>(json);

    private static async Task<string> Traced(OrdinautApp.Client client, string path, string body, int status) =>
        await OrdinautApp.Expect(
            await client.Send(
                "POST",
                path,
                body,
                ("traceparent", $"00-{CallersTrace}-{CallersSpan}-01"),
                ("tracestate", "vendor=1"),
                ("baggage", "user=me")
            ),
            status
        );
}
