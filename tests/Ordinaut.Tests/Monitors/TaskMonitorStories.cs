using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Monitors;

/// <summary>A task that should have succeeded by its next time, in virtual time.</summary>
public sealed class TaskMonitorStories
{
    private static readonly TaskInput Hourly = Cron("0 * * * *") with { MaxRetries = 0 };

    [Fact]
    public void A_task_that_succeeds_raises_nothing() =>
        Story.Play(async core =>
        {
            var monitor = await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);

            await core.Until("2027-01-04T03:30:00Z");

            Assert.Empty(await core.AlertsOf());
            var view = await core.Monitors.Get(core.Ann, monitor);
            Assert.Equal(
                ("ok", CoreBundle.At("2027-01-04T03:00:00Z"), CoreBundle.At("2027-01-04T04:05:00Z")),
                (view.State, view.HeardAt, view.DueAt)
            );
        });

    [Fact]
    public void One_that_fails_fires_once_and_resolves_by_itself_when_a_run_succeeds() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var monitor = await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);

            await core.Until("2027-01-04T03:30:00Z");
            var alert = Assert.Single(await core.AlertsOf());
            Assert.Equal(("firing", "monitor", monitor), (alert.State, alert.Source, alert.SourceId));
            Assert.Equal(CoreBundle.At("2027-01-04T01:05:00Z"), alert.Since);
            Assert.Equal(core.Now, alert.SeenAt);
            Assert.Contains("ran and ended as failed", alert.Detail);
            Assert.Equal("missed", await core.StateOf(monitor));

            core.Work.Answer("{}");
            await core.Until("2027-01-04T04:30:00Z");
            alert = Assert.Single(await core.AlertsOf());
            Assert.Equal(("resolved", CoreBundle.At("2027-01-04T04:00:00Z")), (alert.State, Minute(alert.ResolvedAt)));
            Assert.Equal(["01:05 alert.fired", "04:00 alert.resolved"], [.. (await core.News()).Select(OnMinute)]);
            Assert.Equal(["alert.fired", "alert.resolved"], await core.Audit(alert.Id));
            Assert.Equal("ok", await core.StateOf(monitor));
        });

    /// <summary>One that reached past the last instant there is once ended every node, again at each start.</summary>
    [Fact]
    public void A_task_at_the_end_of_time_is_waited_for_as_any_other() =>
        Story.Play(async core =>
        {
            var last = Once("9999-12-30T12:00:00Z") with { JitterSeconds = 3_600 };
            var monitor = await core.Watch(
                (await core.Tasks.Create(core.Ann, last)).Id,
                grace: MonitorCheck.MaxGraceSeconds
            );

            await core.Until("2027-01-04T00:30:00Z");

            Assert.Equal("ok", await core.StateOf(monitor));
            Assert.Empty(await core.AlertsOf());
        });

    [Theory]
    [InlineData(299, 0)]
    [InlineData(300, 1)]
    public void The_last_moment_of_grace_is_the_edge(int seconds, int alerts) =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);

            await core.Until("2027-01-04T01:00:00Z");
            await core.Advance(TimeSpan.FromSeconds(seconds));

            Assert.Equal(alerts, (await core.AlertsOf()).Count);
        });

    [Fact]
    public void A_success_within_the_grace_raises_nothing() =>
        Story.Play(async core =>
        {
            core.Work.FailTimes(2);
            await core.Watch((await core.Tasks.Create(core.Ann, Cron("0 * * * *"))).Id);

            await core.Until("2027-01-04T01:30:00Z");

            Assert.Equal(3, core.Work.Calls.Count);
            Assert.Empty(await core.AlertsOf());
        });

    [Fact]
    public void What_a_person_runs_after_a_failure_resolves_it() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Hourly);
            await core.Watch(task.Id);
            await core.Until("2027-01-04T01:10:00Z");

            core.Work.Answer("{}");
            await core.Control.RunNow(core.Ann, task.Id, null);
            await core.Advance(TimeSpan.FromSeconds(10));

            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void A_run_that_hangs_is_missed() =>
        Story.Play(async core =>
        {
            core.Work.Act = async (_, ct) =>
            {
                await System.Threading.Tasks.Task.Delay(TimeSpan.FromMinutes(10), core.Clock, ct);
                return new ToolResult.Ok(Json.Parse("{}"));
            };
            await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);

            await core.Until("2027-01-04T01:06:00Z");
            var alert = Assert.Single(await core.AlertsOf());
            Assert.Equal("firing", alert.State);
            Assert.Contains("is running now", alert.Detail);

            await core.Until("2027-01-04T01:11:00Z");
            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void What_was_skipped_for_the_one_before_has_the_word_of_that_one() =>
        Story.Play(async core =>
        {
            core.Work.Act = async (call, ct) =>
            {
                if (core.Work.Calls.Count == 1)
                {
                    await System.Threading.Tasks.Task.Delay(TimeSpan.FromMinutes(90), core.Clock, ct);
                }

                return new ToolResult.Ok(Json.Parse("{}"));
            };
            await core.Watch(
                (await core.Tasks.Create(core.Ann, Hourly with { OverlapPolicy = "skip", TimeoutSeconds = 7_200 })).Id
            );

            await core.Until("2027-01-04T02:29:00Z");
            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);
            await core.Until("2027-01-04T04:30:00Z");

            Assert.Equal(["01:05 alert.fired", "02:30 alert.resolved"], (await core.News()).Select(OnMinute));
        });

    [Fact]
    public void What_no_scheduler_looked_at_is_missed() =>
        Story.Play(async core =>
        {
            await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);
            core.Clockwork.SchedulerRuns = false;

            await core.Until("2027-01-04T01:06:00Z");
            Assert.Contains("No run of it is recorded", Assert.Single(await core.AlertsOf()).Detail);

            core.Clockwork.SchedulerRuns = true;
            await core.Advance(TimeSpan.FromSeconds(11));
            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void A_task_without_a_schedule_of_its_own_is_watched_by_a_time() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, OnEvent("orders.*"));
            var refused = await Assert.ThrowsAsync<Problem>(() => core.Watch(task.Id));
            Assert.Equal("/every_seconds", Assert.Single(refused.Errors).Pointer);
            await core.Watch(task.Id, every: 3_600);

            await core.Until("2027-01-04T00:50:00Z");
            await core.Events.Publish(core.Ann, new PublishEvent("orders.paid"));
            await core.Until("2027-01-04T01:54:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T01:55:00Z");
            Assert.Single(await core.AlertsOf());
            await core.Events.Publish(core.Ann, new PublishEvent("orders.paid"));
            await core.Advance(TimeSpan.FromSeconds(10));

            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void An_alert_sets_off_the_task_that_listens_for_it() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            await core.Watch((await core.Tasks.Create(core.Ann, Hourly)).Id);
            var step = """{"id": "tell", "uses": "test.other", "with": {"what": "${event.payload.title}"}}""";
            var caretaker = await core.Tasks.Create(core.Ann, OnEvent("alert.fired", step));

            await core.Until("2027-01-04T01:06:00Z");

            Assert.Equal("succeeded", (await core.OnlyRun(caretaker.Id)).State);
            Assert.Equal("""{"what":"The report"}""", Assert.Single(core.Other.Calls).Input.GetRawText());
        });

    [Fact]
    public void A_backfill_of_the_past_is_no_word_of_what_is_due_now() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Hourly);
            await core.Watch(task.Id);
            await core.Until("2027-01-04T02:10:00Z");

            core.Work.Answer("{}");
            var past = CoreBundle.At("2027-01-04T01:00:00Z");
            await core.Control.Backfill(core.Ann, task.Id, new Backfill(past, past, "all"));
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal(3, core.Work.Calls.Count);
            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);
        });

    private static string OnMinute(string news) => news[..5] + news[8..];

    private static DateTimeOffset? Minute(DateTimeOffset? at) =>
        at?.AddTicks(-(at.Value.Ticks % TimeSpan.TicksPerMinute));
}
