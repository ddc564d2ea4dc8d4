using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Every change leaves its line, and a change that failed leaves none.</summary>
public sealed class AuditStories
{
    [Fact]
    public void Every_change_of_a_task_is_on_record() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 9 * * *"));
            Func<Task>[] changes =
            [
                () => core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"title": "b"}"""), null),
                () => core.Tasks.Replace(core.Ann, task.Id, Cron("0 9 * * *"), null),
                () => core.Control.Pause(core.Ann, task.Id, null),
                () => core.Control.Resume(core.Ann, task.Id, null),
                () => core.Control.Snooze(core.Ann, task.Id, new Snooze(60)),
                () => core.Control.RunNow(core.Ann, task.Id, null),
                () => core.Control.Backfill(core.Ann, task.Id, new Backfill(core.Now.AddDays(-1), core.Now)),
                () => core.Control.Cancel(core.Ann, task.Id, null),
                () => core.Tasks.Delete(core.Ann, task.Id, null),
            ];
            foreach (var change in changes)
            {
                await core.Advance(TimeSpan.FromSeconds(1));
                await change();
            }

            Assert.Equal(
                [
                    "task.created",
                    "task.updated",
                    "task.updated",
                    "task.paused",
                    "task.resumed",
                    "task.snoozed",
                    "task.run_requested",
                    "task.backfilled",
                    "task.canceled",
                    "task.deleted",
                ],
                await core.Audit(task.Id)
            );
        });

    [Fact]
    public void Every_change_of_a_run_is_on_record() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            await core.Runs.Rerun(core.Ann, run.Id, null);
            await core.Advance(TimeSpan.FromSeconds(1));
            await core.Runs.Retry(core.Ann, run.Id);
            await core.Advance(TimeSpan.FromSeconds(1));
            core.Work.Hold();
            await core.Runs.Redrive(core.Ann, new Redrive(Limit: 1));
            await core.Advance(TimeSpan.FromSeconds(1));
            await core.Runs.Cancel(core.Ann, run.Id);

            Assert.Equal(
                ["run.rerun_requested", "run.retry_requested", "run.retry_requested", "run.cancel_requested"],
                await core.Audit(run.Id)
            );
        });

    [Fact]
    public void Events_calendars_and_tried_tools_are_on_record() =>
        Story.Play(async core =>
        {
            var published = await core.Events.Publish(core.Ann, new PublishEvent("orders.created"));
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05"]));
            await core.Advance(TimeSpan.FromSeconds(1));
            await core.Calendars.Delete(core.Ann, "holidays");
            await core.Playground.Try(core.Ann, "debug.echo", new TryTool(Json.Parse("{}")));

            Assert.Equal(["event.published"], await core.Audit(published.EventId));
            Assert.Equal(["calendar.saved", "calendar.deleted"], await core.Audit("holidays"));
            Assert.Equal(["tool.tried"], await core.Audit("debug.echo"));
        });

    [Fact]
    public void A_change_that_was_refused_is_not_on_record() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Idle());

            await Refused(ProblemKind.NotFound, () => core.Control.Pause(core.Bob, task.Id, null));
            await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"priority": 10}"""), null)
            );

            Assert.Equal(["task.created"], await core.Audit(task.Id));
        });
}
