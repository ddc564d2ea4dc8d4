using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>The switch of an agent.</summary>
public sealed class StoppedAgentStories
{
    [Fact]
    public void A_stopped_agents_runs_end_and_nothing_fires() =>
        Story.Play(async core =>
        {
            core.Work.Hold();
            var task = await core.Tasks.Create(core.Ann, Cron("*/10 * * * *"));
            var waiting = await core.Tasks.Create(core.Ann, Idle("""{"id": "w", "wait": "10h"}"""));
            var other = await core.Tasks.Create(core.Bob, Cron("5 * * * *", """{"id": "o", "uses": "test.other"}"""));
            await core.Control.RunNow(core.Ann, waiting.Id, null);
            // One is with a worker, one waits for it.
            await core.Until("2027-01-04T00:20:00Z");

            await core.Agents.Stop(core.Admin, core.Ann.AgentId, new AgentStop("It loops."));
            await core.Until("2027-01-04T05:00:00Z");

            Assert.All(await core.RunsOf(task.Id), run => Assert.Equal("canceled", run.State));
            Assert.Equal(2, (await core.RunsOf(task.Id)).Count);
            Assert.Equal("canceled", (await core.OnlyRun(waiting.Id)).State);
            Assert.Equal(5, (await core.RunsOf(other.Id)).Count(run => run.State == "succeeded"));
            var why = await core.History.Why(core.Admin, task.Id, CoreBundle.At("2027-01-04T04:00:00Z"));
            Assert.Contains("stopped", why.Explanation);
            var now = await core.History.Why(core.Admin, task.Id, null);
            Assert.Contains("ended as canceled", now.Explanation);
            Assert.Contains("stopped", now.Explanation);
            Assert.Null(now.NextAt);
            Assert.Null((await core.Tasks.Get(core.Admin, task.Id)).NextRunAt);
            await Refused(ProblemKind.Conflict, () => core.Control.RunNow(core.Admin, task.Id, null));
            Assert.Equal(["agent.stopped"], await core.Audit(core.Ann.AgentId));
        });

    [Theory]
    [InlineData("run_once", "02:00-04:00 x3 misfire", "05:00 succeeded", "06:00 succeeded")]
    [InlineData("skip", "02:00-05:00 x4 misfire", "06:00 succeeded")]
    public void What_it_missed_goes_by_each_tasks_own_rule_when_it_is_started(
        string policy,
        params string[] expected
    ) =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, Cron("0 * * * *") with { MisfirePolicy = policy });
            await core.Until("2027-01-04T01:30:00Z");
            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);
            await core.Until("2027-01-04T05:30:00Z");

            await core.Agents.Start(core.Admin, core.Ann.AgentId, null);
            await core.Until("2027-01-04T06:00:00Z");

            Assert.Equal(["01:00 succeeded", .. expected], await core.ShortLedger(task.Id));
            Assert.Equal(["agent.stopped", "agent.started"], await core.Audit(core.Ann.AgentId));
        });

    [Fact]
    public void What_its_end_would_set_off_is_skipped_with_a_reason() =>
        Story.Play(async core =>
        {
            var task = await core.Tasks.Create(core.Ann, OnEvent("run.canceled"));
            var waiting = await core.Tasks.Create(core.Ann, Idle("""{"id": "w", "wait": "10m"}"""));
            await core.RunAtOnce(waiting.Id);

            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);
            await core.Settle();

            var line = Assert.Single(await core.Ledger(task.Id));
            Assert.Equal(("skipped", "paused"), (line.Outcome, line.Reason));
            Assert.Contains("stopped", line.Detail);
        });

    [Fact]
    public void A_run_of_a_stopped_agent_cannot_be_repeated_until_it_is_started() =>
        Story.Play(async core =>
        {
            core.Work.FailForGood();
            var task = await core.Tasks.Create(core.Ann, Idle());
            var run = await core.RunAtOnce(task.Id);
            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);

            await Refused(ProblemKind.Conflict, () => core.Runs.Retry(core.Admin, run.Id));
            await Refused(ProblemKind.Conflict, () => core.Runs.Rerun(core.Admin, run.Id, null));
            Assert.Empty((await core.Runs.Redrive(core.Admin, new Redrive())).RunIds);

            await core.Agents.Start(core.Admin, core.Ann.AgentId, null);
            Assert.Single((await core.Runs.Redrive(core.Admin, new Redrive())).RunIds);
        });

    [Fact]
    public void A_condition_is_not_checked_while_its_agent_is_stopped() =>
        Story.Play(async core =>
        {
            const string Watch = """
                {"every": "PT1M", "check": {"uses": "test.read"}, "when": "`true`", "fire": "level"}
                """;
            core.Read.Hold();
            var task = await core.Tasks.Create(core.Ann, Task("condition", Watch));
            await core.Until("2027-01-04T00:01:00Z");

            await core.Agents.Stop(core.Admin, core.Ann.AgentId, null);
            await core.Until("2027-01-04T00:10:00Z");

            Assert.Single(core.Read.Calls);
            Assert.Equal(["00:01 superseded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_manager_stops_what_it_made_and_nothing_else() =>
        Story.Play(async core =>
        {
            var manager = core.Agent("manager", core.Ann.Scopes.Text() + " agents:manage");
            var made = await core.Agents.Create(manager, new AgentInput("made", ["tasks:read"]));

            Assert.Equal("disabled", (await core.Agents.Stop(manager, made.Id, null)).Status);
            Assert.Equal("active", (await core.Agents.Start(manager, made.Id, null)).Status);
            await Refused(ProblemKind.NotFound, () => core.Agents.Stop(manager, core.Bob.AgentId, null));
            await Refused(ProblemKind.Conflict, () => core.Agents.Stop(manager, manager.AgentId, null));
            await Refused(ProblemKind.Forbidden, () => core.Agents.Stop(core.Ann, core.Ann.AgentId, null));
            var wordy = new AgentStop(new string('x', 201));
            await Refused(ProblemKind.Invalid, () => core.Agents.Stop(core.Admin, made.Id, wordy));
        });
}
