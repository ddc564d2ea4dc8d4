using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Makes the next version of a task of what was checked: at once, or as a proposal beside it.</summary>
internal sealed class TaskEdits(TaskJournal journal, Proposals proposals)
{
    /// <summary>Applies an edit, or keeps it for approval if the caller's edits need that.</summary>
    /// <returns>The task as it is then, and its payload.</returns>
    public async ValueTask<(TaskDefinition Task, JsonElement Payload)> Write(
        Session session,
        Caller caller,
        TaskDefinition task,
        (TaskDraft Draft, JsonElement Payload) edit
    )
    {
        var (draft, payload) = edit;
        var grant = IsSameWork(task, draft, payload)
            ? task.Granted
            : Json.Write(await TaskRights.GrantOf(session, caller, task.OwnerId));
        draft = draft with { Granted = grant };
        var rule = caller.Limits.TasksNeedApproval ? await proposals.RuleFor(session, caller, task, draft) : null;
        if (!caller.Limits.TasksNeedApproval || task.Status == TaskStatus.Proposed && rule is null)
        {
            return (await Apply(session, (caller, caller.AgentId), task, draft, null), draft.PayloadJson);
        }

        if (rule is not null)
        {
            return (await Pass(session, caller, task, draft, rule), draft.PayloadJson);
        }

        // An edit that could not be applied as things are is refused to whoever writes it, not to who approves.
        await TaskPlacement.NextVersion(session, task, draft);
        await Proposals.Put(session, caller, task, draft);
        await journal.Tell(session, caller, task, "task.proposed");
        return (task with { ProposedDigest = draft.Digest }, payload);
    }

    /// <summary>What a rule approves takes the place of what waited, as another proposal would.</summary>
    private async ValueTask<TaskDefinition> Pass(
        Session session,
        Caller caller,
        TaskDefinition task,
        TaskDraft draft,
        string rule
    )
    {
        var next = await Apply(session, (caller, caller.AgentId), task, draft, Proposals.ByRule(rule));
        await ProposalStore.Remove(session, task.Id);
        next = next with { ProposedDigest = null };
        return next.Status == TaskStatus.Proposed ? await Activate(session, next, draft) : next;
    }

    /// <summary>Gives a task that was proposed its place in time.</summary>
    public static async ValueTask<TaskDefinition> Activate(Session session, TaskDefinition task, TaskDraft draft)
    {
        var next = await TaskPlacement.Place(session, task with { Status = TaskStatus.Active }, draft);
        await TaskStore.Update(session, next);
        return next;
    }

    /// <summary>Makes it the next version.</summary>
    /// <param name="by">On whose behalf it happens, and who wrote it.</param>
    /// <param name="why">What the record says beside it.</param>
    public async ValueTask<TaskDefinition> Apply(
        Session session,
        (Caller Caller, Guid AuthorId) by,
        TaskDefinition task,
        TaskDraft draft,
        string? why
    )
    {
        var before = task.Settings;
        if (!TaskPlacement.SameSchedule(before, draft.Settings))
        {
            task = await journal.Settle(session, task);
        }

        var next = await TaskPlacement.NextVersion(session, task, draft with { OwnerId = task.OwnerId });
        if (!await TaskStore.AddVersion(session, next, draft.Payload, by.AuthorId))
        {
            throw Problem.Conflict("The task was changed by someone else at the same moment; read it again.");
        }

        if (next.Settings.ConcurrencyLimit != before.ConcurrencyLimit)
        {
            await SlotStore.Resize(session, next.Id, RunIntake.Slot(next), next.Settings.ConcurrencyLimit);
        }

        if (next.Status == TaskStatus.Proposed)
        {
            next = next with { ProposedDigest = draft.Digest };
            await ProposalStore.Put(session, next.OwnerId, await Reproposed(session, by.Caller, next, draft));
        }

        await journal.Tell(session, by.Caller, next, Proposals.Action(next, "task.updated"), why);
        return next;
    }

    /// <summary>Whoever may edit a proposal without approval does not become its author.</summary>
    private static async ValueTask<Proposal> Reproposed(
        Session session,
        Caller caller,
        TaskDefinition task,
        TaskDraft draft
    )
    {
        var author = caller.Limits.TasksNeedApproval ? null : await ProposalStore.Find(session, task.Id);
        return new Proposal(task.Id, author?.ProposedBy ?? caller.AgentId, draft, session.Now);
    }

    /// <summary>An edit that changes nothing of what the task does leaves its grant as it was.</summary>
    private static bool IsSameWork(TaskDefinition task, TaskDraft draft, JsonElement payload) =>
        task.Settings.ScheduleExpr == draft.Settings.ScheduleExpr && JsonElement.DeepEquals(payload, draft.PayloadJson);
}
