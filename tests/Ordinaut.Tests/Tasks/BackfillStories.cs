using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Past occurrences, run afterwards.</summary>
public sealed class BackfillStories
{
    [Fact]
    public void Gaps_are_filled_and_nothing_runs_twice() =>
        Story.Play(async core =>
        {
            var task = await AfterPause(core, Cron("0 * * * *"));

            var filled = await Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z");
            await core.Settle();
            var again = await Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z");

            Assert.Equal((3, 2), (filled.Enqueued, filled.AlreadyDone));
            Assert.Equal((0, 5), (again.Enqueued, again.AlreadyDone));
            var runs = await core.RunsOf(task);
            Assert.Equal([1, 2, 3, 4, 5], runs.Select(run => run.ScheduledFor.Hour));
            Assert.Equal(3, runs.Count(run => run.Trigger == "backfill"));
        });

    [Fact]
    public void Mode_all_runs_every_one_again() =>
        Story.Play(async core =>
        {
            var task = await AfterPause(core, Cron("0 * * * *"));

            var filled = await Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z", "all");
            await core.Settle();

            Assert.Equal((5, 0), (filled.Enqueued, filled.AlreadyDone));
            Assert.Equal(7, core.Work.Calls.Count);
        });

    [Theory]
    [InlineData("skip", null, null)]
    [InlineData("cancel_previous", null, null)]
    [InlineData("queue", 60, null)]
    [InlineData("queue", null, "key")]
    public void A_backfill_is_a_wish_that_no_policy_for_new_occurrences_cuts_short(
        string overlap,
        int? expires,
        string? dedupe
    ) =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with
            {
                OverlapPolicy = overlap,
                ExpiresAfterSeconds = expires,
                DedupeKey = dedupe,
                DedupeWindowSeconds = dedupe is null ? null : 60,
            };
            var task = await AfterPause(core, input);

            var filled = await Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z");
            await core.Settle();

            Assert.Equal(3, filled.Enqueued);
            Assert.All(await core.RunsOf(task), run => Assert.Equal("succeeded", run.State));
            Assert.Equal(5, core.Work.Calls.Count);
        });

    [Fact]
    public void A_paused_task_can_be_backfilled() =>
        Story.Play(async core =>
        {
            var task = await AfterPause(core, Cron("0 * * * *"));
            await core.Control.Pause(core.Ann, task, null);

            var filled = await Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z");
            await core.Settle();

            Assert.Equal(3, filled.Enqueued);
            Assert.Equal(5, core.Work.Calls.Count);
        });

    [Fact]
    public void A_canceled_task_is_not_backfilled() =>
        Story.Play(async core =>
        {
            var task = await AfterPause(core, Cron("0 * * * *"));
            await core.Control.Cancel(core.Ann, task, null);

            await Refused(ProblemKind.Conflict, () => Fill(core, task, "2027-01-04T01:00:00Z", "2027-01-04T05:00:00Z"));
        });

    [Fact]
    public void An_occurrence_that_went_stale_in_the_queue_is_a_gap() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 1 * * *") with { ExpiresAfterSeconds = 600 });
            core.Clockwork.Forget(core.Worker);
            await core.Until("2027-01-04T01:10:01Z");
            core.Hire("w2");
            await core.Settle();

            var filled = await Fill(core, task.Id, "2027-01-04T00:00:00Z", "2027-01-04T01:00:00Z");
            await core.Settle();

            Assert.Equal((1, 1), (filled.Enqueued, core.Work.Calls.Count));
        });

    [Fact]
    public void Excluded_days_are_not_filled() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 6 * * *") with { Exclude = ["2027-01-02"] });

            var filled = await Fill(core, task.Id, "2027-01-01T00:00:00Z", "2027-01-03T23:00:00Z");
            await core.Settle();

            Assert.Equal(2, filled.Enqueued);
            Assert.Equal([1, 3], (await core.RunsOf(task.Id)).Select(run => run.ScheduledFor.Day));
        });

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("2020-01-01T00:00:00Z")]
    public void Excluded_occurrences_count_for_the_limit_too(string from) =>
        Story.Play(async core =>
        {
            var past = Cron("* * * * *") with { Exclude = ["2020-01-01/2026-12-31"] };
            var task = await core.Tasks.Create(core.Ann, past);

            await Refused(ProblemKind.Invalid, () => Fill(core, task.Id, from, "2027-01-03T00:00:00Z"));
        });

    [Theory]
    [InlineData(TaskControl.MaxBackfill, true)]
    [InlineData(TaskControl.MaxBackfill + 1, false)]
    public void A_backfill_covers_at_most_a_thousand_occurrences(int minutes, bool accepted) =>
        Story.Play(async core =>
        {
            core.Clockwork.Forget(core.Worker);
            var task = await core.Tasks.Create(core.Ann, Cron("* * * * *"));
            var until = core.Now.AddMinutes(-1);
            var from = until.AddMinutes(1 - minutes);

            var fill = () => core.Control.Backfill(core.Ann, task.Id, new Backfill(from, until));

            if (accepted)
            {
                Assert.Equal(minutes, (await fill()).Enqueued);
            }
            else
            {
                Assert.Equal("/until", Assert.Single((await Refused(ProblemKind.Invalid, fill)).Errors).Pointer);
            }
        });

    [Theory]
    [InlineData(null, "2027-01-03T00:00:00Z", null)]
    [InlineData("2027-01-03T00:00:00Z", null, null)]
    [InlineData("2027-01-03T01:00:00Z", "2027-01-03T00:00:00Z", null)]
    [InlineData("2027-01-03T01:00:00Z", "2027-01-04T00:00:01Z", null)]
    [InlineData("2027-01-03T00:00:00Z", "2027-01-03T01:00:00Z", "some")]
    public void A_stretch_that_is_none_is_refused(string? from, string? until, string? mode) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            var wish = new Backfill(
                from is null ? null : CoreBundle.At(from),
                until is null ? null : CoreBundle.At(until),
                mode
            );

            await Refused(ProblemKind.Invalid, () => core.Control.Backfill(core.Ann, task.Id, wish));
        });

    /// <summary>An hourly task that ran at one and at five and was paused in between; it is half past five.</summary>
    private static async Task<Guid> AfterPause(CoreBundle core, TaskInput input)
    {
        var task = await core.Tasks.Create(core.Ann, input);
        await core.Until("2027-01-04T01:30:00Z");
        await core.Control.Pause(core.Ann, task.Id, null);
        await core.Until("2027-01-04T04:30:00Z");
        await core.Control.Resume(core.Ann, task.Id, null);
        await core.Until("2027-01-04T05:30:00Z");
        return task.Id;
    }

    private static Task<BackfillResult> Fill(
        CoreBundle core,
        Guid task,
        string from,
        string until,
        string? mode = null
    ) => core.Control.Backfill(core.Ann, task, new Backfill(CoreBundle.At(from), CoreBundle.At(until), mode));
}
