using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Shows and decides what agents propose whose tasks need approval. A decision is made once, by an agent with
/// <c>approvals:decide</c> that is not the proposer nor of its bound line, on the very text it has seen.
/// </summary>
internal sealed class ProposalOperations(
    Db db,
    Changes changes,
    ProposalViews proposals,
    TaskEdits edits,
    TaskViews views,
    TaskJournal journal,
    Signals signals
)
{
    public async Task<ProposalView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(Scope.ApprovalsDecide),
            async session =>
            {
                var (task, proposal) = await Visible(session, caller, id);
                return await proposals.Of(session, task, proposal);
            }
        );
    }

    public async Task<Page<ProposalView>> List(Caller caller, Guid? after, int limit)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(Scope.ApprovalsDecide),
            async session =>
            {
                var shown = new List<ProposalView>();
                foreach (var proposal in await ProposalStore.Page(session, caller, after, limit + 1))
                {
                    if (await TaskStore.Find(session, proposal.TaskId) is { } task)
                    {
                        shown.Add(await proposals.Of(session, task, proposal));
                    }
                }

                return Pages.Of(shown, limit, view => view, view => view.TaskId.ToString());
            }
        );
    }

    /// <summary>Lets it take effect: a new task becomes active, an edit the next version.</summary>
    public Task<TaskView> Approve(Caller caller, Guid id, ProposalDecision decision, long? ifMatch) =>
        Decide(
            caller,
            id,
            (decision, ifMatch),
            async (session, task, proposal) =>
            {
                RequireSeen(decision.Digest, task);
                await ProposalStore.Remove(session, id);
                task = task with { ProposedDigest = null };
                var by = (caller, proposal.ProposedBy);
                var next =
                    task.Status == TaskStatus.Proposed
                        ? await TaskEdits.Activate(session, task, proposal.Draft)
                        : await edits.Apply(session, by, task, proposal.Draft, decision.Comment);
                await journal.Tell(session, caller, next, "task.approved", decision.Comment);
                return next;
            }
        );

    /// <summary>Ends it: a new task is canceled, of an edit nothing is left.</summary>
    public Task<TaskView> Reject(Caller caller, Guid id, ProposalDecision? decision, long? ifMatch) =>
        Decide(
            caller,
            id,
            (decision ?? new ProposalDecision(), ifMatch),
            async (session, task, _) =>
            {
                if (decision?.Digest is not null)
                {
                    RequireSeen(decision.Digest, task);
                }

                await ProposalStore.Remove(session, id);
                task = task with { ProposedDigest = null };
                if (task.Status == TaskStatus.Proposed)
                {
                    task = task with { Status = TaskStatus.Canceled };
                    await TaskStore.Update(session, task);
                }

                await journal.Tell(session, caller, task, "task.rejected", decision?.Comment);
                return task;
            }
        );

    private async Task<TaskView> Decide(
        Caller caller,
        Guid id,
        (ProposalDecision Made, long? IfMatch) decision,
        Func<Session, TaskDefinition, Proposal, ValueTask<TaskDefinition>> conclude
    )
    {
        caller.Require(Scope.ApprovalsDecide);
        if (decision.Made.Comment?.Length > TaskControl.MaxReason)
        {
            throw Problem.Invalid("/comment", $"comment has at most {TaskControl.MaxReason} characters.");
        }

        var view = await changes.Make(
            caller,
            async session =>
            {
                await TaskStore.Hold(session, id);
                var (task, proposal) = await Visible(session, caller, id);
                await RequireAnother(session, caller, proposal.ProposedBy);
                TaskOperations.RequireVersion(task, decision.IfMatch);
                return await views.Of(session, await conclude(session, task, proposal));
            }
        );
        signals.Schedule.Set();
        signals.Queue.Set();
        return view;
    }

    private static void RequireSeen(string? digest, TaskDefinition task)
    {
        if (!string.Equals(digest, task.Proposal, StringComparison.OrdinalIgnoreCase))
        {
            var detail = digest is null
                ? "Name the digest of the proposal you have seen, as GET /tasks/{id}/proposal shows it."
                : "This is not the digest of what is proposed; it was changed. Look at the proposal again.";
            throw Problem.Invalid("/digest", detail);
        }
    }

    private static async ValueTask RequireAnother(Session session, Caller caller, Guid proposer)
    {
        if (!await AgentLine.MayDecide(session, caller.AgentId, proposer))
        {
            const string why =
                "Who proposes cannot decide, nor an agent of its line that is bound as it is: it needs another one "
                + "with 'approvals:decide'.";
            throw new Problem(ProblemKind.Forbidden, why);
        }
    }

    private static async ValueTask<(TaskDefinition Task, Proposal Proposal)> Visible(
        Session session,
        Caller caller,
        Guid id
    )
    {
        var proposal = await ProposalStore.FindVisible(session, caller, id);
        var task = proposal is null ? null : await TaskStore.Find(session, id);
        return task is null ? throw Problem.NotFound("proposal for the task", id.ToString()) : (task, proposal!);
    }
}
