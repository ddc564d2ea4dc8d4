using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Writes new tasks; any number with the same statements.</summary>
internal sealed class NewTasks(TaskViews views, TaskJournal journal, Ids ids)
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
        var made = new List<(Caller Caller, TaskDefinition Task, string Payload)>(drafts.Count);
        foreach (var (caller, draft) in drafts)
        {
            try
            {
                await RequireOwner(session, caller, draft.OwnerId);
                var task = await TaskPlacement.FirstVersion(session, draft, ids.Next(), caller.Depth);
                answers.Add(new(task));
                made.Add((caller, task, draft.Payload));
            }
            catch (Problem problem)
            {
                answers.Add(new(problem));
            }
        }

        await TaskStore.Insert(session, [.. made.Select(one => (one.Task, one.Payload))]);
        await journal.Tell(session, "task.created", [.. made.Select(one => (one.Caller, one.Task))]);
        return answers;
    }

    /// <summary>Only an admin names another owner; there must be such an agent.</summary>
    private static async ValueTask RequireOwner(Session session, Caller caller, Guid ownerId)
    {
        if (ownerId != caller.AgentId && await AgentStore.Get(session, ownerId) is null)
        {
            throw Problem.Invalid("/created_by", $"There is no agent '{ownerId}' that could own the task.");
        }
    }
}
