using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tools;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Monitors;

/// <summary>What a monitor makes of a task that is paused, changed or deleted, and of clocks.</summary>
public sealed class ChangeStories
{
    private static readonly TaskInput Hourly = Cron("0 * * * *") with { MaxRetries = 0 };

    [Fact]
    public void Nobody_watches_a_pause_and_after_it_the_wait_begins_anew() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Hourly);
            var monitor = await core.Watch(task.Id);
            await core.Until("2027-01-04T01:10:00Z");
            Assert.Equal("missed", await core.StateOf(monitor));

            await core.Control.Pause(core.Ann, task.Id, null);
            await core.Until("2027-01-04T03:00:30Z");
            Assert.Equal("idle", await core.StateOf(monitor));
            Assert.Contains("paused", Assert.Single(await core.AlertsOf()).Detail);

            await core.Control.Resume(core.Ann, task.Id, null);
            await core.Until("2027-01-04T04:04:59Z");
            Assert.Equal("ok", await core.StateOf(monitor));
            await core.Until("2027-01-04T04:05:00Z");
            Assert.Equal("missed", await core.StateOf(monitor));
        });

    [Fact]
    public void A_schedule_that_is_changed_is_watched_as_it_is_then() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 * * *") with { MaxRetries = 0 });
            await core.Watch(task.Id);
            await core.Until("2027-01-04T01:20:00Z");

            await core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"schedule_expr": "15 * * * *"}"""), null);
            await core.Until("2027-01-04T02:19:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T02:20:00Z");

            Assert.Single(await core.AlertsOf());
        });

    [Fact]
    public void An_edit_resolves_nothing() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Hourly);
            await core.Watch(task.Id);
            await core.Until("2027-01-04T01:10:00Z");

            await core.Tasks.Patch(core.Ann, task.Id, Json.Parse("""{"title": "Another"}"""), null);
            await core.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal("firing", Assert.Single(await core.AlertsOf()).State);
        });

    [Fact]
    public void What_is_snoozed_is_waited_for_until_then() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Cron("0 12 * * *") with { MaxRetries = 0 });
            await core.Watch(task.Id);

            await core.Control.Snooze(core.Ann, task.Id, new Snooze(7_200));
            await core.Until("2027-01-04T14:04:59Z");
            Assert.Empty(await core.AlertsOf());
            await core.Until("2027-01-04T14:05:00Z");

            Assert.Single(await core.AlertsOf());
        });

    [Fact]
    public void A_task_that_is_deleted_takes_its_monitor_with_it() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Ann, Hourly);
            var monitor = await core.Watch(task.Id);
            await core.Until("2027-01-04T01:10:00Z");

            await core.Tasks.Delete(core.Ann, task.Id, null);
            await core.Settle();

            Assert.Equal("resolved", Assert.Single(await core.AlertsOf()).State);
            await Assert.ThrowsAsync<Problem>(() => core.Monitors.Get(core.Ann, monitor));
        });

    [Fact]
    public void Of_a_task_whose_owner_is_stopped_nothing_is_missed() =>
        Story.Play(async core =>
        {
            core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));
            var task = await core.Tasks.Create(core.Bob, Hourly);
            var input = new MonitorInput("Bob's", task.Id, null, 300);
            await core.Monitors.Create(core.Admin, input);
            await core.Agents.Stop(core.Admin, core.Bob.AgentId, null);

            await core.Until("2027-01-04T05:00:00Z");

            Assert.Empty(await core.AlertsOf());
        });

    [Fact]
    public void Where_the_clocks_go_forward_the_local_time_that_is_not_is_not_waited_for() =>
        Story.Play(
            "2027-03-28T00:00:00Z",
            async core =>
            {
                // In Berlin 02:30 is not on that day: as cron has it, it runs when 03:00 begins, at 01:00 in UTC.
                var input = Cron("30 2 * * *") with
                {
                    Timezone = "Europe/Berlin",
                    MaxRetries = 0,
                };
                await core.Watch((await core.Tasks.Create(core.Ann, input)).Id);

                await core.Until("2027-03-30T12:00:00Z");

                Assert.Empty(await core.AlertsOf());
                Assert.Equal(3, core.Work.Calls.Count);
            }
        );

    [Fact]
    public void Where_the_clocks_go_back_one_word_is_enough_and_none_is_missed_a_day_later() =>
        Story.Play(
            "2027-10-30T23:00:00Z",
            async core =>
            {
                var input = Cron("30 2 * * *") with { Timezone = "Europe/Berlin", MaxRetries = 0 };
                await core.Watch((await core.Tasks.Create(core.Ann, input)).Id);
                await core.Until("2027-10-31T12:00:00Z");
                core.Work.Answer(_ => new ToolResult.Failed("broken", "It is broken.", Retryable: false));

                await core.Until("2027-11-01T01:34:59Z");
                Assert.Empty(await core.AlertsOf());
                await core.Until("2027-11-01T01:35:00Z");

                Assert.Single(await core.AlertsOf());
            }
        );
}
