using System.Text.Json;
using Ordinaut.Mcp;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>A client that takes handles comes back for a run instead of waiting for it.</summary>
public sealed class HandleStories
{
    private const string Takes = $$"""{"extensions": {"{{RunHandles.Extension}}": {} } }""";

    private const string Waits = """
        {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "a", "wait": "1h"}]}}
        """;

    [Fact]
    public async Task A_run_is_answered_with_a_handle_and_fetched_when_it_has_ended()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var handle = await Answer(app, admin, await RunTask(admin, McpApp.Quiet));
        var taskId = handle.GetProperty("taskId").GetString()!;
        await app.Finished(admin, Guid.Parse(taskId));
        var ended = await Answer(app, admin, About("tasks/get", taskId));

        Assert.Equal("task", handle.GetProperty("resultType").GetString());
        Assert.Equal("working", handle.GetProperty("status").GetString());
        Assert.InRange(handle.GetProperty("pollIntervalMs").GetInt32(), 100, 10_000);
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        var result = ended.GetProperty("result");
        Assert.Equal("succeeded", result.GetProperty("structuredContent").GetProperty("state").GetString());
        var run = await admin.Get<JsonElement>($"/runs/{taskId}");
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal(
            run.GetRawText(),
            Json.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!).GetRawText()
        );
    }

    [Fact]
    public async Task A_handle_cancels_its_run()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var taskId = (await Answer(app, admin, await RunTask(admin, Waits))).GetProperty("taskId").GetString()!;

        var waiting = await Answer(app, admin, About("tasks/get", taskId));
        await Answer(app, admin, About("tasks/update", taskId));
        await Answer(app, admin, About("tasks/cancel", taskId));
        await app.Finished(admin, Guid.Parse(taskId));
        var ended = await Answer(app, admin, About("tasks/get", taskId));

        Assert.Equal("working", waiting.GetProperty("status").GetString());
        Assert.Equal("cancelled", ended.GetProperty("status").GetString());
        // Its client need not have heard that it has ended.
        await Answer(app, admin, About("tasks/cancel", taskId));
        Assert.False(ended.TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Who_does_not_take_handles_gets_none()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var call = await RunTask(admin, McpApp.Quiet);

        var plain = await Answer(app, admin, call with { Capabilities = "{}" });
        var run = Json.Read<RunView>(plain.GetProperty("structuredContent"));
        var refused = await Refused(app, admin, About("tasks/get", run.Id.ToString()) with { Capabilities = "{}" });

        Assert.Equal("succeeded", run.State);
        Assert.Equal(-32021, refused);
    }

    [Fact]
    public async Task Another_agents_run_is_no_handle()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var handle = await Answer(app, admin, await RunTask(admin, McpApp.Quiet));
        var stranger = await app.AsAgent("runs:read", "runs:manage");
        var taskId = handle.GetProperty("taskId").GetString()!;

        foreach (var method in new[] { "tasks/get", "tasks/update", "tasks/cancel" })
        {
            Assert.Equal(-32602, await Refused(app, stranger, About(method, taskId)));
            Assert.Equal(-32602, await Refused(app, admin, About(method, "no-such-thing")));
        }

        Assert.Equal("succeeded", (await app.Finished(admin, Guid.Parse(taskId))).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("tasks/get")]
    [InlineData("tasks/cancel")]
    [InlineData("tasks/update")]
    public async Task The_headers_must_name_the_handle_that_the_body_names(string method)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var asked = About(method, Guid.Empty.ToString());

        Assert.Equal(-32020, await Refused(app, admin, asked with { Name = null }));
        Assert.Equal(-32020, await Refused(app, admin, asked with { Name = "another" }));
        Assert.Equal(-32602, await Refused(app, admin, asked));
    }

    private static async Task<Wire.Request> RunTask(OrdinautApp.Client who, string input)
    {
        var task = await who.Post<TaskView>("/tasks", input, 201);
        return Wire.Call("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""") with
        {
            Capabilities = Takes,
        };
    }

    private static Wire.Request About(string method, string taskId) =>
        new(method, $"\"taskId\": \"{taskId}\"") { Name = taskId, Capabilities = Takes };

    private static async Task<JsonElement> Answer(OrdinautApp app, OrdinautApp.Client who, Wire.Request message) =>
        await Wire.Result(await Wire.Send(app, who.Token, message));

    private static async Task<int> Refused(OrdinautApp app, OrdinautApp.Client who, Wire.Request message)
    {
        var answer = await Wire.Message(await Wire.Send(app, who.Token, message));
        return answer.GetProperty("error").GetProperty("code").GetInt32();
    }
}
