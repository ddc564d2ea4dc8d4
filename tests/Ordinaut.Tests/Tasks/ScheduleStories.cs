using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>When a task runs, and when it does not.</summary>
public sealed class ScheduleStories
{
    [Fact]
    public void A_once_task_runs_once_and_is_completed() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Once("2027-01-04T09:00:00"));

            await core.Until("2027-01-05T00:00:00Z");

            Assert.Equal(["09:00 succeeded"], await core.ShortLedger(task.Id));
            var after = await core.Tasks.Get(core.Ann, task.Id);
            Assert.Equal(("completed", null), (after.Status, after.NextRunAt));
            Assert.Equal("succeeded", after.LastRun!.State);
        });

    [Theory]
    [InlineData("* * * * *", "FREQ=DAILY")]
    [InlineData("0 0 1 1 *", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1")]
    [InlineData("0 0 * * 6", "FREQ=WEEKLY;BYDAY=SA,SU")]
    [InlineData("* * * * * *", "0001-01-01/9999-12-31")]
    public void A_task_that_would_never_run_for_its_exclusions_is_refused_at_once(string cron, string rule) =>
        Story.Play(async core =>
        {
            var never = Cron(cron) with { Exclude = [rule] };
            var task = await core.Tasks.Create(core.Ann, Cron(cron));

            var began = ThreadTime.Milliseconds();
            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, never));
            await Refused(ProblemKind.Invalid, () => core.Tasks.Replace(core.Ann, task.Id, never, null));

            Assert.Equal("/exclude", Assert.Single(refusal.Errors).Pointer);
            Assert.InRange(ThreadTime.Milliseconds() - began, 0, 500);
        });

    [Fact]
    public void A_task_that_runs_on_one_day_of_the_year_may_exclude_all_the_others() =>
        Story.Play(async core =>
        {
            var rare = Cron("0 6 * * *") with { Exclude = ["2027-01-04/2027-12-31", "2028-01-01/2028-12-30"] };

            var task = await core.Tasks.Create(core.Ann, rare);

            Assert.Equal(CoreBundle.At("2028-12-31T06:00:00Z"), task.NextRunAt);
        });

    [Fact]
    public void A_once_task_in_the_past_is_refused() =>
        Story.Play(async core =>
        {
            var late = Once("2027-01-03T09:00:00");

            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, late));
            var skipped = late with { MisfirePolicy = "skip" };
            await Refused(ProblemKind.Invalid, () => core.Tasks.Create(core.Ann, skipped));

            Assert.Equal("/schedule_expr", Assert.Single(refusal.Errors).Pointer);
        });

    [Theory]
    [InlineData("run_once")]
    [InlineData("run_all")]
    public void A_once_task_in_the_past_runs_at_once_when_its_misfire_policy_says_so(string policy) =>
        Story.Play(async core =>
        {
            var late = Once("2027-01-03T09:00:00") with { MisfirePolicy = policy };
            var task = await core.Tasks.Create(core.Ann, late);

            await core.Settle();

            var run = await core.OnlyRun(task.Id);
            Assert.Equal(("succeeded", CoreBundle.At("2027-01-03T09:00:00Z")), (run.State, run.ScheduledFor));
            Assert.Equal("completed", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Fact]
    public void A_scheduler_that_saw_a_task_before_another_moved_its_cursor_changes_nothing() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            var seen = (await core.Db.Read(session => TaskStore.Find(session, task.Id)))!;
            await core.Until("2027-01-04T01:30:00Z");

            var became = await core.Db.Write(async session =>
                await core.Occurrences.Account(session, await core.Occurrences.Plan(session, seen))
            );

            Assert.Empty(became.Queued);
            Assert.Empty(became.Skipped);
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
            Assert.Equal(CoreBundle.At("2027-01-04T02:00:00Z"), (await core.Tasks.Get(core.Ann, task.Id)).NextRunAt);
        });

    [Fact]
    public void Jitter_moves_the_start_and_not_the_name_of_an_occurrence() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *") with { JitterSeconds = 3600 });
            var start = CoreBundle.At("2027-01-04T09:00:00Z") + Jitter.For(task.Id, 3600);
            Assert.Equal(start, task.NextRunAt);
            Assert.NotEqual(CoreBundle.At("2027-01-04T09:00:00Z"), start);

            await core.Until("2027-01-04T12:00:00Z");

            var run = await core.OnlyRun(task.Id);
            Assert.Equal(CoreBundle.At("2027-01-04T09:00:00Z"), run.ScheduledFor);
            Assert.Equal(start, run.StartedAt);
        });

    [Fact]
    public void A_task_runs_from_starts_at_through_ends_at_and_is_then_completed() =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with
            {
                StartsAt = CoreBundle.At("2027-01-04T05:00:00Z"),
                EndsAt = CoreBundle.At("2027-01-04T07:00:00Z"),
            };
            var task = await core.Tasks.Create(core.Ann, input);

            await core.Until("2027-01-04T12:00:00Z");

            Assert.Equal(["05:00 succeeded", "06:00 succeeded", "07:00 succeeded"], await core.ShortLedger(task.Id));
            Assert.Equal("completed", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Theory]
    [InlineData("run_once", "05:00-06:00 x2 misfire", "07:00 succeeded")]
    [InlineData("run_all", "05:00 succeeded", "06:00 succeeded", "07:00 succeeded")]
    public void After_a_downtime_nothing_later_than_ends_at_is_caught_up(string policy, params string[] expected) =>
        Story.Play(async core =>
        {
            var input = Cron("0 5-23 * * *") with
            {
                EndsAt = CoreBundle.At("2027-01-04T07:00:00Z"),
                MisfirePolicy = policy,
            };
            var task = await core.Tasks.Create(core.Ann, input);
            core.Clockwork.SchedulerRuns = false;
            await core.Until("2027-01-04T12:00:00Z");

            core.Clockwork.SchedulerRuns = true;
            await core.Settle();

            Assert.Equal(expected, await core.ShortLedger(task.Id));
        });

    [Theory]
    [InlineData("2027-01-05")]
    [InlineData("2027-01-05/2027-01-05")]
    [InlineData("FREQ=WEEKLY;BYDAY=TU")]
    public void Excluded_days_are_left_out_and_counted(string exclude) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 6,18 * * *") with { Exclude = [exclude] });

            await core.Until("2027-01-06T12:00:00Z");

            Assert.Equal(
                ["06:00 succeeded", "18:00 succeeded", "06:00-18:00 x2 excluded", "06:00 succeeded"],
                await core.ShortLedger(task.Id)
            );
        });

    [Fact]
    public void The_next_run_of_a_task_is_never_on_an_excluded_day() =>
        Story.Play(async core =>
        {
            var input = Cron("0 6 * * *") with { Exclude = ["2027-01-04/2027-01-09"], JitterSeconds = 60 };

            var task = await core.Tasks.Create(core.Ann, input);

            var jitter = Jitter.For(task.Id, 60);
            Assert.Equal(CoreBundle.At("2027-01-10T06:00:00Z") + jitter, task.NextRunAt);
            var next = await core.History.Next(core.Ann, task.Id, 2);
            Assert.Equal([10, 11], next.Occurrences.Select(o => o.Utc.Day));
        });

    [Fact]
    public void An_rrule_counts_from_the_creation_and_ends() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Task("rrule", "FREQ=HOURLY;COUNT=2;BYMINUTE=30;BYSECOND=0"));

            await core.Until("2027-01-04T12:00:00Z");

            Assert.Equal(["00:30 succeeded", "01:30 succeeded"], await core.ShortLedger(task.Id));
            Assert.Equal("completed", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Fact]
    public void The_last_second_of_the_calendar_can_be_put_off_no_further() =>
        Story.Play(async core =>
        {
            var rule = Task("rrule", "DTSTART:99991231T235950Z\nRRULE:FREQ=SECONDLY") with { JitterSeconds = 86_400 };

            var task = await core.Tasks.Create(core.Ann, rule);
            var snoozed = await core.Control.Snooze(core.Ann, task.Id, new Snooze(TaskControl.MaxSnoozeSeconds));

            Assert.Equal(9999, snoozed.NextRunAt?.Year);
            Assert.Equal(9999, snoozed.SnoozedUntil?.Year);
        });
}
