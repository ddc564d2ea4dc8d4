using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>What becomes of occurrences that fell due while nobody looked.</summary>
public sealed class MisfireStories
{
    [Theory]
    [InlineData("run_once", null, "01:00-03:00 x3 misfire", "04:00 succeeded")]
    [InlineData("run_all", null, "01:00 succeeded", "02:00 succeeded", "03:00 succeeded", "04:00 succeeded")]
    [InlineData("skip", null, "01:00-04:00 x4 misfire")]
    [InlineData("run_all", 7200, "01:00-02:00 x2 misfire", "03:00 succeeded", "04:00 succeeded")]
    [InlineData("run_once", 7200, "01:00-03:00 x3 misfire", "04:00 succeeded")]
    [InlineData("run_once", 60, "01:00-04:00 x4 misfire")]
    public void A_downtime_is_caught_up_as_the_policy_says(string policy, int? window, params string[] expected) =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with { MisfirePolicy = policy, CatchUpWindowSeconds = window };
            var task = await core.Tasks.Create(core.Ann, input);

            await Downtime(core, "2027-01-04T04:30:00Z");

            Assert.Equal(expected, await core.ShortLedger(task.Id));
            await core.Until("2027-01-04T05:30:00Z");
            Assert.Equal([.. expected, "05:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void The_run_that_stands_for_missed_ones_is_told_how_many() =>
        Story.Play(async core =>
        {
            const string Step = """{"id": "work", "uses": "test.work", "with": {"missed": "${run.missed_count}"}}""";
            await core.Tasks.Create(core.Ann, Cron("0 * * * *", Step));

            await Downtime(core, "2027-01-04T04:30:00Z");
            await core.Until("2027-01-04T05:30:00Z");

            Assert.Equal([3, 0], core.Work.Calls.Select(call => call.Input.GetProperty("missed").GetInt32()));
        });

    [Fact]
    public void Missed_occurrences_are_told_as_an_event() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));

            await Downtime(core, "2027-01-04T04:30:00Z");

            var missed = await core.Events.List(core.Ann, new(Topic: "task.missed"));
            var payload = Assert.Single(missed.Items).Payload;
            Assert.Equal(3, payload.GetProperty("count").GetInt32());
            Assert.Equal(task.Id, payload.GetProperty("task_id").GetGuid());
        });

    [Fact]
    public void A_long_downtime_under_run_all_loses_and_doubles_nothing() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("*/2 * * * *") with { MisfirePolicy = "run_all" });

            await Downtime(core, "2027-01-04T08:21:00Z");

            var all = await core.Runs.List(core.Ann, new(TaskId: task.Id, Limit: 1, Total: true));
            Assert.Equal((250, 250), (all.Total, core.Work.Calls.Count));
        });

    [Fact]
    public void An_occurrence_that_is_too_old_when_it_is_due_is_stale() =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with { ExpiresAfterSeconds = 600 };
            var task = await core.Tasks.Create(core.Ann, input);

            await Downtime(core, "2027-01-04T01:10:01Z");

            Assert.Equal(["01:00 stale"], await core.ShortLedger(task.Id));
            Assert.Empty(core.Work.Calls);
        });

    [Fact]
    public void An_occurrence_that_waited_too_long_for_a_worker_is_stale() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *") with { ExpiresAfterSeconds = 600 });
            core.Clockwork.Forget(core.Worker);
            await core.Until("2027-01-04T01:10:01Z");

            core.Hire("w2");
            await core.Settle();

            Assert.Equal(["01:00 stale"], await core.ShortLedger(task.Id));
            Assert.Empty(core.Work.Calls);
            var why = await core.History.Why(core.Ann, task.Id, CoreBundle.At("2027-01-04T01:00:00Z"));
            Assert.Equal(("skipped", "stale"), (why.Outcome, why.Reason));
        });

    [Fact]
    public void A_run_that_started_in_time_is_not_stale_at_its_later_attempts() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(1, retryAfter: TimeSpan.FromMinutes(20));
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *") with { ExpiresAfterSeconds = 600 });

            await core.Until("2027-01-04T01:30:00Z");

            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_rerun_of_an_old_occurrence_is_not_stale() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 1 * * *") with { ExpiresAfterSeconds = 600 });
            await core.Until("2027-01-04T02:00:00Z");
            var run = await core.OnlyRun(task.Id);

            var again = await core.Runs.Rerun(core.Ann, run.Id, null);
            await core.Settle();

            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, again.Id)).State);
        });

    [Fact]
    public void A_stale_occurrence_that_is_retried_is_no_longer_told_as_skipped() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 1 * * *") with { ExpiresAfterSeconds = 600 });
            core.Clockwork.Forget(core.Worker);
            await core.Until("2027-01-04T01:10:01Z");
            core.Hire("w2");
            await core.Settle();

            await core.Runs.Retry(core.Ann, (await core.OnlyRun(task.Id)).Id);
            await core.Settle();

            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
        });

    private static async Task Downtime(CoreBundle core, string until)
    {
        core.Clockwork.SchedulerRuns = false;
        await core.Until(until);
        core.Clockwork.SchedulerRuns = true;
        await core.Settle();
    }
}
