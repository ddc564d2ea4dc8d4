using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Approvals;

/// <summary>Runs that ask before they act.</summary>
public sealed class ApprovalStories
{
    private const string Ask = """
        {"id": "ask", "uses": "approval.request",
         "with": {"title": "Send it?", "message": "To all", "action": {"to": "all"}, "expires_after_seconds": 3600}}
        """;

    private const string Act = """{"id": "act", "uses": "test.work", "with": {"why": "${steps.ask.comment}"}}""";

    [Fact]
    public void A_run_waits_for_a_decision_and_goes_on_with_it() =>
        Story.Play(async core =>
        {
            var (run, approval, judge) = await Asked(core, Ask, Act);
            Assert.Equal(("waiting", "waiting"), (run.State, Assert.Single(run.Steps!).State));
            Assert.Equal((0, "pending", "Send it?"), (core.Worker.Running, approval.State, approval.Title));
            await core.Advance(TimeSpan.FromMinutes(50));

            var decided = await core.Approvals.Approve(judge, approval.Id, new Decision("Fine", approval.Digest));
            await core.Settle();

            Assert.Equal(("approved", judge.AgentId, "Fine"), (decided.State, decided.DecidedBy, decided.Comment));
            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal("succeeded", run.State);
            Assert.True(run.Steps![0].Output!.Value.GetProperty("approved").GetBoolean());
            Assert.Equal("""{"why":"Fine"}""", Assert.Single(core.Work.Calls).Input.GetRawText());
            Assert.Equal(["approval.approved"], await core.Audit(approval.Id));
            var topics = (await core.Events.Topics(core.Ann, null, 50)).Items.Select(topic => topic.Topic);
            Assert.Contains("approval.requested", topics);
            Assert.Contains("approval.approved", topics);
        });

    [Theory]
    [InlineData("", "failed", "rejected")]
    [InlineData(""", "on_reject": "continue" """, "succeeded", null)]
    public void A_rejection_fails_the_step_or_is_its_result(string policy, string state, string? code) =>
        Story.Play(async core =>
        {
            var ask = $$$"""
                {"id": "ask", "uses": "orchestrator.request_approval", "with": {"message": "May I?" {{{policy}}}}}
                """;
            var (run, approval, judge) = await Asked(core, ask);

            await core.Approvals.Reject(judge, approval.Id, null);
            await core.Settle();

            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal((state, code), (run.State, run.Error?.Code));
            Assert.Equal(code is null ? "False" : null, run.Output?.GetProperty("approved").ToString());
        });

    [Fact]
    public void A_decision_is_made_once_by_someone_else_who_saw_what_is_asked() =>
        Story.Play(async core =>
        {
            var (_, approval, judge) = await Asked(core, Ask, Act);
            var id = approval.Id;
            var asker = new Caller(core.Ann.AgentId, core.Ann.Scopes | Scope.ApprovalsDecide);

            await Refused(ProblemKind.Forbidden, () => core.Approvals.Approve(core.Ann, id, null));
            await Refused(ProblemKind.Forbidden, () => core.Approvals.Approve(asker, id, null));
            await Refused(ProblemKind.NotFound, () => core.Approvals.Get(core.Bob, id));
            await Refused(ProblemKind.Invalid, () => core.Approvals.Approve(judge, id, new Decision(null, "00")));
            var tooLong = new Decision(new string('x', 2_001));
            await Refused(ProblemKind.Invalid, () => core.Approvals.Approve(judge, id, tooLong));
            await core.Approvals.Approve(judge, id, null);
            await Refused(ProblemKind.Conflict, () => core.Approvals.Reject(judge, id, null));
            await core.Settle();

            Assert.Single(core.Work.Calls);
            Assert.Empty((await core.Approvals.List(core.Bob, null, null, 10)).Items);
            Assert.Single((await core.Approvals.List(core.Ann, "approved", null, 10)).Items);
            Assert.Empty((await core.Approvals.List(judge, "pending", null, 10)).Items);
        });

    [Fact]
    public void Nobody_decides_in_time_and_the_step_fails() =>
        Story.Play(async core =>
        {
            var (run, approval, judge) = await Asked(core, Ask, Act);

            await core.Advance(TimeSpan.FromHours(1));

            run = await core.Runs.Get(core.Ann, run.Id);
            Assert.Equal(("failed", "wait_timeout"), (run.State, run.Error!.Code));
            await Refused(ProblemKind.Conflict, () => core.Approvals.Approve(judge, approval.Id, null));
            Assert.Equal("expired", (await core.Approvals.Get(core.Ann, approval.Id)).State);
        });

    [Fact]
    public void A_worker_that_is_lost_while_it_asks_asks_nobody_twice() =>
        Story.Play(async core =>
        {
            var (run, approval, judge) = await Asked(core, Ask, Act);
            const string Forget = "update step set state = 'running', awaits = null, wake_at = null";
            const string Unbind = "update wait set place = null";
            const string Again = "update queue set state = 0, waiting = 0";
            await core.Approvals.Get(judge, approval.Id);
            await core.Db.Write(async session =>
            {
                await session.Execute(Forget);
                await session.Execute(Unbind);
                await session.Execute(Again);
            });
            await core.Approvals.Approve(judge, approval.Id, null);

            await core.Settle();

            Assert.Single((await core.Approvals.List(judge, null, null, 10)).Items);
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    [Fact]
    public void A_run_that_is_canceled_asks_no_more_and_one_that_is_retried_asks_anew() =>
        Story.Play(async core =>
        {
            var (run, approval, judge) = await Asked(core, Ask, Act);

            await core.Runs.Cancel(core.Ann, run.Id);
            await core.Settle();

            Assert.Equal("canceled", (await core.Runs.Get(core.Ann, run.Id)).State);
            Assert.Equal("canceled", (await core.Approvals.Get(judge, approval.Id)).State);
            await core.Runs.Retry(core.Ann, run.Id);
            await core.Settle();
            var again = Assert.Single((await core.Approvals.List(judge, "pending", null, 10)).Items);
            await core.Approvals.Approve(judge, again.Id, null);
            await core.Settle();
            Assert.Equal("succeeded", (await core.Runs.Get(core.Ann, run.Id)).State);
        });

    private static async Task<(RunView Run, ApprovalView Approval, Caller Judge)> Asked(
        CoreBundle core,
        params string[] steps
    )
    {
        var judge = core.Agent("judge", "approvals:decide runs:read");
        var task = await core.Tasks.Create(core.Ann, Idle(steps));
        var run = await core.RunAtOnce(task.Id);
        return (run, Assert.Single((await core.Approvals.List(judge, "pending", null, 10)).Items), judge);
    }
}
