using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Writes new tasks; any number with the same statements.</summary>
internal sealed class NewTasks(TaskViews views, TaskJournal journal, Proposals proposals, TaskQuotas quotas, Ids ids)
{
    /// <summary>Writes them and shows each to its caller.</summary>
    public async ValueTask<IReadOnlyList<Answer<TaskView>>> WriteAndShow(
        Session session,
        IReadOnlyList<Change<TaskDraft>> drafts
    )
    {
        var shown = new List<Answer<TaskView>>(drafts.Count);
        foreach (var (made, (_, draft)) in (await Write(session, drafts)).Zip(drafts))
        {
            shown.Add(await made.Then(task => views.OfNew(session, task, draft.PayloadJson)));
        }

        return shown;
    }

    public async ValueTask<IReadOnlyList<Answer<TaskDefinition>>> Write(
        Session session,
        IReadOnlyList<Change<TaskDraft>> drafts
    )
    {
        var answers = new List<Answer<TaskDefinition>>(drafts.Count);
        var made = new List<NewTask>(drafts.Count);
        var limited = drafts.Where(one => !one.Caller.SeesAll).Select(one => one.Item.OwnerId).Distinct().ToList();
        var room = await quotas.Begin(session, limited);
        foreach (var (caller, draft) in drafts)
        {
            try
            {
                var one = await Make(session, caller, draft);
                await room.Take(caller, draft.OwnerId);
                answers.Add(new(one.Task));
                made.Add(one);
            }
            catch (Problem problem)
            {
                answers.Add(new(problem));
            }
        }

        await TaskStore.Insert(session, [.. made.Select(one => (one.Task, one.Draft.Payload))]);
        foreach (var one in made.Where(one => one.Task.Status == TaskStatus.Proposed))
        {
            await Proposals.Put(session, one.Caller, one.Task, one.Draft);
        }

        foreach (var told in made.GroupBy(one => (Proposals.Action(one.Task, "task.created"), one.Rule)))
        {
            await journal.Tell(session, told.Key.Item1, [.. told.Select(one => (one.Caller, one.Task))], told.Key.Rule);
        }

        return answers;
    }

    private async ValueTask<NewTask> Make(Session session, Caller caller, TaskDraft draft)
    {
        var grant = await TaskRights.GrantOf(session, caller, draft.OwnerId);
        draft = draft with { Granted = Json.Write(grant) };
        var task = await TaskPlacement.FirstVersion(session, draft, ids.Next(), await LineOf(session, caller));
        if (!caller.Limits.TasksNeedApproval)
        {
            return new NewTask(caller, task, draft, null);
        }

        var rule = await proposals.RuleFor(session, caller, task, draft);
        return rule is not null
            ? new NewTask(caller, task, draft, Proposals.ByRule(rule))
            : new NewTask(caller, Proposals.Unplaced(task) with { ProposedDigest = draft.Digest }, draft, null);
    }

    private static async ValueTask<Lineage> LineOf(Session session, Caller caller)
    {
        if (caller.TaskId is not { } parentId)
        {
            return new Lineage(null, null, caller.Depth);
        }

        // A task that is gone began its line for all that anybody knows.
        var parent = await TaskStore.Find(session, parentId);
        return new Lineage(parentId, parent?.RootTaskId ?? parentId, caller.Depth);
    }

    /// <param name="Rule">Which rule let it pass without a person.</param>
    private sealed record NewTask(Caller Caller, TaskDefinition Task, TaskDraft Draft, string? Rule);
}
