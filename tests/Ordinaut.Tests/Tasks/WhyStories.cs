using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>"Why did it run, or not?", answered from the ledger and the schedule.</summary>
public sealed class WhyStories
{
    [Fact]
    public void A_run_is_the_answer_when_there_is_one() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Until("2027-01-04T01:30:00Z");

            var why = await Why(core, task.Id, "2027-01-04T01:00:00Z");
            var latest = await core.History.Why(core.Ann, task.Id, null);

            Assert.Equal("succeeded", why.Outcome);
            var run = (await core.OnlyRun(task.Id)).Id;
            Assert.Equal(
                $"The occurrence of 2027-01-04T01:00:00Z ran and ended as succeeded (run {run}).",
                why.Explanation
            );
            Assert.Equal(CoreBundle.At("2027-01-04T02:00:00Z"), why.NextAt);
            Assert.Equal(run, latest.Occurrence!.RunId);
        });

    [Theory]
    [InlineData("2027-01-04T05:00:00Z", "expected", "to come")]
    [InlineData("2027-01-04T05:30:00Z", "none", "no occurrence at")]
    [InlineData("2027-01-03T05:00:00Z", "none", "did not exist yet")]
    [InlineData("2027-01-05T05:00:00Z", "skipped", "excluded")]
    [InlineData("2027-01-09T05:00:00Z", "none", "ends_at")]
    [InlineData("2027-01-04T00:00:00Z", "none", "starts_at")]
    [InlineData("0001-01-01T00:00:00Z", "none", "no occurrence at")]
    [InlineData("9999-12-31T23:59:59Z", "none", "no occurrence at")]
    public void Instants_without_a_line_are_explained_by_the_schedule(string at, string outcome, string word) =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with
            {
                Exclude = ["2027-01-05"],
                StartsAt = CoreBundle.At("2027-01-04T01:00:00Z"),
                EndsAt = CoreBundle.At("2027-01-08T00:00:00Z"),
            };
            var task = await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T02:30:00Z");

            var why = await Why(core, task.Id, at);

            Assert.Equal(outcome, why.Outcome);
            Assert.Contains(word, why.Explanation);
        });

    [Fact]
    public void A_past_instant_of_which_the_ledger_knows_nothing_is_not_about_to_run() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("30 9 * * *"));
            await core.Until("2027-01-05T00:30:00Z");
            await core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"schedule_expr": "0 * * * *"}"""), null);
            await core.Until("2027-01-05T01:30:00Z");

            var why = await Why(core, task.Id, "2027-01-04T05:00:00Z");

            Assert.Equal("none", why.Outcome);
            Assert.Contains("no record", why.Explanation);
        });

    [Theory]
    [InlineData("paused", "paused")]
    [InlineData("canceled", "canceled")]
    public void A_task_that_does_not_run_says_so_of_the_future(string status, string word) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await (
                status == "paused"
                    ? core.Control.Pause(core.Ann, task.Id, null)
                    : core.Control.Cancel(core.Ann, task.Id, null)
            );

            var why = await Why(core, task.Id, "2027-01-04T05:00:00Z");

            Assert.Equal("none", why.Outcome);
            Assert.Contains(word, why.Explanation);
            Assert.Null(why.NextAt);
        });

    [Fact]
    public void Every_instant_of_a_skipped_stretch_has_the_same_answer_even_after_a_backfill() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Control.Pause(core.Ann, task.Id, null);
            await core.Until("2027-01-04T05:30:00Z");
            var two = CoreBundle.At("2027-01-04T02:00:00Z");
            await core.Control.Backfill(core.Ann, task.Id, new Backfill(two, two));
            await core.Settle();

            var filled = await Why(core, task.Id, "2027-01-04T02:00:00Z");
            var paused = await Why(core, task.Id, "2027-01-04T04:00:00Z");

            Assert.Equal("succeeded", filled.Outcome);
            Assert.Equal(("skipped", "paused", 5), (paused.Outcome, paused.Reason, paused.Occurrence!.Count));
            Assert.Equal(
                "5 occurrences from 2027-01-04T01:00:00Z through 2027-01-04T05:00:00Z were skipped: "
                    + "the task was paused.",
                paused.Explanation
            );
        });

    [Fact]
    public void The_next_occurrences_are_listed_from_the_cursor_on() =>
        Story.Play(async core =>
        {
            var input = Cron("0 * * * *") with { EndsAt = CoreBundle.At("2027-01-04T04:00:00Z") };
            var task = await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T02:30:00Z");

            var next = await core.History.Next(core.Ann, task.Id, 10);

            Assert.Equal([3, 4], next.Occurrences.Select(occurrence => occurrence.Utc.Hour));
            Assert.True(next.Complete);
        });

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(TaskHistory.MaxNext, true)]
    [InlineData(TaskHistory.MaxNext + 1, false)]
    public void One_to_a_thousand_occurrences_can_be_looked_ahead(int count, bool accepted) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("* * * * *"));

            var problem = await Record.ExceptionAsync(() => core.History.Next(core.Ann, task.Id, count));

            Assert.Equal(accepted, problem is null);
        });

    [Fact]
    public void The_ledger_is_read_page_by_page_and_by_stretch() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            await core.Until("2027-01-04T05:30:00Z");
            var first = await core.History.Occurrences(core.Ann, task.Id, new OccurrenceFilter(Limit: 3));
            var last = first.Items[^1];

            var rest = await core.History.Occurrences(
                core.Ann,
                task.Id,
                new OccurrenceFilter(Limit: 3, Before: last.ScheduledFor, BeforeKey: "")
            );
            var stretch = new OccurrenceFilter(
                Since: CoreBundle.At("2027-01-04T02:00:00Z"),
                Until: CoreBundle.At("2027-01-04T03:00:00Z")
            );
            var middle = await core.History.Occurrences(core.Ann, task.Id, stretch);

            Assert.Equal([5, 4, 3], first.Items.Select(line => line.ScheduledFor.Hour));
            Assert.Equal([2, 1], rest.Items.Select(line => line.ScheduledFor.Hour));
            Assert.Equal((true, false), (first.HasMore, rest.HasMore));
            Assert.Equal([2], middle.Items.Select(line => line.ScheduledFor.Hour));
            var skipped = await core.History.Occurrences(core.Ann, task.Id, new OccurrenceFilter(Skipped: true));
            Assert.Empty(skipped.Items);
        });

    private static Task<WhyView> Why(CoreBundle core, Guid id, string at) =>
        core.History.Why(core.Ann, id, CoreBundle.At(at));
}
