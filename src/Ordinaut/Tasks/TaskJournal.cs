using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Events;
using Ordinaut.Monitors;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// What every change of a task does besides the change: audit, event, a look of who waits for word of it, and the end
/// of runs that lost their task.
/// </summary>
internal sealed class TaskJournal(AuditLog audit, EventLog events, Occurrences occurrences, RunRecorder recorder)
{
    public async ValueTask Tell(
        Session session,
        Caller caller,
        TaskDefinition task,
        string action,
        string? reason = null
    ) => await Tell(session, action, [(caller, task)], reason);

    /// <summary>Tells what happened to many tasks, to each on behalf of its own caller.</summary>
    public async ValueTask Tell(
        Session session,
        string action,
        IReadOnlyList<(Caller Caller, TaskDefinition Task)> tasks,
        string? reason = null
    )
    {
        var entries = new List<(Caller, AuditEntry)>(tasks.Count);
        var news = new List<NewEvent>(tasks.Count);
        foreach (var (caller, task) in tasks)
        {
            var told = new JsonObject { ["version"] = task.Version, ["status"] = Word<TaskStatus>.Of(task.Status) };
            if (reason is not null)
            {
                told["reason"] = reason;
            }

            var detail = Json.OfNode(told);
            entries.Add((caller, new AuditEntry(action, "task", task.Id.ToString(), task.OwnerId, detail)));
            told["task_id"] = task.Id.ToString();
            told["title"] = task.Settings.Title;
            news.Add(new NewEvent(task.OwnerId, action, told.ToJsonString(), caller.Depth) { Trace = caller.Trace });
        }

        await audit.Append(session, entries);
        await events.Append(session, news);
        await MonitorStore.Look(session, [.. tasks.Select(changed => changed.Task.Id)]);
    }

    /// <summary>Pauses, resumes or cancels; saying what already holds is no error.</summary>
    public async ValueTask<TaskDefinition> SetStatus(
        Session session,
        Caller caller,
        TaskDefinition task,
        TaskStatus wanted,
        string? reason
    )
    {
        if (task.Status == wanted)
        {
            return task;
        }

        if (task.Status == TaskStatus.Proposed && wanted != TaskStatus.Canceled)
        {
            throw Problem.Conflict("The task is proposed: it does nothing until it is approved, and can be canceled.");
        }

        if (task.Status is TaskStatus.Canceled or TaskStatus.Completed && wanted != TaskStatus.Canceled)
        {
            throw Problem.Conflict($"The task is {Word<TaskStatus>.Of(task.Status)}; that is final. Create a new one.");
        }

        if (task.Status == TaskStatus.Paused && wanted == TaskStatus.Active && task.NextDue <= session.Now)
        {
            // What fell due during the pause is accounted for as such, also when no scheduler has looked yet.
            await occurrences.Account(session, await occurrences.Plan(session, task));
            task = (await TaskStore.Find(session, task.Id))!;
        }

        var next = task with { Status = wanted };
        if (wanted == TaskStatus.Canceled)
        {
            await Settle(session, task);
            next = next with { NextNominal = null, NextDue = null, SnoozedUntil = null };
            await EndRuns(session, task.Id, "The task was canceled.");
            await ProposalStore.Remove(session, task.Id);
        }
        else if (wanted == TaskStatus.Active && task.NextNominal is null && IsTimed(task))
        {
            next = next with { Status = TaskStatus.Completed };
        }

        await TaskStore.Update(session, next);
        await Tell(session, caller, next, $"task.{Verb(wanted)}", reason);
        return next;
    }

    /// <summary>
    /// Before a schedule goes (replaced, canceled, deleted): what fell due under it gets its line in the ledger, so
    /// that a change between an occurrence and the scheduler's look loses nothing. Returns the task as it is then.
    /// </summary>
    public async ValueTask<TaskDefinition> Settle(Session session, TaskDefinition task)
    {
        await occurrences.Settle(session, task);
        return await TaskStore.Find(session, task.Id) ?? task;
    }

    /// <summary>Ends the live runs of a task.</summary>
    public ValueTask EndRuns(Session session, Guid taskId, string why) =>
        RunStops.EndOfTask(session, recorder, taskId, why);

    private static bool IsTimed(TaskDefinition task) => task.Settings.ScheduleKind != ScheduleKind.Event;

    private static string Verb(TaskStatus status) =>
        status switch
        {
            TaskStatus.Active => "resumed",
            TaskStatus.Paused => "paused",
            _ => "canceled",
        };
}
