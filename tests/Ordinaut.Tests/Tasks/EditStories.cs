using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>What a change of a task changes, and what it leaves alone.</summary>
public sealed class EditStories
{
    [Fact]
    public void A_task_keeps_its_owner_whoever_edits_it() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var patch = Json.Parse($$"""{"created_by": "{{core.Bob.AgentId}}"}""");

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Patch(core.Admin, task.Id, patch, null));

            Assert.Equal("/created_by", Assert.Single(refusal.Errors).Pointer);
            var same = Json.Parse($$"""{"created_by": "{{core.Ann.AgentId}}"}""");
            Assert.Equal(core.Ann.AgentId, (await core.Tasks.Patch(core.Admin, task.Id, same, null)).CreatedBy);
        });

    [Fact]
    public void An_edit_that_leaves_the_schedule_alone_loses_no_occurrence() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            core.Clockwork.SchedulerRuns = false;
            await core.Until("2027-01-04T01:00:05Z");

            var edited = await core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"title": "Renamed"}"""), null);
            core.Clockwork.SchedulerRuns = true;
            await core.Settle();

            Assert.Equal(("Renamed", 2), (edited.Title, edited.Version));
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
            Assert.Equal(2, (await core.OnlyRun(task.Id)).TaskVersion);
        });

    [Fact]
    public void A_new_schedule_takes_effect_at_once() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));

            var edited = await core.Tasks.Patch(
                core.Ann,
                task.Id,
                Json.Parse("""{"schedule_expr": "30 1 * * *"}"""),
                null
            );
            await core.Until("2027-01-04T12:00:00Z");

            Assert.Equal(CoreBundle.At("2027-01-04T01:30:00Z"), edited.NextRunAt);
            Assert.Equal(["01:30 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_schedule_that_was_planned_and_then_not_committed_is_never_found_again() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));
            var stored = (await core.Db.Read(session => TaskStore.Find(session, task.Id)))!;
            var plans = new SchedulePlans();
            var undone = stored with { Version = 2, Settings = stored.Settings with { ScheduleExpr = "0 7 * * *" } };
            var kept = stored with { Version = 2, Settings = stored.Settings with { ScheduleExpr = "0 8 * * *" } };

            await core.Db.Read(session => plans.Of(session, undone));
            var plan = await core.Db.Read(session => plans.Of(session, kept));

            Assert.Equal(8, plan.Schedule.Next(CoreBundle.At(CoreBundle.Monday))!.Value.Hour);
        });

    [Fact]
    public void A_completed_task_with_a_new_time_is_active_again() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Once("2027-01-04T01:00:00Z"));
            await core.Until("2027-01-04T02:00:00Z");

            var edited = await core.Tasks.Replace(core.Ann, task.Id, Once("2027-01-04T03:00:00Z"), null);
            await core.Until("2027-01-04T04:00:00Z");

            Assert.Equal("active", edited.Status);
            Assert.Equal(["01:00 succeeded", "03:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_canceled_task_cannot_be_edited_back_to_life() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));
            await core.Control.Cancel(core.Ann, task.Id, null);

            await Refused(ProblemKind.Conflict, () => core.Tasks.Replace(core.Ann, task.Id, Cron("0 10 * * *"), null));
            await core.Until("2027-01-05T00:00:00Z");

            Assert.Equal("canceled", (await core.Tasks.Get(core.Ann, task.Id)).Status);
            Assert.Empty(await core.RunsOf(task.Id));
        });

    [Fact]
    public void A_paused_task_stays_paused_under_a_new_schedule() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));
            await core.Control.Pause(core.Ann, task.Id, null);

            var edited = await core.Tasks.Replace(core.Ann, task.Id, Cron("0 10 * * *"), null);
            await core.Until("2027-01-05T00:00:00Z");

            Assert.Equal(("paused", null), (edited.Status, edited.NextRunAt));
            Assert.Equal(["10:00 paused"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void An_edit_of_another_version_than_the_one_read_is_refused() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            var rename = Json.Parse("""{"title": "Renamed"}""");
            await core.Tasks.Patch(core.Ann, task.Id, rename, task.Version);

            await Refused(
                ProblemKind.PreconditionFailed,
                () => core.Tasks.Patch(core.Ann, task.Id, rename, task.Version)
            );

            Assert.Equal(2, (await core.Tasks.Get(core.Ann, task.Id)).Version);
        });

    [Fact]
    public void A_run_keeps_the_version_it_started_with() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle(WorkStep, """{"id": "b", "uses": "test.other"}"""));
            var gate = core.Work.Hold();
            var run = await core.RunAtOnce(task.Id);

            await core.Tasks.Patch(core.Ann, task.Id, Json.Parse($$"""{"payload": {{Pipeline()}}}"""), null);
            gate.SetResult();
            await core.Settle();

            var ended = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal((1, "succeeded", 2), (ended.TaskVersion, ended.State, ended.Steps!.Count));
            Assert.Equal((2, 1), ((await core.RunAtOnce(task.Id)).TaskVersion, core.Other.Calls.Count));
        });

    [Fact]
    public void An_edit_back_of_a_refused_edit_changes_nothing() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));

            var refusal = await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"exclude": ["calendar:none"]}"""), null)
            );

            Assert.Equal("/exclude/0", Assert.Single(refusal.Errors).Pointer);
            Assert.Equal(1, (await core.Tasks.Get(core.Ann, task.Id)).Version);
        });

    [Fact]
    public void A_patch_of_null_takes_a_setting_back_to_its_default() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle() with { Priority = 1, Tags = ["a"] });

            var edited = await core.Tasks.Patch(
                core.Ann,
                task.Id,
                Json.Parse("""{"priority": null, "tags": null}"""),
                null
            );

            Assert.Equal(5, edited.Priority);
            Assert.Empty(edited.Tags);
        });
}
