using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Monitors;

/// <summary>Something outside that must call again and again, in virtual time.</summary>
public sealed class HeartbeatStories
{
    [Fact]
    public void Who_does_not_call_is_missed_once_and_who_calls_again_resolves_it() =>
        Story.Play(async core =>
        {
            var (monitor, token) = await core.Heartbeat();
            await core.Until("2027-01-04T00:30:00Z");
            var receipt = await core.Heartbeats.Hear(token);
            Assert.Equal(CoreBundle.At("2027-01-04T01:35:00Z"), receipt.DueAt);

            await core.Until("2027-01-04T01:34:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T05:00:00Z");
            var alert = Assert.Single(await core.AlertsOf());
            Assert.Equal(("firing", receipt.DueAt), (alert.State, alert.Since));
            Assert.Equal("missed", await core.StateOf(monitor));

            await core.Heartbeats.Hear(token);
            await core.Heartbeats.Hear(token);
            Assert.Equal(["01:35:00 alert.fired", "05:00:00 alert.resolved"], await core.News());
            Assert.Equal("ok", await core.StateOf(monitor));
        });

    [Fact]
    public void One_that_never_called_is_missed() =>
        Story.Play(async core =>
        {
            await core.Heartbeat();

            await core.Until("2027-01-04T01:05:00Z");

            Assert.StartsWith("It has never called", Assert.Single(await core.AlertsOf()).Detail);
        });

    [Fact]
    public void One_that_cannot_be_judged_is_missed_and_the_others_are_looked_at() =>
        Story.Play(async core =>
        {
            var (broken, _) = await core.Heartbeat();
            var (sound, _) = await core.Heartbeat();
            await core.Db.Write(async session =>
                await session.Execute(
                    "update monitor set since = @since where id = @id",
                    ("since", CoreBundle.At("9999-12-31T23:59:59Z")),
                    ("id", broken)
                )
            );

            await core.Until("2027-01-04T01:05:00Z");

            var alerts = await core.AlertsOf();
            Assert.Equal([broken, sound], alerts.Select(alert => alert.SourceId));
            Assert.StartsWith("Whether there was word cannot be told", alerts[0].Detail);
            Assert.StartsWith("It has never called", alerts[1].Detail);
        });

    [Fact]
    public void Who_called_at_the_last_moment_is_not_missed() =>
        Story.Play(async core =>
        {
            var (_, token) = await core.Heartbeat();
            await core.Until("2027-01-04T01:04:59Z");
            await core.Heartbeats.Hear(token);

            await core.Until("2027-01-04T02:09:58Z");

            Assert.Empty(await core.AlertsOf());
        });

    [Fact]
    public void Where_nobody_was_there_to_take_a_call_it_has_its_grace_once_more() =>
        Story.Play(async core =>
        {
            await core.Heartbeat();
            core.Clockwork.MonitorsRun = false;
            await core.Until("2027-01-04T08:00:00Z");

            core.Clockwork.MonitorsRun = true;
            await core.Until("2027-01-04T08:04:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T08:05:00Z");

            Assert.Single(await core.AlertsOf());
        });

    [Fact]
    public void Nobody_waits_at_another_address_nor_for_a_stopped_agent() =>
        Story.Play(async core =>
        {
            var (_, token) = await core.Heartbeat();
            var unknown = await Assert.ThrowsAsync<Problem>(() => core.Heartbeats.Hear(token + "x"));
            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);

            var stopped = await Assert.ThrowsAsync<Problem>(() => core.Heartbeats.Hear(token));

            Assert.Equal((ProblemKind.NotFound, unknown.Message), (stopped.Kind, stopped.Message));
            await core.Until("2027-01-04T05:00:00Z");
            Assert.Empty(await core.AlertsOf());
        });

    [Fact]
    public void A_change_holds_from_then_on() =>
        Story.Play(async core =>
        {
            var (monitor, _) = await core.Heartbeat();
            await core.Until("2027-01-04T00:10:00Z");

            var patch = Json.Parse("""{"every_seconds": 600, "grace_seconds": 1, "severity": "critical"}""");
            await core.Monitors.Patch(core.Ann, monitor, patch);
            await core.Until("2027-01-04T00:10:00Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T00:10:01Z");

            Assert.Equal("critical", Assert.Single(await core.AlertsOf()).Severity);
        });

    [Fact]
    public void While_it_is_paused_nothing_is_missed_and_then_the_wait_begins_anew() =>
        Story.Play(async core =>
        {
            var (monitor, token) = await core.Heartbeat();
            await core.Until("2027-01-04T02:00:00Z");
            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);

            await core.Monitors.Patch(core.Ann, monitor, Json.Parse("""{"paused": true}"""));
            await core.Until("2027-01-04T05:00:00Z");
            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
            Assert.Null((await core.Heartbeats.Hear(token)).DueAt);
            await core.Until("2027-01-04T08:00:00Z");
            Assert.Equal("idle", await core.StateOf(monitor));

            await core.Monitors.Patch(core.Ann, monitor, Json.Parse("""{"paused": false, "name": "Again"}"""));
            await core.Until("2027-01-04T09:04:59Z");
            Assert.Equal("ok", await core.StateOf(monitor));
            await core.Until("2027-01-04T09:05:00Z");
            Assert.Equal("missed", await core.StateOf(monitor));
        });

    [Fact]
    public void A_paused_monitor_of_a_task_waits_for_what_comes_after_it_went_on() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            var monitor = await core.Watch(task.Id);
            await core.Monitors.Patch(core.Ann, monitor, Json.Parse("""{"paused": true}"""));
            await core.Until("2027-01-04T05:30:00Z");
            await core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"title": "Changed"}"""), null);
            await core.Until("2027-01-04T06:30:00Z");
            Assert.Empty(await core.AlertsOf());

            await core.Monitors.Patch(core.Ann, monitor, Json.Parse("""{"paused": null}"""));
            await core.Until("2027-01-04T07:04:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T07:05:00Z");
            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void One_that_is_deleted_takes_its_alert_with_it() =>
        Story.Play(async core =>
        {
            var (monitor, token) = await core.Heartbeat();
            await core.Until("2027-01-04T02:00:00Z");

            await core.Monitors.Delete(core.Ann, monitor);

            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
            await Assert.ThrowsAsync<Problem>(() => core.Heartbeats.Hear(token));
            Assert.Equal(["monitor.created", "monitor.deleted"], await core.Audit(monitor));
        });

    [Theory]
    [InlineData(MonitorCheck.MinEverySeconds, MonitorCheck.MinGraceSeconds, null)]
    [InlineData(MonitorCheck.MaxEverySeconds, MonitorCheck.MaxGraceSeconds, null)]
    [InlineData(MonitorCheck.MinEverySeconds - 1, 60, "/every_seconds")]
    [InlineData(MonitorCheck.MaxEverySeconds + 1, 60, "/every_seconds")]
    [InlineData(3_600, MonitorCheck.MinGraceSeconds - 1, "/grace_seconds")]
    [InlineData(3_600, MonitorCheck.MaxGraceSeconds + 1, "/grace_seconds")]
    [InlineData(null, 60, "/every_seconds")]
    public void Times_have_limits(int? every, int grace, string? wrong) =>
        Story.Play(async core =>
        {
            Task Make() => core.Monitors.Create(core.Ann, new MonitorInput("It", null, every, grace));

            var pointer = await Record.ExceptionAsync(Make) is Problem problem
                ? Assert.Single(problem.Errors).Pointer
                : null;

            Assert.Equal(wrong, pointer);
        });

    [Theory]
    [InlineData(0, "info", "/name")]
    [InlineData(MonitorCheck.MaxName, "info", null)]
    [InlineData(MonitorCheck.MaxName + 1, "info", "/name")]
    [InlineData(1, "urgent", "/severity")]
    public void A_name_has_a_length_and_a_severity_is_one_of_three(int length, string severity, string? wrong) =>
        Story.Play(async core =>
        {
            var input = new MonitorInput(new string('n', length), null, 60, 60, severity);

            var failure = await Record.ExceptionAsync(() => core.Monitors.Create(core.Ann, input));

            Assert.Equal(wrong, (failure as Problem)?.Errors[0].Pointer);
        });

    [Fact]
    public void An_agent_has_so_many_monitors_and_no_more() =>
        Story.Play(async core =>
        {
            for (var i = 0; i < MonitorOperations.MaxPerAgent; i++)
            {
                await core.Heartbeat();
            }

            var refused = await Assert.ThrowsAsync<Problem>(() => core.Heartbeat());

            Assert.Equal(ProblemKind.Conflict, refused.Kind);
            await core.Monitors.Create(core.Bob, new MonitorInput("Another's", null, 60));
        });

    [Fact]
    public void Nobody_sees_anothers_monitor_or_alert_but_an_admin() =>
        Story.Play(async core =>
        {
            var (monitor, _) = await core.Heartbeat();
            await core.Until("2027-01-04T02:00:00Z");
            var alert = Assert.Single((await core.Alerts.List(core.Ann, "open", null, 10)).Items);

            await Assert.ThrowsAsync<Problem>(() => core.Monitors.Get(core.Bob, monitor));
            await Assert.ThrowsAsync<Problem>(() => core.Monitors.Delete(core.Bob, monitor));
            await Assert.ThrowsAsync<Problem>(() => core.Alerts.Get(core.Bob, alert.Id));
            await Assert.ThrowsAsync<Problem>(() => core.Alerts.Acknowledge(core.Bob, alert.Id));
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *"));
            var input = new MonitorInput("Ann's", task.Id);
            await Assert.ThrowsAsync<Problem>(() => core.Monitors.Create(core.Bob, input));
            Assert.Empty((await core.Monitors.List(core.Bob, 10, null)).Items);
            Assert.Empty((await core.Alerts.List(core.Bob, null, null, 10)).Items);
            Assert.Single((await core.Monitors.List(core.Admin, 10, null)).Items);
            Assert.Equal(alert.Id, (await core.Alerts.Get(core.Admin, alert.Id)).Id);
        });
}
