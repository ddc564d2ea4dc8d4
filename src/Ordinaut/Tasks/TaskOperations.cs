using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Makes, shows, changes and removes tasks. Every face calls these; no rule about tasks lives elsewhere.
/// </summary>
internal sealed class TaskOperations(
    Db db,
    Changes changes,
    TaskDrafts drafts,
    TaskViews views,
    TaskJournal journal,
    NewTasks newTasks,
    TaskEdits edits,
    Signals signals
)
{
    /// <summary>How many tasks one bulk request may carry.</summary>
    public const int MaxBulk = 1_000;

    private readonly ChangeBatch<TaskDraft, TaskView> _created = changes.Together<TaskDraft, TaskView>(
        newTasks.WriteAndShow
    );

    public async Task<TaskView> Create(Caller caller, TaskInput input)
    {
        caller.Require(Scope.TasksCreate);
        var view = await _created.Make(caller, drafts.Check(caller, input));
        signals.Schedule.Set();
        return view;
    }

    /// <summary>Creates or changes many tasks, all or none; a change needs its own scope as well.</summary>
    public async Task<BulkResult> Bulk(Caller caller, BulkTasks request)
    {
        caller.Require(Scope.TasksCreate);
        var result = request switch
        {
            { Create: { } inputs, Action: null, Ids: null } => await CreateMany(caller, inputs),
            { Create: null, Action: { } action, Ids: { } ids } => await ActOnMany(caller, action, ids),
            _ => throw Problem.Invalid("", "Give either 'create' with tasks, or 'action' with 'ids'."),
        };
        signals.Schedule.Set();
        return result;
    }

    public async Task<TaskView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                var found =
                    await TaskListing.Find(session, caller, id) ?? throw Problem.NotFound("task", id.ToString());
                return await views.Of(session, found.Task, Json.Parse(found.Payload));
            }
        );
    }

    public async Task<Page<TaskView>> List(Caller caller, TaskFilter filter)
    {
        caller.Require(Scope.TasksRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                var rows = await TaskListing.Page(session, caller, filter);
                var shown = new List<TaskView>(rows.Count);
                foreach (var row in rows)
                {
                    shown.Add(await views.Of(session, row.Task, Json.Parse(row.Payload)));
                }

                var page = Pages.Of(shown, filter.Limit, view => view, view => view.Id.ToString());
                return filter.Total ? page with { Total = await TaskListing.Count(session, caller, filter) } : page;
            }
        );
    }

    /// <summary>Replaces everything a client can write (PUT).</summary>
    public Task<TaskView> Replace(Caller caller, Guid id, TaskInput input, long? ifMatch) =>
        Edit(caller, id, ifMatch, (_, _) => input);

    /// <summary>Changes the members that are named (PATCH; JSON Merge Patch, RFC 7396).</summary>
    public Task<TaskView> Patch(Caller caller, Guid id, JsonElement patch, long? ifMatch) =>
        Edit(caller, id, ifMatch, (task, payload) => MergePatch.Apply(TaskInputs.Of(task, payload), patch));

    public async Task Delete(Caller caller, Guid id, long? ifMatch)
    {
        caller.Require(Scope.TasksDelete);
        await changes.Make(
            caller,
            async session =>
            {
                await Delete(session, caller, id, ifMatch);
                return true;
            }
        );
        signals.Schedule.Set();
        signals.Cancel.Set();
    }

    private async ValueTask Delete(Session session, Caller caller, Guid id, long? ifMatch)
    {
        var task = await Hold(session, caller, id);
        RequireVersion(task, ifMatch);
        await journal.Settle(session, task);
        await journal.EndRuns(session, task.Id, "The task was deleted.");
        await TaskStore.Remove(session, task.Id);
        await journal.Tell(session, caller, task, "task.deleted");
    }

    private async Task<BulkResult> CreateMany(Caller caller, IReadOnlyList<TaskInput> inputs)
    {
        RequireBulkSize(inputs.Count, "/create");
        var made = drafts.CheckMany(caller, inputs);
        return await changes.Make(
            caller,
            async session =>
            {
                var answers = await newTasks.Write(
                    session,
                    [.. made.Select(draft => new Change<TaskDraft>(caller, draft))]
                );
                return new BulkResult(made.Count, [.. answers.Select(CreatedId)]);
            }
        );
    }

    private async Task<BulkResult> ActOnMany(Caller caller, string action, IReadOnlyList<Guid> taskIds)
    {
        RequireBulkSize(taskIds.Count, "/ids");
        caller.Require(action == "delete" ? Scope.TasksDelete : Scope.TasksUpdate);
        var status = action switch
        {
            "pause" => TaskStatus.Paused,
            "resume" => TaskStatus.Active,
            "cancel" => TaskStatus.Canceled,
            "delete" => (TaskStatus?)null,
            _ => throw Problem.Invalid(
                "/action",
                $"action '{action}' is not known; use pause, resume, cancel or delete."
            ),
        };
        var result = await changes.Make(
            caller,
            async session =>
            {
                foreach (var id in taskIds)
                {
                    if (status is { } wanted)
                    {
                        await journal.SetStatus(session, caller, await Hold(session, caller, id), wanted, null);
                    }
                    else
                    {
                        await Delete(session, caller, id, null);
                    }
                }

                return new BulkResult(taskIds.Count, taskIds);
            }
        );
        signals.Cancel.Set();
        return result;
    }

    private async Task<TaskView> Edit(
        Caller caller,
        Guid id,
        long? ifMatch,
        Func<TaskDefinition, JsonElement, TaskInput> edit
    )
    {
        caller.Require(Scope.TasksUpdate);
        var view = await changes.Make(
            caller,
            async session =>
            {
                var task = await Hold(session, caller, id);
                RequireVersion(task, ifMatch);
                if (task.Status == TaskStatus.Canceled)
                {
                    throw TaskControl.IsCanceled();
                }

                var payload = Json.Parse((await TaskStore.Payload(session, task.Id, task.Version))!);
                var draft = drafts.Check(caller, edit(task, payload), task);
                var (next, shown) = await edits.Write(session, caller, task, (draft, payload));
                return await views.Of(session, next, shown);
            }
        );
        signals.Schedule.Set();
        signals.Queue.Set();
        return view;
    }

    private static Guid CreatedId(Answer<TaskDefinition> answer, int index)
    {
        try
        {
            return answer.ValueOrThrow().Id;
        }
        catch (Problem problem) when (problem.Errors.Count > 0)
        {
            throw Problem.Invalid([.. TaskDrafts.InBulk(problem.Errors, index)]);
        }
    }

    private static async ValueTask<TaskDefinition> Hold(Session session, Caller caller, Guid id)
    {
        await TaskStore.Hold(session, id);
        return await Owned(session, caller, id);
    }

    private static async ValueTask<TaskDefinition> Owned(Session session, Caller caller, Guid id) =>
        await TaskStore.FindOwned(session, caller, id) ?? throw Problem.NotFound("task", id.ToString());

    public static void RequireVersion(TaskDefinition task, long? ifMatch)
    {
        if (ifMatch is { } wanted && wanted != task.Version)
        {
            throw new Problem(
                ProblemKind.PreconditionFailed,
                $"The task is at version {task.Version}, not {wanted}; read it again and repeat the change."
            );
        }
    }

    private static void RequireBulkSize(int count, string pointer)
    {
        if (count is 0 or > MaxBulk)
        {
            throw Problem.Invalid(pointer, $"{pointer[1..]} must have 1 to {MaxBulk} entries; it has {count}.");
        }
    }
}
