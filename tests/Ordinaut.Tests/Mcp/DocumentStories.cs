using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Agents;
using Ordinaut.Mcp;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>Resources, prompts and completion.</summary>
public sealed class DocumentStories
{
    [Fact]
    public async Task Tasks_runs_and_the_catalogue_can_be_read()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var task = await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");

        Assert.Equal(task.Id, Json.Read<TaskView>(await Read($"ordinaut://tasks/{task.Id}")).Id);
        Assert.Equal("succeeded", Json.Read<RunView>(await Read($"ordinaut://runs/{run.Id}")).State);
        Assert.Contains("http.request", await Read("ordinaut://tools"));
        Assert.Contains("last working day", await Read("ordinaut://schedules/cookbook"));
        foreach (var resource in await assistant.ListResourcesAsync())
        {
            await Read(resource.Uri);
        }

        var templates = await assistant.ListResourceTemplatesAsync();
        Assert.Equal(["ordinaut://tasks/{id}", "ordinaut://runs/{id}"], templates.Select(t => t.UriTemplate));

        async Task<string> Read(string uri)
        {
            var result = await assistant.ReadResourceAsync(uri);
            return Assert.IsType<TextResourceContents>(Assert.Single(result.Contents)).Text;
        }
    }

    [Fact]
    public async Task A_foreign_resource_is_as_absent_as_one_that_never_was()
    {
        await using var app = await OrdinautApp.Start();
        await using var owner = await app.Connect(await app.AsAdmin());
        await using var stranger = await app.Connect(await app.AsAgent("tasks:read", "runs:read"));
        var task = await owner.Ask<TaskView>("create_task", McpApp.Quiet);
        string[] uris =
        [
            $"ordinaut://tasks/{task.Id}",
            $"ordinaut://tasks/{Guid.Empty}",
            $"ordinaut://tasks/{task.Id}/../{task.Id}",
            "ordinaut://tasks/",
            "ordinaut://secrets",
            "file:///etc/passwd",
        ];

        foreach (var uri in uris)
        {
            var failure = await Assert.ThrowsAnyAsync<McpProtocolException>(async () =>
                await stranger.ReadResourceAsync(uri)
            );
            Assert.Equal(McpErrorCode.InvalidParams, failure.ErrorCode);
        }
    }

    [Fact]
    public async Task Without_the_scope_nothing_is_read_or_completed()
    {
        await using var app = await OrdinautApp.Start();
        await using var owner = await app.Connect(await app.AsAdmin());
        await using var nobody = await app.Connect(await app.AsAgent());
        var task = await owner.Ask<TaskView>("create_task", McpApp.Quiet);

        foreach (var uri in new[] { $"ordinaut://tasks/{task.Id}", $"ordinaut://runs/{task.Id}", "ordinaut://tools" })
        {
            await Assert.ThrowsAnyAsync<McpProtocolException>(async () => await nobody.ReadResourceAsync(uri));
        }

        var completion = await nobody.CompleteAsync(
            new ResourceTemplateReference { Uri = "ordinaut://tasks/{id}" },
            "id",
            ""
        );
        Assert.Empty(completion.Completion.Values);
    }

    [Fact]
    public async Task Ids_are_completed_from_their_beginning()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var task = await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
        var reference = new ResourceTemplateReference { Uri = "ordinaut://tasks/{id}" };

        var found = await assistant.CompleteAsync(reference, "id", task.Id.ToString()[..30]);
        var none = await assistant.CompleteAsync(reference, "id", "zz");

        Assert.Equal([task.Id.ToString()], found.Completion.Values);
        Assert.Empty(none.Completion.Values);
    }

    [Fact]
    public async Task Prompts_speak_of_tools_that_there_are()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var task = await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");
        var arguments = new Dictionary<string, object?> { ["wish"] = "tea at four", ["run_id"] = run.Id.ToString() };
        var tools = app.Get<ToolTable>().All.Select(tool => tool.Name).ToHashSet();

        var prompts = await assistant.ListPromptsAsync();
        foreach (var prompt in prompts)
        {
            var wanted = prompt.ProtocolPrompt.Arguments!.ToDictionary(a => a.Name, a => arguments[a.Name]);
            var messages = (await prompt.GetAsync(wanted)).Messages;
            var text = Assert.IsType<TextContentBlock>(messages[0].Content).Text;
            var words = text.Split([' ', '\n', '.', ',', ';', ':', '(', ')']).Where(word => word.Contains('_'));
            Assert.All(
                words.Except(["idempotency_key", "wait_seconds", "task_id"]),
                word => Assert.Contains(word, tools)
            );
        }

        Assert.Equal(["plan_routine", "explain_failure", "review_schedules"], prompts.Select(prompt => prompt.Name));
    }

    [Fact]
    public async Task A_prompt_without_its_argument_says_so()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());

        var failure = await Assert.ThrowsAnyAsync<McpProtocolException>(async () =>
            await assistant.GetPromptAsync("explain_failure")
        );

        Assert.Contains("run_id", failure.Message);
    }

    [Fact]
    public async Task Whoever_subscribes_to_a_run_hears_of_it_and_of_no_other()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        await using var assistant = await app.Connect(admin);
        var run = await Sleeping(assistant);
        var other = await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
        var uri = $"ordinaut://runs/{run}";
        var listen = new Wire.Request(
            "subscriptions/listen",
            $$$"""
            "notifications": {"toolsListChanged": true, "resourceSubscriptions": ["{{{uri}}}", "ordinaut://tools"]}
            """
        );

        using var answer = await Wire.Begin(app, admin.Token, listen);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var acknowledged = await Wire.Next(stream);
        await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{other.Id}}", "wait_seconds": 30}""");
        await assistant.Ask<RunView>("cancel_run", $$"""{"run_id": "{{run}}"}""");
        var updated = await Wire.Next(stream);

        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged.GetProperty("method").GetString());
        var heard = acknowledged.GetProperty("params").GetProperty("notifications");
        Assert.Equal($$"""{"resourceSubscriptions":["{{uri}}"]}""", heard.GetRawText());
        Assert.Equal("notifications/resources/updated", updated.GetProperty("method").GetString());
        Assert.Equal(uri, updated.GetProperty("params").GetProperty("uri").GetString());
        var meta = updated.GetProperty("params").GetProperty("_meta");
        Assert.Equal(1, meta.GetProperty("io.modelcontextprotocol/subscriptionId").GetInt32());
    }

    [Fact]
    public async Task A_foreign_run_is_never_told_of_and_without_the_scope_nothing_is()
    {
        await using var app = await OrdinautApp.Start();
        var (admin, nobody) = (await app.AsAdmin(), await app.AsAgent());
        var stranger = await app.AsAgent("runs:read", "runs:manage", "tasks:create", "tasks:run", "tools:use");
        await using var owner = await app.Connect(admin);
        await using var own = await app.Connect(stranger);
        var (foreign, mine) = (await Sleeping(owner), await Sleeping(own));
        var listen = new Wire.Request(
            "subscriptions/listen",
            $$$"""
            "notifications": {"resourceSubscriptions": ["ordinaut://runs/{{{foreign}}}", "ordinaut://runs/{{{mine}}}"]}
            """
        );

        var refused = await Wire.Send(app, nobody.Token, listen);
        using var answer = await Wire.Begin(app, stranger.Token, listen);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await Wire.Next(stream);
        await owner.Ask<RunView>("cancel_run", $$"""{"run_id": "{{foreign}}"}""");
        await owner.Ask<RunView>("get_run", $$"""{"run_id": "{{foreign}}", "wait_seconds": 30}""");
        await own.Ask<RunView>("cancel_run", $$"""{"run_id": "{{mine}}"}""");
        var first = await Wire.Next(stream);

        Assert.DoesNotContain("ordinaut://", await refused.Content.ReadAsStringAsync());
        Assert.Contains(mine.ToString(), first.GetRawText());
    }

    private static async Task<Guid> Sleeping(McpClient assistant)
    {
        var task = await assistant.Ask<TaskView>(
            "create_task",
            """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}]}}
            """
        );
        return (await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}"}""")).Id;
    }

    [Fact]
    public async Task A_defect_is_told_by_its_id_alone()
    {
        var refusals = new RefusalLog(TimeProvider.System, NullLogger<RefusalLog>.Instance);
        var defects = new Defects(refusals, NullLogger<Defects>.Instance);
        var caller = new Caller(Guid.Empty, Scope.None) { RequestId = "r-1" };

        var failure = await Assert.ThrowsAsync<McpProtocolException>(async () =>
            await defects.Guard<int>(
                caller,
                "x",
                McpErrorCode.InvalidParams,
                () => throw new InvalidOperationException("the inside")
            )
        );
        var answer = McpApp.TextOf(
            ToolAnswers.Of(defects.Note(new InvalidOperationException("the inside"), "x", "r-1"))
        );

        Assert.All([failure.Message, answer], text => Assert.DoesNotContain("the inside", text));
        Assert.All([failure.Message, answer], text => Assert.Contains("r-1", text));
        Assert.Equal(McpErrorCode.InternalError, failure.ErrorCode);
    }

    [Fact]
    public void Who_must_wait_is_told_how_long()
    {
        var problem = new Problem(ProblemKind.TooMany, "Too many.") { RetryAfter = TimeSpan.FromSeconds(1.5) };

        var text = Json.Parse(McpApp.TextOf(ToolAnswers.Of(problem, "r-1")));

        Assert.Equal(2, text.GetProperty("retry_after_seconds").GetInt32());
    }
}
