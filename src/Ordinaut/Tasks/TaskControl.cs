using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Steers tasks that exist: pause, resume, cancel, snooze, run now, backfill.</summary>
internal sealed class TaskControl(
    Changes changes,
    TaskViews views,
    TaskJournal journal,
    SchedulePlans plans,
    RunIntake intake,
    RunRequests requests,
    Signals signals,
    Ids ids
)
{
    public const int MaxSnoozeSeconds = 7 * 24 * 3600;
    public const int MaxReason = 200;

    /// <summary>How many past occurrences one backfill may cover, with those that are excluded.</summary>
    public const int MaxBackfill = 1_000;

    private readonly ChangeBatch<RunRequest, RunView> _runs = changes.Together<RunRequest, RunView>(requests.Write);

    public Task<TaskView> Pause(Caller caller, Guid id, StatusChange? change) =>
        SetStatus(caller, id, TaskStatus.Paused, change);

    public Task<TaskView> Resume(Caller caller, Guid id, StatusChange? change) =>
        SetStatus(caller, id, TaskStatus.Active, change);

    public Task<TaskView> Cancel(Caller caller, Guid id, StatusChange? change) =>
        SetStatus(caller, id, TaskStatus.Canceled, change);

    /// <summary>
    /// Puts off the next occurrence by a delay, counted from when it is due, or from now if it is overdue.
    /// </summary>
    public async Task<TaskView> Snooze(Caller caller, Guid id, Snooze snooze)
    {
        caller.Require(Scope.TasksUpdate);
        if (snooze.DelaySeconds is not (>= 1 and <= MaxSnoozeSeconds) || snooze.Reason?.Length > MaxReason)
        {
            throw snooze.Reason?.Length > MaxReason
                ? Problem.Invalid("/reason", $"reason has at most {MaxReason} characters.")
                : Problem.Invalid("/delay_seconds", $"delay_seconds must be 1 to {MaxSnoozeSeconds} (a week).");
        }

        var view = await Change(
            caller,
            id,
            async (session, task) =>
            {
                if (task.Status != TaskStatus.Active || task.NextDue is not { } due)
                {
                    throw Problem.Conflict("Only an active task with an occurrence to come can be snoozed.");
                }

                var from = due > session.Now ? due : session.Now;
                var until = Instants.Later(from, TimeSpan.FromSeconds(snooze.DelaySeconds.Value));
                var next = task with { NextDue = until, SnoozedUntil = until };
                await TaskStore.Update(session, next);
                await journal.Tell(session, caller, next, "task.snoozed", snooze.Reason);
                return await views.Of(session, next);
            }
        );
        signals.Schedule.Set();
        return view;
    }

    /// <summary>Moves the next occurrence to so much time from now; those after it stay where they are.</summary>
    public async Task<TaskView> MoveNext(Caller caller, Guid id, TimeSpan time)
    {
        caller.Require(Scope.TasksUpdate);
        var view = await Change(
            caller,
            id,
            async (session, task) =>
            {
                var at = session.Now + time;
                if (task.Status != TaskStatus.Active || task.NextNominal is not { } nominal)
                {
                    throw Problem.Conflict("Only an active task with an occurrence to come can have it moved.");
                }

                if (at > task.Settings.EndsAt)
                {
                    throw Problem.Conflict(
                        $"The task ends at {Instants.Format(task.Settings.EndsAt.Value)}, before that."
                    );
                }

                // Sooner, it is an occurrence of its own; later, it is the scheduled one, put off.
                var next =
                    at < nominal
                        ? task with
                        {
                            NextNominal = at,
                            NextDue = Instants.Later(at, Jitter.For(id, task.Settings.JitterSeconds)),
                            SnoozedUntil = null,
                        }
                        : task with
                        {
                            NextDue = at,
                            SnoozedUntil = at,
                        };
                await TaskStore.Update(session, next);
                await journal.Tell(session, caller, next, "task.moved");
                return await views.Of(session, next);
            }
        );
        signals.Schedule.Set();
        return view;
    }

    /// <summary>Makes a run at once, beside the schedule.</summary>
    public async Task<RunView> RunNow(Caller caller, Guid id, RunNow? request)
    {
        caller.Require(Scope.TasksRun);
        var view = await _runs.Make(caller, new RunRequest(id, RunParams.Input(caller, request?.Params)));
        signals.Queue.Set();
        return view;
    }

    /// <summary>Runs past occurrences: by default only those that have no run.</summary>
    public async Task<BackfillResult> Backfill(Caller caller, Guid id, Backfill request)
    {
        caller.Require(Scope.TasksRun);
        var all = request.Mode switch
        {
            null or "gaps" => false,
            "all" => true,
            _ => throw Problem.Invalid("/mode", $"mode '{request.Mode}' is not known; use gaps or all."),
        };
        if (request.From is not { } from || request.Until is not { } until || until < from)
        {
            throw Problem.Invalid("/from", "from and until are required, and until must not be before from.");
        }

        var result = await Change(
            caller,
            id,
            async (session, task) =>
            {
                if (Obstacle(task) is { } obstacle)
                {
                    throw obstacle;
                }

                caller.RequireUnbound("run past occurrences");
                var instants = await Past(session, task, from, until);
                var made = new List<Guid>();
                foreach (var instant in instants)
                {
                    if (await Fill(session, task, RunTrace.Input(caller.Trace, null), instant, all) is { } runId)
                    {
                        made.Add(runId);
                    }
                }

                await journal.Tell(session, caller, task, "task.backfilled");
                return new BackfillResult(made.Count, instants.Count - made.Count, made);
            }
        );
        signals.Queue.Set();
        return result;
    }

    private async ValueTask<List<DateTimeOffset>> Past(
        Session session,
        TaskDefinition task,
        DateTimeOffset from,
        DateTimeOffset until
    )
    {
        if (until > session.Now)
        {
            throw Problem.Invalid("/until", "until must not be in the future.");
        }

        var (schedule, exclusions) = await plans.Of(session, task);
        var instants = new List<DateTimeOffset>();
        var looked = 0;
        var at = schedule.Next(Instants.JustBefore(from));
        for (; at <= until; at = schedule.Next(at.Value))
        {
            if (exclusions?.Excludes(at.Value) != true)
            {
                instants.Add(at.Value);
            }

            if (++looked > MaxBackfill)
            {
                throw Problem.Invalid(
                    "/until",
                    $"The stretch has more than {MaxBackfill} occurrences, excluded ones among them; make it shorter."
                );
            }
        }

        return instants;
    }

    private async ValueTask<Guid?> Fill(
        Session session,
        TaskDefinition task,
        string? input,
        DateTimeOffset instant,
        bool all
    )
    {
        if (!all && await OccurrenceStore.RunAt(session, task.Id, instant) is not null)
        {
            return null;
        }

        var key = all ? OccurrenceKeys.BackfillAgain(ids.Next()) : OccurrenceKeys.Backfill;
        var wish = new OccurrenceRequest(instant, key, Trigger.Backfill) { Input = input };
        return await intake.Admit(session, task, wish) is Admission.Queued queued ? queued.Run.Id : null;
    }

    private async Task<TaskView> SetStatus(Caller caller, Guid id, TaskStatus wanted, StatusChange? change)
    {
        caller.Require(Scope.TasksUpdate);
        if (change?.Reason?.Length > MaxReason)
        {
            throw Problem.Invalid("/reason", $"reason has at most {MaxReason} characters.");
        }

        var view = await Change(
            caller,
            id,
            async (session, task) =>
                await views.Of(session, await journal.SetStatus(session, caller, task, wanted, change?.Reason))
        );
        signals.Schedule.Set();
        signals.Cancel.Set();
        return view;
    }

    private Task<T> Change<T>(Caller caller, Guid id, Func<Session, TaskDefinition, ValueTask<T>> work) =>
        changes.Make(
            caller,
            async session =>
            {
                await TaskStore.Hold(session, id);
                var task = await TaskStore.FindOwned(session, caller, id);
                return await work(session, task ?? throw Problem.NotFound("task", id.ToString()));
            }
        );

    /// <summary>Why nothing of the task runs, whoever asks; null when it may.</summary>
    public static Problem? Obstacle(TaskDefinition task) =>
        task.Status switch
        {
            TaskStatus.Canceled => IsCanceled(),
            TaskStatus.Proposed => Problem.Conflict("The task is proposed; nothing of it runs until it is approved."),
            _ when task.IsOwnerStopped => Problem.Conflict("The agent that owns the task is stopped; start it first."),
            _ => null,
        };

    public static Problem IsCanceled() => Problem.Conflict("The task is canceled; that is final. Create a new one.");
}
