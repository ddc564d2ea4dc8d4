using System.Text;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Mcp;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Hosting;

/// <summary>What callers say of traces: over MCP, without a token, and with what is no trace at all.</summary>
[Collection(nameof(Alone))]
public sealed class HostileTraceStories
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Asking = "b7ad6b7169203331";
    private const string Parent = $"00-{Trace}-{Asking}-01";
    private const string Echo = """{"id": "e", "uses": "debug.echo", "with": {}}""";
    private const string Canary = "canary-4711";

    [Fact]
    public async Task A_call_over_MCP_joins_the_trace_that_it_names_and_the_run_is_linked_to_it()
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 0));
        var admin = await app.AsAdmin();
        var task = await admin.Post<TaskView>("/tasks", Json.Write(Idle(Echo)), 201);
        var call = Wire.Call("run_task", $$"""{"task_id": "{{task.Id}}"}""") with
        {
            Meta = $"""
                "traceparent": "{Parent}", "tracestate": "vendor=1", "baggage": "user={Canary}",
                """,
        };

        var result = await Wire.Result(await Wire.Send(app, admin.Token, call));

        Assert.False(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), result.GetRawText());
        var served = await collector.When(span => span.Name == "tools/call run_task");
        Assert.Equal((Trace, Asking, "vendor=1"), (served.Trace, served.Parent, served.State));
        Assert.Equal(Collector.Span.Server, served.Kind);
        Assert.Equal(("tools/call", "run_task"), (served.Tags[Tracing.McpMethod], served.Tags["gen_ai.tool.name"]));
        Assert.Equal(admin.AgentId.ToString(), served.Tags[Tracing.AgentId]);
        var ran = await collector.When(span => span.Name == "run");
        Assert.Equal([(served.Trace, served.Id)], ran.Links);
        Assert.NotEqual(Trace, ran.Trace);
        Assert.All(collector.Messages, sent => Assert.DoesNotContain(Canary, Encoding.Latin1.GetString(sent.Body)));
    }

    [Theory]
    [InlineData("\"traceparent\": 7,")]
    [InlineData("\"traceparent\": null, \"tracestate\": {},")]
    [InlineData("\"traceparent\": \"00-00000000000000000000000000000000-b7ad6b7169203331-01\",")]
    [InlineData("\"traceparent\": [\"" + Parent + "\"],")]
    public async Task What_is_no_trace_leaves_the_call_in_its_request_s(string meta)
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 1));
        var admin = await app.AsAdmin();

        await Wire.Result(await Wire.Send(app, admin.Token, Wire.Call("whoami") with { Meta = meta }));

        var served = await collector.When(span => span.Name == "tools/call whoami");
        var brought = await collector.When(span => span.Name == "POST /mcp/");
        Assert.Equal((brought.Trace, brought.Id), (served.Trace, served.Parent));
        Assert.NotEqual(Trace, served.Trace);
    }

    [Fact]
    public async Task Who_is_not_let_in_leaves_no_span_whatever_its_flag()
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 0));
        var admin = await app.AsAdmin();
        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/runs");
        stranger.Headers.Add("traceparent", Parent);
        using var lost = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        lost.Headers.Add("traceparent", Parent);

        await OrdinautApp.Expect(await app.Http.SendAsync(stranger), 401);
        await OrdinautApp.Expect(await app.Http.SendAsync(lost), 404);
        await OrdinautApp.Expect(await admin.Send("GET", "/tasks", null, ("traceparent", Parent)), 200);

        // Spans go out in the order in which they ended.
        var kept = await collector.When(span => span.Name == "GET /tasks");
        Assert.Equal((Trace, Asking), (kept.Trace, kept.Parent));
        Assert.Single(collector.Spans);
    }

    [Theory]
    [InlineData("traceparent", "garbage")]
    [InlineData("traceparent", "00-00000000000000000000000000000000-0000000000000000-ff")]
    [InlineData("tracestate", "vendor")]
    public async Task A_request_with_what_is_no_trace_is_answered_as_any_other(string name, string value)
    {
        await using var collector = new Collector();
        await using var app = await OrdinautApp.Start(configure: collector.Hears(ratio: 1));
        var admin = await app.AsAdmin();
        var many = Enumerable.Range(0, 20).Select(_ => (name, value));

        await OrdinautApp.Expect(await admin.Send("GET", "/tasks", null, [.. many]), 200);

        var kept = await collector.When(span => span.Name == "GET /tasks");
        Assert.Equal(("", ""), (kept.Parent, kept.State));
    }
}
