using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>Shows, cancels and repeats runs.</summary>
internal sealed class RunOperations(
    Db db,
    Changes changes,
    AuditLog audit,
    RunRecorder recorder,
    RunIntake intake,
    Signals signals,
    Ids ids
)
{
    public const int MaxRedrive = 1_000;
    public const int DefaultRedrive = 100;
    public const int TaskStatsDays = 30;
    public const int SummaryStatsDays = 7;

    public async Task<RunView> Get(Caller caller, Guid id)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(caller.Reach(), session => RunViews.Of(session, caller, id));
    }

    /// <summary>What a run gave back, or one step of it, however large.</summary>
    /// <param name="stepId">As the run shows it; null for the run's own output.</param>
    public async Task<JsonElement> Output(Caller caller, Guid id, string? stepId)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                await Owned(session, caller, id);
                return RunViews.Output(await StepStore.OfRun(session, id), stepId);
            }
        );
    }

    /// <summary>A run as lists show it, without the weight of its steps.</summary>
    public async Task<RunView> Glance(Caller caller, Guid id)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(caller.Reach(), async session => RunViews.Brief(await Owned(session, caller, id)));
    }

    public async Task<Page<RunView>> List(Caller caller, RunFilter filter)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(caller.Reach(), session => RunListing.Page(session, caller, filter));
    }

    /// <summary>The runs of one task; unlike a filter that matches nothing, a foreign task is not found.</summary>
    public async Task<Page<RunView>> ListOfTask(Caller caller, Guid taskId, RunFilter filter)
    {
        caller.Require(Scope.RunsRead);
        await db.ReadFor(caller.Reach(), session => RequireTask(session, caller, taskId));
        return await List(caller, filter with { TaskId = taskId });
    }

    public async Task<RunView> Latest(Caller caller, Guid taskId)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                await RequireTask(session, caller, taskId);
                var row =
                    await RunStore.Latest(session, taskId)
                    ?? throw new Problem(ProblemKind.NotFound, "The task has not run yet.");
                return await RunViews.Whole(session, row);
            }
        );
    }

    /// <summary>What became of a task's runs in the last days.</summary>
    public async Task<RunStats> Stats(Caller caller, Guid taskId, int days)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(
            caller.Reach(),
            async session =>
            {
                await RequireTask(session, caller, taskId);
                return await RunCounts.Stats(session, caller, taskId, days);
            }
        );
    }

    /// <summary>What became of all runs the caller may see in the last days.</summary>
    public async Task<RunStats> Summary(Caller caller, int days)
    {
        caller.Require(Scope.RunsRead);
        return await db.ReadFor(caller.Reach(), session => RunCounts.Stats(session, caller, null, days));
    }

    /// <summary>
    /// Cancels a run that is not finished: at once in the queue, within two seconds in a worker's hands.
    /// </summary>
    public async Task<RunView> Cancel(Caller caller, Guid id)
    {
        caller.Require(Scope.RunsManage);
        QueuedRun? ended = null;
        var view = await changes.Make(
            caller,
            async session =>
            {
                var row = await Owned(session, caller, id);
                if (await QueueStore.Hold(session, id) is not { } live)
                {
                    throw Problem.Conflict(
                        $"The run is {Word<RunState>.Of(row.State)} already; there is nothing to cancel."
                    );
                }

                if (live.State == QueueState.Leased)
                {
                    await QueueStore.RequestCancel(session, id);
                }
                else
                {
                    ended = live;
                    var error = new Failure("canceled", "The run was canceled.");
                    await recorder.End(session, live, RunState.Canceled, error);
                }

                await Tell(session, caller, row, "run.cancel_requested");
                return await RunViews.Of(session, caller, id);
            }
        );
        if (ended is not null)
        {
            recorder.Announce(ended, RunState.Canceled);
        }

        signals.Cancel.Set();
        signals.Queue.Set();
        return view;
    }

    /// <summary>Takes a finished run up again at the step that did not succeed; finished steps stay finished.</summary>
    public async Task<RunView> Retry(Caller caller, Guid id)
    {
        caller.Require(Scope.RunsManage);
        var view = await changes.Make(
            caller,
            async session =>
            {
                var row = await Owned(session, caller, id);
                RequireEnded(row);
                await Reopen(session, caller, row, await LiveTask(session, row.TaskId));
                return await RunViews.Of(session, caller, id);
            }
        );
        signals.Queue.Set();
        return view;
    }

    /// <summary>Runs it again from the beginning, as a new run of the task's current version.</summary>
    public async Task<RunView> Rerun(Caller caller, Guid id, Rerun? request)
    {
        caller.Require(Scope.RunsManage);
        var view = await changes.Make(
            caller,
            async session =>
            {
                var row = await Owned(session, caller, id);
                var task = await LiveTask(session, row.TaskId);
                var wish = new OccurrenceRequest(row.ScheduledFor, OccurrenceKeys.Rerun(ids.Next()), Trigger.Retry)
                {
                    Depth = caller.Depth,
                    Input = RunTrace.Input(
                        caller.Trace,
                        RunParams.Merge(caller, await QueueStore.Input(session, id), request?.Params)
                    ),
                };
                if (await intake.Admit(session, task, wish) is not Admission.Queued queued)
                {
                    throw Problem.Conflict("The run is not repeated: the task's ledger says why.");
                }

                await Tell(session, caller, row, "run.rerun_requested");
                return await RunViews.Of(session, caller, queued.Run.Id);
            }
        );
        signals.Queue.Set();
        return view;
    }

    /// <summary>Retries many runs that did not succeed, oldest first.</summary>
    public async Task<RedriveResult> Redrive(Caller caller, Redrive request)
    {
        caller.Require(Scope.RunsManage);
        var limit = request.Limit ?? DefaultRedrive;
        if (limit is < 1 or > MaxRedrive)
        {
            throw Problem.Invalid("/limit", $"limit must be 1 to {MaxRedrive}; it is {limit}.");
        }

        var states = request.State switch
        {
            null => (RunState.Failed, RunState.Quarantined),
            "failed" => (RunState.Failed, RunState.Failed),
            "quarantined" => (RunState.Quarantined, RunState.Quarantined),
            _ => throw Problem.Invalid(
                "/state",
                $"state '{request.State}' cannot be redriven; use failed or quarantined."
            ),
        };
        var result = await changes.Make(
            caller,
            async session =>
            {
                var reopened = new List<Guid>();
                foreach (var row in await RunStore.ToRedrive(session, caller, states, request.TaskId, limit))
                {
                    // What its task no longer lets run, since it was deleted or its owner stopped, is left as it is.
                    if (await HoldTask(session, row.TaskId) is { IsOwnerStopped: false } task)
                    {
                        await Reopen(session, caller, row, task);
                        reopened.Add(row.Id);
                    }
                }

                return new RedriveResult(reopened.Count, reopened);
            }
        );
        signals.Queue.Set();
        return result;
    }

    private static void RequireEnded(RunRow row)
    {
        if (row.FinishedAt is null || row.State == RunState.Succeeded)
        {
            throw Problem.Conflict(
                $"The run is {Word<RunState>.Of(row.State)}; only one that ended without success can be retried."
            );
        }
    }

    private async ValueTask Reopen(Session session, Caller caller, RunRow row, TaskDefinition task)
    {
        await RunStore.Reopen(session, row);
        await OccurrenceStore.ClearReason(session, row.TaskId, row.ScheduledFor, row.OccurrenceKey);
        var wish = new OccurrenceRequest(row.ScheduledFor, row.OccurrenceKey, row.Trigger) { Depth = caller.Depth };
        var run = RunIntake.QueuedRunOf(session, task, wish) with
        {
            Id = row.Id,
            TaskVersion = row.TaskVersion,
            ExpiresAt = null,
            Epoch = row.Epoch,
            Attempt = row.Attempt + 1,
            CreatedAt = row.CreatedAt,
        };
        await SlotStore.Lock(session, run.Slot);
        await QueueStore.Insert(session, run);
        await StepStore.Reopen(session, row.Id);
        await Tell(session, caller, row, "run.retry_requested");
    }

    private static async ValueTask<TaskDefinition> LiveTask(Session session, Guid taskId)
    {
        var task =
            await HoldTask(session, taskId)
            ?? throw Problem.Conflict("The run's task was deleted, so the run cannot be repeated.");
        return task.IsOwnerStopped ? throw TaskControl.Obstacle(task)! : task;
    }

    /// <summary>Held, for a task that goes at this moment would leave the run behind, with nobody to end it.</summary>
    private static async ValueTask<TaskDefinition?> HoldTask(Session session, Guid taskId)
    {
        await TaskStore.Hold(session, taskId);
        return await TaskStore.Find(session, taskId);
    }

    private static async ValueTask<TaskDefinition> RequireTask(Session session, Caller caller, Guid taskId) =>
        await TaskStore.FindOwned(session, caller, taskId) ?? throw Problem.NotFound("task", taskId.ToString());

    private static async ValueTask<RunRow> Owned(Session session, Caller caller, Guid id) =>
        await RunStore.FindOwned(session, caller, id) ?? throw Problem.NotFound("run", id.ToString());

    private async ValueTask Tell(Session session, Caller caller, RunRow row, string action) =>
        await audit.Append(session, caller, new AuditEntry(action, "run", row.Id.ToString(), row.OwnerId));
}
