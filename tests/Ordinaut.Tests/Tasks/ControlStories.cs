using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Run now, pause, resume, snooze, cancel, delete.</summary>
public sealed class ControlStories
{
    private const string Greet = """{"id": "greet", "uses": "test.work", "with": {"to": "${params.to}"}}""";

    [Fact]
    public void Run_now_runs_at_once_with_the_params_given_over_the_tasks_own() =>
        Story.Play(async core =>
        {
            var payload = Json.Parse($$"""{"params": {"to": "you", "cc": "us"}, "pipeline": [{{Greet}}]}""");
            var task = await core.Tasks.Create(core.Ann, Idle() with { Payload = payload });

            var run = await core.RunAtOnce(task.Id, """{"to": "me"}""");

            Assert.Equal(("succeeded", "manual"), (run.State, run.Trigger));
            Assert.Equal("me", core.Work.Calls[0].Input.GetProperty("to").GetString());
            Assert.Equal("active", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Fact]
    public void Params_that_are_no_object_are_refused() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());

            var refusal = await Refused(ProblemKind.Invalid, () => core.RunAtOnce(task.Id, "[1]"));

            Assert.Equal("/params", Assert.Single(refusal.Errors).Pointer);
        });

    [Fact]
    public void A_paused_or_completed_task_still_runs_when_asked() =>
        Story.Play(async core =>
        {
            var paused = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));
            await core.Control.Pause(core.Ann, paused.Id, null);
            var completed = await core.Tasks.Create(core.Ann, Once("2027-01-04T00:00:01Z"));
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal("succeeded", (await core.RunAtOnce(paused.Id)).State);
            Assert.Equal("succeeded", (await core.RunAtOnce(completed.Id)).State);
            Assert.Equal("paused", (await core.Tasks.Get(core.Ann, paused.Id)).Status);
            Assert.Equal("completed", (await core.Tasks.Get(core.Ann, completed.Id)).Status);
        });

    [Fact]
    public void A_canceled_task_does_not_run_even_when_asked() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            await core.Control.Cancel(core.Ann, task.Id, null);

            await Refused(ProblemKind.Conflict, () => core.Control.RunNow(core.Ann, task.Id, null));
            await Refused(ProblemKind.Conflict, () => core.Control.Resume(core.Ann, task.Id, null));
            await core.Advance(TimeSpan.FromDays(1));

            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void A_pause_is_accounted_for_occurrence_by_occurrence() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Until("2027-01-04T01:30:00Z");
            await core.Control.Pause(core.Ann, task.Id, new StatusChange("holiday"));
            await core.Until("2027-01-04T04:30:00Z");

            await core.Control.Resume(core.Ann, task.Id, null);
            await core.Until("2027-01-04T05:30:00Z");

            Assert.Equal(
                ["01:00 succeeded", "02:00-04:00 x3 paused", "05:00 succeeded"],
                await core.ShortLedger(task.Id)
            );
        });

    [Fact]
    public void A_pause_that_the_scheduler_did_not_see_is_still_counted_as_a_pause() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *") with { MisfirePolicy = "run_all" });
            await core.Control.Pause(core.Ann, task.Id, null);
            core.Clockwork.SchedulerRuns = false;
            await core.Until("2027-01-04T03:30:00Z");

            await core.Control.Resume(core.Ann, task.Id, null);
            core.Clockwork.SchedulerRuns = true;
            await core.Until("2027-01-04T04:30:00Z");

            Assert.Equal(["01:00-03:00 x3 paused", "04:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_task_that_ran_out_while_paused_is_completed_when_resumed() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Once("2027-01-04T09:00:00Z"));
            await core.Control.Pause(core.Ann, task.Id, null);
            await core.Until("2027-01-04T10:00:00Z");

            var resumed = await core.Control.Resume(core.Ann, task.Id, null);

            Assert.Equal("completed", resumed.Status);
            Assert.Equal(["09:00 paused"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_snooze_puts_off_the_next_occurrence_and_no_other() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));

            var snoozed = await core.Control.Snooze(core.Ann, task.Id, new Snooze(7200, "late night"));
            await core.Until("2027-01-06T00:00:00Z");

            Assert.Equal(CoreBundle.At("2027-01-04T11:00:00Z"), snoozed.NextRunAt);
            Assert.Equal(
                ["04T11:00", "05T09:00"],
                (await core.RunsOf(task.Id)).Select(run => $"{run.StartedAt:dd'T'HH:mm}")
            );
            Assert.Equal(["09:00 succeeded", "09:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_snooze_over_several_occurrences_runs_the_last_of_them() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));

            await core.Control.Snooze(core.Ann, task.Id, new Snooze(7200));
            await core.Until("2027-01-04T03:30:00Z");

            Assert.Equal(["01:00-02:00 x2 superseded", "03:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Theory]
    [InlineData(null, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(TaskControl.MaxSnoozeSeconds, true)]
    [InlineData(TaskControl.MaxSnoozeSeconds + 1, false)]
    public void A_snooze_is_a_second_to_a_week(int? seconds, bool accepted) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));

            var problem = await Record.ExceptionAsync(() =>
                core.Control.Snooze(core.Ann, task.Id, new Snooze(seconds))
            );

            Assert.Equal(accepted, problem is null);
            Assert.True(problem is null or Problem { Kind: ProblemKind.Invalid });
        });

    [Fact]
    public void Canceling_a_task_ends_its_live_runs_whether_running_ready_or_held() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            core.Work.Hold();
            await core.Control.RunNow(core.Ann, task.Id, null);
            await core.Settle();
            await core.Control.RunNow(core.Ann, task.Id, null);
            await core.Control.RunNow(core.Ann, task.Id, null);

            await core.Control.Cancel(core.Ann, task.Id, new StatusChange("enough"));
            await core.Advance(TimeSpan.FromSeconds(2));

            Assert.Equal(["canceled", "canceled", "canceled"], (await core.RunsOf(task.Id)).Select(run => run.State));
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_goes_with_all_its_waiting_runs(bool delete) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());
            core.Clockwork.Forget(core.Worker);
            for (var i = 0; i < 3; i++)
            {
                await core.Control.RunNow(core.Ann, task.Id, null);
            }

            await (delete ? core.Tasks.Delete(core.Ann, task.Id, null) : core.Control.Cancel(core.Ann, task.Id, null));

            var runs = await core.RunsOf(task.Id);
            Assert.Equal(["canceled", "canceled", "canceled"], runs.Select(run => run.State));
        });

    [Fact]
    public void A_deleted_task_is_gone_and_its_history_stays() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Until("2027-01-04T01:30:00Z");

            await core.Tasks.Delete(core.Ann, task.Id, null);
            await core.Until("2027-01-04T03:30:00Z");

            await Refused(ProblemKind.NotFound, () => core.Tasks.Get(core.Ann, task.Id));
            Assert.Equal("succeeded", (await core.OnlyRun(task.Id)).State);
        });
}
