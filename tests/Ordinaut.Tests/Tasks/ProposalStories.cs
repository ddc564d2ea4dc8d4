using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Tasks;

/// <summary>Agents whose tasks need someone's consent.</summary>
public sealed class ProposalStories
{
    private static readonly AutoApproveRule Reading = new("reading", ["test.read"], [], 24);

    [Fact]
    public void A_proposed_task_does_nothing_until_it_is_approved() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Cron("0 * * * *"));
            await core.Advance(TimeSpan.FromHours(3));

            Assert.Equal(("proposed", (DateTimeOffset?)null), (task.Status, task.NextRunAt));
            Assert.Empty(await core.Ledger(task.Id));
            await Refused(ProblemKind.Conflict, () => core.Control.RunNow(robot, task.Id, null));
            await Refused(ProblemKind.Conflict, () => core.Control.Resume(robot, task.Id, null));
            await Refused(ProblemKind.Conflict, () => core.Control.Snooze(robot, task.Id, new Snooze(60)));
            var past = new Backfill(core.Now.AddHours(-2), core.Now);
            await Refused(ProblemKind.Conflict, () => core.Control.Backfill(robot, task.Id, past));

            var approved = await core.Approve(judge, task.Id);
            await core.Advance(TimeSpan.FromHours(1));

            Assert.Equal(("active", 1, (string?)null), (approved.Status, approved.Version, approved.Proposal));
            Assert.Equal(["04:00 succeeded"], await core.ShortLedger(task.Id));
            Assert.Equal(["task.proposed", "task.approved"], await core.Audit(task.Id));
            Assert.Single((await core.Events.List(robot, new(Topic: "task.proposed"))).Items);
            Assert.Single((await core.Events.List(robot, new(Topic: "task.approved"))).Items);
        });

    [Fact]
    public void A_proposed_event_task_hears_nothing() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var task = await core.Tasks.Create(robot, OnEvent("orders.paid"));

            var published = await core.Events.Publish(robot, new PublishEvent("orders.paid"));

            Assert.Empty(published.TriggeredTasks);
            Assert.Null((await core.Proposals.Get(robot, task.Id)).FiresPerDay);
        });

    [Fact]
    public void An_edit_waits_beside_the_approved_version_that_goes_on() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Cron("0 * * * *"));
            await core.Approve(judge, task.Id);

            var edited = await core.Tasks.Patch(robot, task.Id, Json.Parse("""{"schedule_expr": "30 * * * *"}"""), 1);
            await core.Advance(TimeSpan.FromHours(1));

            Assert.Equal(("0 * * * *", 1, "active"), (edited.ScheduleExpr, edited.Version, edited.Status));
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
            var proposal = await core.Proposals.Get(judge, task.Id);
            Assert.Equal((1, edited.Proposal), (proposal.ApprovedVersion, proposal.Digest));
            var change = Assert.Single(proposal.Changes);
            Assert.Equal(("replace", "/schedule_expr"), (change.Op, change.Path));
            Assert.Equal(
                ("0 * * * *", "30 * * * *"),
                (change.Before!.Value.GetString(), change.After!.Value.GetString())
            );

            var next = await core.Approve(judge, task.Id);
            await core.Advance(TimeSpan.FromMinutes(30));

            Assert.Equal(("30 * * * *", 2, (string?)null), (next.ScheduleExpr, next.Version, next.Proposal));
            Assert.Equal(["01:00 succeeded", "01:30 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_second_edit_takes_the_place_of_the_first_and_a_decision_on_the_first_is_refused() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Cron("0 * * * *"));
            var seen = await core.Proposals.Get(judge, task.Id);

            var edited = await core.Tasks.Patch(robot, task.Id, Json.Parse("""{"title": "Another"}"""), null);

            var late = new ProposalDecision(seen.Digest);
            var problem = await Refused(ProblemKind.Invalid, () => core.Proposals.Approve(judge, task.Id, late, null));
            Assert.Equal("/digest", Assert.Single(problem.Errors).Pointer);
            Assert.Equal(("proposed", 2, "Another"), (edited.Status, edited.Version, edited.Title));
            Assert.Equal("active", (await core.Approve(judge, task.Id)).Status);
        });

    [Fact]
    public void An_edit_by_someone_else_meanwhile_needs_a_new_look_at_the_proposal() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Cron("0 * * * *"));
            await core.Approve(judge, task.Id);
            await core.Tasks.Patch(robot, task.Id, Json.Parse("""{"title": "Mine"}"""), null);
            var seen = new ProposalDecision((await core.Proposals.Get(judge, task.Id)).Digest);

            await core.Tasks.Patch(core.Admin, task.Id, Json.Parse("""{"title": "Theirs", "priority": 1}"""), null);

            await Refused(ProblemKind.Invalid, () => core.Proposals.Approve(judge, task.Id, seen, null));
            var changes = (await core.Proposals.Get(judge, task.Id)).Changes;
            Assert.Equal(["/title", "/priority"], changes.Select(change => change.Path));
        });

    [Fact]
    public void A_decision_is_made_once_by_someone_else_who_has_seen_it() =>
        Story.Play(async core =>
        {
            var scopes = core.Ann.Scopes.List().Append("approvals:decide").Append("agents:manage");
            var robot = await core.Robot(new AgentInput(Scopes: [.. scopes], TasksNeedApproval: true));
            var child = new AgentInput("helper", ["approvals:decide", "tasks:read"], TasksNeedApproval: true);
            var helper = await core.As((await core.Agents.Create(robot, child)).Id);
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Idle());
            var seen = new ProposalDecision((await core.Proposals.Get(judge, task.Id)).Digest);

            await Refused(ProblemKind.Forbidden, () => core.Proposals.Approve(robot, task.Id, seen, null));
            await Refused(ProblemKind.Forbidden, () => core.Proposals.Approve(helper, task.Id, seen, null));
            await Refused(ProblemKind.Forbidden, () => core.Proposals.Approve(core.Bob, task.Id, seen, null));
            await Refused(ProblemKind.NotFound, () => core.Proposals.Get(core.Bob, task.Id));
            await Refused(ProblemKind.Invalid, () => core.Proposals.Approve(judge, task.Id, new(), null));
            await Refused(ProblemKind.PreconditionFailed, () => core.Proposals.Approve(judge, task.Id, seen, 2));
            await core.Proposals.Approve(judge, task.Id, seen, 1);

            await Refused(ProblemKind.NotFound, () => core.Proposals.Approve(judge, task.Id, seen, null));
        });

    /// <summary>An agent that is bound made two, and one decided what the other proposed.</summary>
    [Fact]
    public void Nobody_of_a_bound_agents_line_decides_for_another_of_it() =>
        Story.Play(async core =>
        {
            var scopes = core.Ann.Scopes.List().Append("approvals:decide").Append("agents:manage").ToList();
            var robot = await core.Robot(new AgentInput(Scopes: scopes, TasksNeedApproval: true));
            var one = await Made(robot, "one");
            var other = await Made(robot, "other");
            var task = await core.Tasks.Create(one, Idle());
            var seen = new ProposalDecision((await core.Proposals.Get(core.Admin, task.Id)).Digest);

            foreach (var decider in new[] { one, other, robot })
            {
                await Assert.ThrowsAsync<Problem>(() => core.Proposals.Approve(decider, task.Id, seen, null));
            }

            await core.Proposals.Approve(core.Judge(), task.Id, seen, null);

            async Task<Caller> Made(Caller maker, string name)
            {
                var input = new AgentInput(name, scopes, TasksNeedApproval: true);
                return await core.As((await core.Agents.Create(maker, input)).Id);
            }
        });

    [Fact]
    public void What_is_rejected_is_gone_with_a_word_why() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var kept = await core.Tasks.Create(robot, Cron("0 * * * *"));
            await core.Approve(judge, kept.Id);
            await core.Tasks.Patch(robot, kept.Id, Json.Parse("""{"title": "Another"}"""), null);
            var task = await core.Tasks.Create(robot, Idle());
            Assert.Equal([task.Id, kept.Id], (await core.Proposals.List(judge, null, 50)).Items.Select(p => p.TaskId));

            var why = new ProposalDecision(Comment: "Too often.");
            Assert.Equal("canceled", (await core.Proposals.Reject(judge, task.Id, why, null)).Status);
            Assert.Equal(("active", "A task"), Short(await core.Proposals.Reject(judge, kept.Id, why, null)));

            Assert.Empty((await core.Proposals.List(judge, null, 50)).Items);
            var told = (await core.Events.List(robot, new(Topic: "task.rejected"))).Items;
            Assert.All(told, fact => Assert.Equal("Too often.", fact.Payload.GetProperty("reason").GetString()));
            Assert.Equal(2, told.Count);
        });

    [Fact]
    public void An_agent_may_stop_its_own_tasks_without_asking() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var task = await core.Tasks.Create(robot, Cron("0 * * * *"));
            var other = await core.Tasks.Create(robot, Idle());
            await core.Approve(core.Judge(), task.Id);

            Assert.Equal("paused", (await core.Control.Pause(robot, task.Id, null)).Status);
            Assert.Equal("active", (await core.Control.Resume(robot, task.Id, null)).Status);
            Assert.NotNull((await core.Control.Snooze(robot, task.Id, new Snooze(60))).SnoozedUntil);
            Assert.Equal("canceled", (await core.Control.Cancel(robot, other.Id, null)).Status);
            Assert.Empty((await core.Proposals.List(core.Admin, null, 50)).Items);
            await core.Tasks.Delete(robot, task.Id, null);
        });

    [Fact]
    public void A_time_that_passed_while_it_waited_is_refused_unless_it_may_run_late() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot();
            var judge = core.Judge();
            var task = await core.Tasks.Create(robot, Once("2027-01-04T01:00:00Z"));
            var late = Once("2027-01-04T01:00:00Z") with { MisfirePolicy = "run_once" };
            var willing = await core.Tasks.Create(robot, late);
            await core.Until("2027-01-04T02:00:00Z");

            await Refused(ProblemKind.Invalid, () => core.Approve(judge, task.Id));
            await core.Approve(judge, willing.Id);
            await core.Settle();

            Assert.Equal("proposed", (await core.Tasks.Get(robot, task.Id)).Status);
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(willing.Id));
        });

    [Fact]
    public void A_rule_approves_what_only_reads_and_the_record_names_it() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot(new AgentInput(TasksNeedApproval: true, AutoApprove: [Reading]));
            const string Read = """{"id": "a", "uses": "test.read"}""";

            var task = await core.Tasks.Create(robot, Cron("0 * * * *", Read));
            var often = await core.Tasks.Create(robot, Cron("*/30 * * * *", Read));
            var writes = await core.Tasks.Create(robot, Cron("0 * * * *", Read, WorkStep));
            var edited = await core.Tasks.Patch(robot, task.Id, Json.Parse("""{"title": "Another"}"""), null);

            Assert.Equal(("active", "proposed", "proposed"), (task.Status, often.Status, writes.Status));
            Assert.Equal((2, "Another"), (edited.Version, edited.Title));
            var told = (await core.Events.List(robot, new(Topic: "task.created"))).Items;
            Assert.Contains("'reading'", Assert.Single(told).Payload.GetProperty("reason").GetString());
            var shown = await core.Proposals.Get(core.Admin, often.Id);
            Assert.Equal(
                "The rule 'reading' does not approve it: it runs 48 times a day.",
                shown.NotAutomatic.Single()
            );
        });

    [Fact]
    public void An_edit_that_a_rule_approves_takes_the_place_of_what_waited() =>
        Story.Play(async core =>
        {
            var robot = await core.Robot(new AgentInput(TasksNeedApproval: true, AutoApprove: [Reading]));
            var seldom = Json.Parse("""{"schedule_expr": "0 * * * *"}""");
            const string Read = """{"id": "a", "uses": "test.read"}""";
            var often = await core.Tasks.Create(robot, Cron("* * * * *", Read));
            var task = await core.Tasks.Create(robot, Cron("30 * * * *", Read));
            await core.Tasks.Patch(robot, task.Id, Json.Parse("""{"schedule_expr": "* * * * *"}"""), null);

            often = await core.Tasks.Patch(robot, often.Id, seldom, null);
            task = await core.Tasks.Patch(robot, task.Id, seldom, null);
            await core.Advance(TimeSpan.FromHours(1));

            Assert.Equal(("active", "active"), (often.Status, task.Status));
            Assert.Equal(((string?)null, (string?)null), (often.Proposal, task.Proposal));
            Assert.Empty((await core.Proposals.List(core.Admin, null, 50)).Items);
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(often.Id));
            Assert.Equal(["01:00 succeeded"], await core.ShortLedger(task.Id));
        });

    [Fact]
    public void A_task_that_a_run_makes_is_proposed_like_any_other_of_its_agent() =>
        Story.Play(async core =>
        {
            const string Make = """
                {"id": "make", "uses": "task.create", "with": {"title": "Made", "schedule_kind": "cron",
                  "schedule_expr": "* * * * *", "payload": {"pipeline": [{"id": "w", "uses": "test.work"}]}}}
                """;
            var robot = await core.Robot();
            var maker = await core.Tasks.Create(robot, Cron("0 * * * *", Make));
            await core.Approve(core.Judge(), maker.Id);

            await core.Until("2027-01-04T01:30:00Z");

            var made = Assert.Single((await core.Tasks.List(robot, new(Query: "made"))).Items);
            Assert.Equal(("proposed", maker.Id), (made.Status, made.ParentTaskId));
            Assert.Empty(core.Work.Calls);
            var shown = await core.Proposals.Get(core.Admin, made.Id);
            Assert.Equal(1_440, shown.FiresPerDay);
        });

    private static (string, string) Short(TaskView task) => (task.Status, task.Title);
}
