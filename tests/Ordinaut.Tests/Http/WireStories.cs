using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>What the JSON of tasks, runs and statistics holds, as it comes over the wire.</summary>
public sealed class WireStories
{
    private const string TaskMembers = """
        id title description schedule_kind schedule_expr timezone payload status priority dedupe_key
        dedupe_window_seconds max_retries backoff_strategy concurrency_key concurrency_limit misfire_policy
        catch_up_window_seconds overlap_policy jitter_seconds starts_at ends_at timeout_seconds exclude
        expires_after_seconds event_filter tags metadata created_by created_at updated_at version
        parent_task_id root_task_id depth grant proposal schedule_description next_run_at snoozed_until last_run
        """;

    private const string RunMembers = """
        id task_id task_version state scheduled_for trigger attempt lease_owner leased_until not_before started_at
        finished_at success error output output_bytes steps attempts created_at
        """;

    private const string StepMembers = "id uses state attempt started_at finished_at input output output_bytes error";

    private const string StatsMembers = """
        task_id period_days total_runs total_tasks_executed successful_runs failed_runs canceled_runs queued_runs
        running_runs success_rate failure_rate avg_execution_time_seconds runs_per_day last_run last_success
        last_failure
        """;

    [Fact]
    public async Task A_created_task_says_when_it_runs_next_and_in_words()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent("tasks:create", "tools:use");

        var task = await ann.Post<JsonElement>("/tasks", Task("cron", "30 8 * * 1-5"), 201);

        Assert.Equal(Names(TaskMembers), Members(task));
        Assert.Contains("08:30", task.GetProperty("schedule_description").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("T08:30:00Z", task.GetProperty("next_run_at").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, task.GetProperty("last_run").ValueKind);
    }

    [Fact]
    public async Task A_finished_run_shows_its_output_and_its_task_shows_the_run()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var run = await Run(
            app,
            admin,
            """{"id": "a", "uses": "debug.echo", "with": {"n": 1}}""",
            """{"id": "b", "uses": "debug.echo", "with": {"n": 2}}""",
            """{"id": "c", "uses": "debug.echo", "with": {"n": 3}, "if": "steps.b.n > 5"}"""
        );

        Assert.Equal(Names(RunMembers), Members(run));
        Assert.Equal("""{"n":2}""", run.GetProperty("output").GetRawText());
        Assert.True(run.GetProperty("success").GetBoolean());
        var steps = run.GetProperty("steps").EnumerateArray().ToList();
        Assert.All(steps, step => Assert.Equal(Names(StepMembers), Members(step)));
        Assert.Equal(
            ["succeeded", "succeeded", "skipped"],
            steps.Select(step => step.GetProperty("state").GetString())
        );

        var task = await admin.Get<TaskView>($"/tasks/{run.GetProperty("task_id").GetGuid()}");
        Assert.Equal((run.GetProperty("id").GetGuid(), "succeeded"), (task.LastRun!.Id, task.LastRun.State));
        Assert.Equal(run.GetProperty("finished_at").GetDateTimeOffset(), task.LastRun.At);
    }

    [Fact]
    public async Task A_failed_run_keeps_the_output_of_its_last_step_that_succeeded()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var run = await Run(
            app,
            admin,
            """{"id": "a", "uses": "debug.echo", "with": {"n": 1}}""",
            """{"id": "b", "uses": "debug.fail", "with": {"message": "no", "retryable": false}}"""
        );

        Assert.False(run.GetProperty("success").GetBoolean());
        Assert.Equal("""{"n":1}""", run.GetProperty("output").GetRawText());
        Assert.Equal("b", run.GetProperty("error").GetProperty("step").GetString());
    }

    [Fact]
    public async Task A_run_without_a_successful_step_has_no_output()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var run = await Run(
            app,
            admin,
            """{"id": "b", "uses": "debug.fail", "with": {"message": "no", "retryable": false}}"""
        );

        Assert.Equal(JsonValueKind.Null, run.GetProperty("output").ValueKind);
    }

    [Fact]
    public async Task A_running_run_shows_who_holds_it_and_until_when()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var task = await Save(admin, """{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}""");
        var queued = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);

        var run = await app.When(admin, queued.Id, seen => seen.GetProperty("state").GetString() == "running");

        Assert.Equal(Names(RunMembers), Members(run));
        Assert.NotEqual("", run.GetProperty("lease_owner").GetString());
        Assert.True(
            run.GetProperty("leased_until").GetDateTimeOffset() > run.GetProperty("started_at").GetDateTimeOffset()
        );
        Assert.Equal(JsonValueKind.Null, run.GetProperty("success").ValueKind);
        await admin.Post<RunView>($"/runs/{queued.Id}/cancel", "");
    }

    [Fact]
    public async Task The_statistics_have_the_names_of_old()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var run = await Run(app, admin, """{"id": "a", "uses": "debug.echo"}""");

        var ofTask = await admin.Get<JsonElement>($"/runs/task/{run.GetProperty("task_id").GetGuid()}/stats?days=3");
        var ofAll = await admin.Get<JsonElement>("/runs/stats/summary");

        Assert.Equal(Names(StatsMembers), Members(ofTask));
        Assert.Equal(Names(StatsMembers), Members(ofAll));
        Assert.Equal(
            (3, 7),
            (ofTask.GetProperty("period_days").GetInt32(), ofAll.GetProperty("period_days").GetInt32())
        );
        Assert.Equal(1, ofTask.GetProperty("success_rate").GetDouble());
        Assert.Equal(run.GetProperty("created_at").GetString(), ofTask.GetProperty("last_success").GetString());
    }

    private static async Task<JsonElement> Run(OrdinautApp app, OrdinautApp.Client client, params string[] steps)
    {
        var task = await Save(client, steps);
        var run = await client.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        return await app.Finished(client, run.Id);
    }

    private static Task<TaskView> Save(OrdinautApp.Client client, params string[] steps) =>
        client.Post<TaskView>("/tasks", Task("once", "2099-01-01T00:00:00Z", steps), 201);

    private static string Task(string kind, string expression, params string[] steps)
    {
        var pipeline = string.Join(", ", steps.DefaultIfEmpty("""{"id": "a", "uses": "debug.echo"}"""));
        return $$"""
            {"title": "t", "schedule_kind": "{{kind}}", "schedule_expr": "{{expression}}",
             "payload": {"pipeline": [{{pipeline}}] } }
            """;
    }

    private static string[] Names(string list) =>
        [.. list.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static string[] Members(JsonElement json) =>
        [.. json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];
}
