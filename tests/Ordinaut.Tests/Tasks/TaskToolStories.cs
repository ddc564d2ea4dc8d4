using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Pipelines that schedule for themselves, with their owner's rights.</summary>
public sealed class TaskToolStories
{
    private const string Create = """
        {"id": "make", "uses": "task.create", "with": {
          "title": "Made", "schedule_kind": "once", "schedule_expr": "2027-01-04T06:00:00Z",
          "payload": {"pipeline": [{"id": "work", "uses": "test.work"}]}}}
        """;

    [Fact]
    public void A_pipeline_makes_a_task_of_its_owner() =>
        Story.Play(async core =>
        {
            var maker = await core.Tasks.Create(core.Ann, Idle(Create));

            var run = await core.RunAtOnce(maker.Id);
            await core.Until("2027-01-04T06:00:00Z");

            Assert.Equal("succeeded", run.State);
            var made = Assert.Single((await core.Tasks.List(core.Ann, new(Query: "made"))).Items);
            Assert.Equal((core.Ann.AgentId, "completed"), (made.CreatedBy, made.Status));
            Assert.Single(core.Work.Calls);
        });

    [Fact]
    public void A_step_that_is_repeated_makes_one_task() =>
        Story.Play(async core =>
        {
            core.Other.FailForGood();
            var maker = await core.Tasks.Create(core.Ann, Idle(Create, """{"id": "b", "uses": "test.other"}"""));
            var run = await core.RunAtOnce(maker.Id);
            await core.Db.Write(async session =>
            {
                await session.Execute("delete from step");
            });

            await core.Runs.Retry(core.Ann, run.Id);
            await core.Settle();

            Assert.Single((await core.Tasks.List(core.Ann, new(Query: "made"))).Items);
        });

    [Fact]
    public void A_pipeline_runs_pauses_resumes_and_cancels_tasks_of_its_owner() =>
        Story.Play(async core =>
        {
            var target = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));

            foreach (var (verb, status) in new[] { ("run", "active"), ("pause", "paused"), ("resume", "active") })
            {
                Assert.Equal("succeeded", (await Use(core, verb, target.Id)).State);
                Assert.Equal(status, (await core.Tasks.Get(core.Ann, target.Id)).Status);
            }

            Assert.Single(core.Work.Calls);
            Assert.Equal("succeeded", (await Use(core, "cancel", target.Id)).State);
            Assert.Equal("canceled", (await core.Tasks.Get(core.Ann, target.Id)).Status);
        });

    [Fact]
    public void A_pipeline_cannot_touch_another_agents_task() =>
        Story.Play(async core =>
        {
            var foreign = await core.Tasks.Create(core.Bob, Idle());

            var run = await Use(core, "cancel", foreign.Id);

            Assert.Equal(("failed", "not_found"), (run.State, run.Error!.Code));
            Assert.Equal("active", (await core.Tasks.Get(core.Bob, foreign.Id)).Status);
        });

    [Fact]
    public void A_pipeline_has_no_right_that_its_owner_has_not() =>
        Story.Play(async core =>
        {
            var weak = core.Agent("weak", "tasks:create tasks:run tasks:read runs:read tools:use");
            var target = await core.Tasks.Create(weak, Idle());
            var step = $$$"""{"id": "t", "uses": "task.pause", "with": {"task_id": "{{{target.Id}}}"}}""";

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(weak, Idle(step)));

            Assert.Equal("/payload/pipeline/0/uses", Assert.Single(refusal.Errors).Pointer);
            Assert.Contains("tasks:update", refusal.Message);
            Assert.Equal("active", (await core.Tasks.Get(weak, target.Id)).Status);
        });

    [Fact]
    public void A_right_that_is_taken_away_is_gone_at_the_next_step() =>
        Story.Play(async core =>
        {
            var target = await core.Tasks.Create(core.Ann, Idle());
            var gate = core.Work.Hold();
            var pause = $$$"""{"id": "t", "uses": "task.pause", "with": {"task_id": "{{{target.Id}}}"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, pause));
            var run = await core.RunAtOnce(task.Id);

            await core.Db.Write(async session =>
            {
                await session.Execute("update agent set scopes = 'tools:use' where name = 'ann'");
            });
            gate.SetResult();
            await core.Settle();

            Assert.Equal("forbidden", (await core.Runs.Get(core.Ann, run.Id)).Error!.Code);
        });

    [Fact]
    public void Without_tools_use_no_pipeline_can_be_saved() =>
        Story.Play(async core =>
        {
            var weak = core.Agent("weak", "tasks:create");

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(weak, Idle()));

            Assert.Contains("tools:use", refusal.Message);
        });

    [Fact]
    public void A_task_that_runs_itself_is_stopped_by_the_depth_limit() =>
        Story.Play(async core =>
        {
            const string Again = """{"id": "again", "uses": "task.run", "with": {"task_id": "${task.id}"}}""";
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, Again));

            await core.RunAtOnce(task.Id);
            await core.Advance(TimeSpan.FromMinutes(1));

            var runs = await core.RunsOf(task.Id);
            Assert.Equal(9, runs.Count);
            Assert.Single(runs, run => run.Error?.Code == "depth_limit");
        });

    [Fact]
    public void A_task_that_makes_its_own_successor_is_stopped_by_the_depth_limit_too() =>
        Story.Play(async core =>
        {
            await core.Tasks.Create(core.Ann, Heir());

            await core.Advance(TimeSpan.FromHours(1));

            var runs = (await core.Runs.List(core.Ann, new(Limit: 200))).Items;
            Assert.Equal(RunIntake.MaxDepth, runs.Count(run => run.State == "succeeded"));
            Assert.Equal("depth_limit", Assert.Single(runs, run => run.State == "failed").Error!.Code);
            Assert.Equal(RunIntake.MaxDepth + 1, (await core.Tasks.List(core.Ann, new(Limit: 200))).Items.Count);
        });

    [Fact]
    public void An_edit_does_not_begin_the_chain_anew() =>
        Story.Play(async core =>
        {
            await core.Tasks.Create(core.Ann, Heir());
            await core.Advance(TimeSpan.FromSeconds(90));
            var heir = (await core.Tasks.List(core.Ann, new())).Items.Single(task => task.Status == "active");

            await core.Tasks.Patch(core.Ann, heir.Id, Json.Parse("""{"title": "edited"}"""), null);
            await core.Advance(TimeSpan.FromHours(1));

            Assert.Equal(RunIntake.MaxDepth + 1, (await core.Tasks.List(core.Ann, new(Limit: 200))).Items.Count);
        });

    [Fact]
    public void A_conditions_check_that_publishes_is_in_the_chain_as_well() =>
        Story.Play(async core =>
        {
            const string Watch = """
                {"every": "PT1M", "check": {"uses": "event.publish", "with": {"topic": "seen"}},
                 "when": "event_id == null", "fire": "edge"}
                """;
            const string Make = """
                {"id": "make", "uses": "task.create", "with": {"title": "watch", "schedule_kind": "condition",
                  "schedule_expr": "${event.payload.watch}", "payload": {"pipeline": [
                    {"id": "a", "uses": "test.work"}]}}}
                """;
            await core.Tasks.Create(core.Ann, OnEvent("begin", Make));
            var watch = Json.Write(Watch);
            await core.Events.Publish(core.Ann, new PublishEvent("begin", Json.Parse($$"""{"watch": {{watch}}}""")));

            await core.Advance(TimeSpan.FromSeconds(90));

            var seen = Assert.Single((await core.Events.List(core.Ann, new(Topic: "seen"))).Items);
            Assert.Equal(2, seen.Depth);
        });

    /// <summary>A task that in a minute makes a task that in a minute makes a task, and so on.</summary>
    private static TaskInput Heir()
    {
        const string Step = """
            {"id": "heir", "uses": "task.create", "with": {
              "title": "heir", "schedule_kind": "once", "schedule_expr": "${now+60s}",
              "payload": {"pipeline": "${params.pipeline}", "params": {"pipeline": "${params.pipeline}"}}}}
            """;
        return Once("2027-01-04T00:01:00Z") with
        {
            Payload = Json.Parse($$"""{"pipeline": [{{Step}}], "params": {"pipeline": [{{Step}}] } }"""),
        };
    }

    private static async Task<RunView> Use(CoreBundle core, string verb, Guid target)
    {
        var step = $$$"""{"id": "t", "uses": "task.{{{verb}}}", "with": {"task_id": "{{{target}}}"}}""";
        var task = await core.Tasks.Create(core.Ann, Idle(step));
        return await core.RunAtOnce(task.Id);
    }
}
