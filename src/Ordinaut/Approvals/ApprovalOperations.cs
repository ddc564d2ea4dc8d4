using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Events;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Approvals;

/// <summary>
/// Shows and decides what runs ask for. A decision is made once, by an agent with <c>approvals:decide</c> that is not
/// the one who asks, and wakes the run in the transaction that records it.
/// </summary>
internal sealed class ApprovalOperations(
    Db db,
    Changes changes,
    AuditLog audit,
    EventLog events,
    Ordinaut.Signals signals
)
{
    public const int MaxComment = 2_000;

    public static readonly IReadOnlyList<string> States = ["pending", "approved", "rejected", "expired", "canceled"];

    public async Task<ApprovalView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(
            caller.Reach(Scope.ApprovalsDecide),
            async session => View(await Visible(session, caller, id), session.Now)
        );
    }

    public async Task<Page<ApprovalView>> List(Caller caller, string? state, Guid? after, int limit)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(
            caller.Reach(Scope.ApprovalsDecide),
            async session =>
            {
                var rows = await ApprovalStore.Page(session, caller, state, after, limit + 1);
                return Pages.Of(rows, limit, row => View(row, session.Now), row => row.Id.ToString());
            }
        );
    }

    public Task<ApprovalView> Approve(Caller caller, Guid id, Decision? decision) =>
        Decide(caller, id, decision ?? new Decision(), isApproved: true);

    public Task<ApprovalView> Reject(Caller caller, Guid id, Decision? decision) =>
        Decide(caller, id, decision ?? new Decision(), isApproved: false);

    private async Task<ApprovalView> Decide(Caller caller, Guid id, Decision decision, bool isApproved)
    {
        caller.Require(Scope.ApprovalsDecide);
        if (decision.Comment?.Length > MaxComment)
        {
            throw Problem.Invalid("/comment", $"comment has at most {MaxComment} characters.");
        }

        var view = await changes.Make(
            caller,
            async session =>
            {
                var row = await Visible(session, caller, id);
                await Check(session, caller, row, decision);
                var state = isApproved ? "approved" : "rejected";
                var key = ApprovalTool.KeyOf(id);
                if (
                    !await ApprovalStore.Decide(session, caller, id, state, decision.Comment)
                    || !await WaitStore.Answer(session, key, Answer(caller, row, decision, (isApproved, session.Now)))
                )
                {
                    throw Problem.Conflict("The approval was decided or ended meanwhile; look at it again.");
                }

                await Tell(session, caller, row, state);
                return View((await ApprovalStore.FindVisible(session, caller, id))!, session.Now);
            }
        );
        signals.Queue.Set();
        return view;
    }

    private static async ValueTask Check(Session session, Caller caller, ApprovalRow row, Decision decision)
    {
        if (!await AgentLine.MayDecide(session, caller.AgentId, row.OwnerId))
        {
            const string why =
                "Who asks cannot decide, nor an agent of its line that is bound as it is: it needs another agent that "
                + "holds 'approvals:decide'.";
            throw new Problem(ProblemKind.Forbidden, why);
        }

        var now = session.Now;
        var state = StateOf(row, now);
        if (state != "pending")
        {
            throw Problem.Conflict($"The approval is {state} already; there is nothing to decide.");
        }

        if (decision.Digest is { } seen && !string.Equals(seen, row.Digest, StringComparison.OrdinalIgnoreCase))
        {
            throw Problem.Invalid("/digest", "This is not the digest of what is asked; read the approval again.");
        }
    }

    private static StepAnswer Answer(
        Caller caller,
        ApprovalRow row,
        Decision decision,
        (bool IsApproved, DateTimeOffset At) made
    )
    {
        var output = new JsonObject
        {
            ["approval_id"] = row.Id.ToString(),
            ["approved"] = made.IsApproved,
            ["decided_by"] = caller.AgentId.ToString(),
            ["decided_at"] = Instants.Format(made.At),
            ["comment"] = decision.Comment,
        };
        var why = decision.Comment is { } comment
            ? $"The approval was rejected: {comment}"
            : "The approval was rejected.";
        return new StepAnswer(
            Json.OfNode(output),
            made.IsApproved || row.GoesOn ? null : new StepFailure("rejected", why)
        );
    }

    private async ValueTask Tell(Session session, Caller caller, ApprovalRow row, string state)
    {
        var subject = row.Id.ToString();
        await audit.Append(session, caller, new AuditEntry($"approval.{state}", "approval", subject, row.OwnerId));
        await events.Append(session, ApprovalTool.News(row, state, caller.Depth));
    }

    private static async ValueTask<ApprovalRow> Visible(Session session, Caller caller, Guid id) =>
        await ApprovalStore.FindVisible(session, caller, id) ?? throw Problem.NotFound("approval", id.ToString());

    private static string StateOf(ApprovalRow row, DateTimeOffset now) =>
        row.State == "pending" && row.ExpiresAt <= now ? "expired" : row.State;

    private static ApprovalView View(ApprovalRow row, DateTimeOffset now) =>
        new()
        {
            Id = row.Id,
            RunId = row.RunId,
            TaskId = row.TaskId,
            Step = row.StepId,
            RequestedBy = row.OwnerId,
            Title = row.Title,
            Message = row.Message,
            Action = row.Action,
            Digest = row.Digest,
            State = StateOf(row, now),
            ExpiresAt = row.ExpiresAt,
            DecidedBy = row.DecidedBy,
            DecidedAt = row.DecidedAt,
            Comment = row.Comment,
            CreatedAt = row.CreatedAt,
        };
}
