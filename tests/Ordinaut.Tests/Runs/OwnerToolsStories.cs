using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>An agent's tasks use tools only as long as the agent may.</summary>
public sealed class OwnerToolsStories
{
    private const string Others = "tasks:create tasks:read tasks:run runs:read";

    [Fact]
    public void Without_tools_use_the_next_run_uses_no_tool() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            Assert.Equal("succeeded", (await core.RunAtOnce(task.Id)).State);

            await core.SetScopes(core.Ann, Others);
            var run = await core.RunAtOnce(task.Id);

            Assert.Equal(("failed", "forbidden", 1), (run.State, run.Error!.Code, run.Attempt));
            Assert.Contains("tools:use", run.Error.Message);
            Assert.Single(core.Work.Calls);

            await core.SetScopes(core.Ann, core.Ann.Scopes.Text());
            await core.Runs.Retry(core.Ann, run.Id);
            await core.Settle();
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void A_run_that_is_under_way_stops_at_its_next_step() =>
        Story.Play(async core =>
        {
            var gate = core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "b", "uses": "test.other"}"""));
            var run = await core.RunAtOnce(task.Id);

            await core.SetScopes(core.Ann, Others);
            gate.SetResult();
            await core.Settle();

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("failed", "forbidden", "b"), (ended.State, ended.Error!.Code, ended.Error.Step));
            Assert.Empty(core.Other.Calls);
        });

    [Fact]
    public void A_scope_that_a_tool_needs_besides_is_asked_for_too() =>
        Story.Play(async core =>
        {
            const string Tell = """{"id": "tell", "uses": "event.publish", "with": {"topic": "a"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(Tell));

            await core.SetScopes(core.Ann, Others + " tools:use");
            var run = await core.RunAtOnce(task.Id);

            Assert.Equal("forbidden", run.Error!.Code);
            Assert.Contains("events:publish", run.Error.Message);
        });

    [Fact]
    public void An_unsafe_step_that_was_not_allowed_to_begin_is_no_riddle() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle("""{"id": "pay", "uses": "test.unsafe"}"""));

            await core.SetScopes(core.Ann, Others);

            Assert.Equal("failed", (await core.RunAtOnce(task.Id)).State);
            Assert.Empty(core.Unsafe.Calls);
        });

    [Fact]
    public void A_condition_is_not_checked_either() =>
        Story.Play(async core =>
        {
            const string Watch = """{"every": "PT5M", "check": {"uses": "test.read"}, "when": "heat > 5"}""";
            var task = await core.Tasks.Create(core.Ann, TaskWriting.Task("condition", Watch));

            await core.SetScopes(core.Ann, Others);
            await core.Until("2027-01-04T00:05:30Z");

            var line = Assert.Single(await core.Ledger(task.Id));
            Assert.StartsWith("forbidden: test.read needs the scopes 'tools:use'", line.Detail);
            Assert.Empty(core.Read.Calls);
        });

    [Fact]
    public async Task An_agent_that_is_deactivated_over_http_runs_nothing_from_then_on()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var ann = await app.AsAgent("tasks:create", "tools:use");
        const string Body = """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
            """;
        var task = await ann.Post<TaskView>("/tasks", Body, 201);
        await OrdinautApp.Expect(await admin.Send("DELETE", $"/agents/{ann.AgentId}"), 200);

        var refused = await OrdinautApp.Expect(await admin.Send("POST", $"/tasks/{task.Id}/run_now"), 409);

        Assert.Contains("The agent that owns the task is stopped", refused, StringComparison.Ordinal);
    }
}
