using System.Text.Json;
using ModelContextProtocol;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>What an assistant does for a person, from the wish to the question why.</summary>
public sealed class RoutineStories
{
    private const string Morning = """
        {"title": "Morning", "schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "Europe/Chisinau",
         "payload": {"params": {"city": "Chisinau"}, "pipeline": [
           {"id": "greet", "uses": "text.template", "with": {"text": "Good morning, ${params.city}"}}]},
         "idempotency_key": "one-wish"}
        """;

    [Fact]
    public async Task From_nothing_to_a_running_schedule_in_three_calls()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());

        var preview = await assistant.Ask<SchedulePreviewView>(
            "preview_schedule",
            """{"schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "Europe/Chisinau", "count": 2}"""
        );
        var task = await assistant.Ask<TaskView>("create_task", Morning);
        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");

        Assert.Equal("weekdays at 08:30, Europe/Chisinau", preview.Description);
        Assert.Equal((preview.Description, 2), (task.ScheduleDescription, preview.Occurrences.Count));
        Assert.Equal(preview.Occurrences[0].Utc, task.NextRunAt);
        Assert.Equal("succeeded", run.State);
        Assert.Equal("Good morning, Chisinau", run.Output!.Value.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_spoken_wish_becomes_a_task()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());

        var parsed = await assistant.Ask<ParsedScheduleView>(
            "parse_schedule",
            """{"text": "every other Friday at 9", "timezone": "Europe/Chisinau"}"""
        );
        var input = new TaskInput
        {
            Title = "Review",
            ScheduleKind = parsed.ScheduleKind,
            ScheduleExpr = parsed.ScheduleExpr,
            Timezone = parsed.Timezone,
            Payload = JsonElement.Parse("""{"pipeline": [{"id": "a", "uses": "debug.echo", "with": {}}]}"""),
        };
        var task = await assistant.Ask<TaskView>("create_task", Json.Write(input));
        var refused = await assistant.Refused("parse_schedule", """{"text": "every othr Friday at 9"}""");

        Assert.StartsWith("every other Friday at 09:00, from ", parsed.Description, StringComparison.Ordinal);
        Assert.Equal(5, parsed.Occurrences.Count);
        Assert.Equal((parsed.Description, parsed.Occurrences[0].Utc), (task.ScheduleDescription, task.NextRunAt));
        Assert.Contains("did you mean \"other\"", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_wish_makes_one_task()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());

        var first = await assistant.Ask<TaskView>("create_task", Morning);
        var again = await assistant.Ask<TaskView>("create_task", Morning);
        var other = await assistant.Refused("create_task", Morning.Replace("Morning", "Evening"));

        Assert.Equal(first.Id, again.Id);
        Assert.Equal((409, 1), (other.Status, (await assistant.Ask<Page<TaskView>>("list_tasks")).Items.Count));
    }

    [Fact]
    public async Task A_run_that_failed_is_explained_mended_and_retried()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var task = await assistant.Ask<TaskView>(
            "create_task",
            """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z", "max_retries": 0,
             "payload": {"pipeline": [{"id": "fails", "uses": "debug.fail", "with": {"message": "no such luck"}}]}}
            """
        );

        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");
        var why = await assistant.Ask<WhyView>("why", $$"""{"task_id": "{{task.Id}}"}""");
        var changed = await assistant.Ask<TaskView>(
            "update_task",
            $$$"""
            {"task_id": "{{{task.Id}}}", "if_version": 1, "changes": {"description": "mended",
             "payload": {"pipeline": [{"id": "ok", "uses": "debug.echo", "with": {"value": 1} } ] } } }
            """
        );
        var stale = await assistant.Refused(
            "update_task",
            $$$"""{"task_id": "{{{task.Id}}}", "if_version": 1, "changes": {"title": "late"} }"""
        );
        var again = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""");

        Assert.Equal(("failed", "fails"), (run.State, run.Error!.Step));
        Assert.Contains("failed", why.Explanation);
        Assert.Equal((2, "mended", "t"), (changed.Version, changed.Description, changed.Title));
        Assert.Equal((412, "succeeded"), (stale.Status, again.State));
    }

    [Fact]
    public async Task Who_waits_hears_how_far_the_run_is()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        // The client hears nothing of a call that has its result already: the run must outlast the first look at it.
        var task = await assistant.Ask<TaskView>(
            "create_task",
            """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.sleep", "with": {"seconds": 2}}]}}
            """
        );
        var heard = new TaskCompletionSource<ProgressNotificationValue>();

        var result = await assistant.Call(
            "run_task",
            $$"""{"task_id": "{{task.Id}}", "wait_seconds": 30}""",
            new Progress<ProgressNotificationValue>(value => heard.TrySetResult(value))
        );

        Assert.NotEqual(true, result.IsError);
        var progress = await heard.Task.WaitAsync(OrdinautApp.Patience);
        Assert.Contains("steps done", progress.Message);
    }

    [Fact]
    public async Task Patience_that_ends_shows_the_run_as_it_is()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var task = await assistant.Ask<TaskView>(
            "create_task",
            """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}]}}
            """
        );

        var run = await assistant.Ask<RunView>("run_task", $$"""{"task_id": "{{task.Id}}", "wait_seconds": 1}""");

        Assert.Null(run.FinishedAt);
        await assistant.Ask<RunView>("cancel_run", $$"""{"run_id": "{{run.Id}}"}""");
        var ended = await assistant.Ask<RunView>("get_run", $$"""{"run_id": "{{run.Id}}", "wait_seconds": 30}""");
        Assert.Equal("canceled", ended.State);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_cursors_are_the_agents_own()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        for (var i = 0; i < 3; i++)
        {
            await assistant.Ask<TaskView>("create_task", McpApp.Quiet);
        }

        var first = await assistant.Ask<Page<TaskView>>("list_tasks", """{"limit": 2, "total": true, "tag": null}""");
        var rest = await assistant.Ask<Page<TaskView>>("list_tasks", $$"""{"cursor": "{{first.NextCursor}}"}""");
        await using var other = await app.Connect(await app.AsAgent("tasks:read"));
        var stolen = await other.Refused("list_tasks", $$"""{"cursor": "{{first.NextCursor}}"}""");

        Assert.Equal((2, true, 3L), (first.Items.Count, first.HasMore, first.Total));
        Assert.Equal((1, false), (rest.Items.Count, rest.HasMore));
        Assert.Equal(400, stolen.Status);
    }

    [Fact]
    public async Task Whoami_tells_the_clock_and_the_scopes()
    {
        await using var app = await OrdinautApp.Start(configure: o => o with { Timezone = "Europe/Chisinau" });
        var agent = await app.AsAgent("tasks:read");
        await using var assistant = await app.Connect(agent);

        var me = await assistant.Ask<WhoAmI>("whoami");

        Assert.Equal((agent.AgentId, "Europe/Chisinau"), (me.AgentId, me.Timezone));
        Assert.Equal(["tasks:read"], me.Scopes);
        Assert.Equal(me.Name, (await agent.Get<WhoAmI>("/agents/me")).Name);
    }
}
