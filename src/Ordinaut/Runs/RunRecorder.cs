using System.Text.Json.Nodes;
using Ordinaut.Events;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// Writes what became of an attempt: steps, history or the next attempt, ledger, event and the slot's next run, in
/// one transaction behind the fence of the run's epoch.
/// </summary>
internal sealed class RunRecorder
{
    private readonly Func<DateTimeOffset> _now;
    private readonly EventLog _events;
    private readonly LiveFeed _feed;
    private readonly Signals _signals;
    private readonly Ids _ids;
    private readonly WriteBatch<EndedAttempt, RunState> _ended;

    public RunRecorder(Db db, EventLog events, LiveFeed feed, Signals signals, Ids ids)
    {
        _now = db.Now;
        _events = events;
        _feed = feed;
        _signals = signals;
        _ids = ids;
        _ended = new(db, WriteAll, pieces: 1);
    }

    /// <summary>Returns when the end of the attempt is durable.</summary>
    /// <exception cref="LeaseLostException">Another worker has the run: nothing was written.</exception>
    public async Task Record(RunSlot slot, RunPlan? plan, AttemptResult result)
    {
        var run = slot.Run;
        var state = await _ended.Add(new EndedAttempt(run, plan, result, Tracing.Current));
        if (state == RunState.Queued)
        {
            _signals.Queue.Set();
        }
        else
        {
            // Whoever it let in is for this worker, which has a place free now.
            _signals.Queue.Ring();
        }

        Count(run, state);
        _feed.TellRun(run, state, result.Steps);
    }

    /// <summary>
    /// Ends a run that no worker holds: canceled in the queue, quarantined, or stopped by an operator.
    /// </summary>
    public async ValueTask End(Session session, QueuedRun run, RunState state, Failure error)
    {
        await RunStore.Finish(session, run, state, error);
        await Tell(session, run, state, error);
    }

    /// <summary>Tells listeners of a change that is durable.</summary>
    public void Announce(QueuedRun run, RunState state)
    {
        Count(run, state);
        _feed.TellRun(run, state, []);
    }

    /// <summary>Tells listeners of steps that are durable while their run goes on.</summary>
    public void Announce(QueuedRun run, IReadOnlyList<StepRecord> steps) => _feed.TellSteps(run, steps);

    /// <summary>Tells listeners how far the call of a step is.</summary>
    public void Announce(QueuedRun run, StepRecord step, ToolProgress progress) =>
        _feed.TellProgress(run, step, progress);

    private void Count(QueuedRun run, RunState state)
    {
        if (state is not (RunState.Queued or RunState.Running or RunState.Waiting))
        {
            Meters.RunEnded(Word<RunState>.Of(state), Word<Trigger>.Of(run.Trigger), _now() - run.StartedAt);
        }
    }

    private async ValueTask<IReadOnlyList<RunState>> WriteAll(Session session, IReadOnlyList<EndedAttempt> attempts)
    {
        await SlotStore.LockAll(session, [.. attempts.Select(attempt => attempt.Run.Slot)]);
        await StepStore.Save(
            session,
            [.. attempts.SelectMany(attempt => attempt.Result.Steps.Select(step => (attempt.Run, step)))]
        );
        await Succeed(session, [.. attempts.Where(HasSucceeded)]);
        var states = new RunState[attempts.Count];
        for (var i = 0; i < attempts.Count; i++)
        {
            states[i] = HasSucceeded(attempts[i]) ? RunState.Succeeded : await Write(session, attempts[i]);
        }

        return states;
    }

    private static bool HasSucceeded(EndedAttempt attempt) => attempt.Result.Outcome is RunOutcome.Succeeded;

    /// <summary>What nearly all runs do, with as few statements for many as for one.</summary>
    private async ValueTask Succeed(Session session, IReadOnlyList<EndedAttempt> attempts)
    {
        var runs = attempts.Select(attempt => attempt.Run).ToList();
        await RunStore.Finish(session, runs, RunState.Succeeded);
        await _events.Append(session, [.. attempts.Select(one => News(one.Run, RunState.Succeeded, null, one.Trace))]);
        await SubRuns.Tell(session, runs, RunState.Succeeded, null);
    }

    private async ValueTask<RunState> Write(Session session, EndedAttempt attempt)
    {
        var (run, plan, result, trace) = attempt;
        switch (result.Outcome)
        {
            case RunOutcome.Failed failed:
                return await Fail(session, attempt, failed);
            case RunOutcome.Canceled canceled:
                return await Finish(session, run, RunState.Canceled, canceled.Error, trace);
            case RunOutcome.Uncertain uncertain:
                return await Finish(session, run, RunState.Uncertain, uncertain.Error, trace);
            case RunOutcome.Waiting waiting:
                return await Park(session, run, waiting);
            case RunOutcome.Stale:
                return await Expire(session, run);
            default:
                return await GiveBack(session, run with { Due = session.Now });
        }
    }

    /// <summary>
    /// Back to the queue, unless a cancel was wanted meanwhile: nobody holds the run any more who could obey it.
    /// </summary>
    private async ValueTask<RunState> GiveBack(Session session, QueuedRun run)
    {
        var held = await LeaseStore.Fence(session, run);
        if (held.CancelRequested)
        {
            return await Finish(session, held, RunState.Canceled, new Failure("canceled", "The run was canceled."));
        }

        await LeaseStore.Return(session, run);
        return RunState.Queued;
    }

    /// <summary>Puts the run aside until its wait ends, unless a cancel was wanted meanwhile.</summary>
    private async ValueTask<RunState> Park(Session session, QueuedRun run, RunOutcome.Waiting waiting)
    {
        var held = await LeaseStore.Fence(session, run);
        if (held.CancelRequested)
        {
            return await Finish(session, held, RunState.Canceled, new Failure("canceled", "The run was canceled."));
        }

        await WaitStore.Park(session, run with { Due = waiting.Until });
        return RunState.Waiting;
    }

    private async ValueTask<RunState> Fail(Session session, EndedAttempt attempt, RunOutcome.Failed failed)
    {
        var (run, plan, _, trace) = attempt;
        var wait = plan is null ? null : RetryPolicy.Next(failed, plan.Settings, _ids.Random);
        if (wait is null)
        {
            return await Finish(session, run, RunState.Failed, failed.Error, trace);
        }

        var due = session.Now + wait.Value;
        var state = await GiveBack(session, run with { Due = due, Attempt = run.Attempt + 1, SilentDeaths = 0 });
        if (state == RunState.Queued)
        {
            await StepStore.SaveAttempt(session, run, failed.Error, due);
        }

        return state;
    }

    private async ValueTask<RunState> Expire(Session session, QueuedRun run)
    {
        var detail = $"It could not start before {Instants.Format(run.ExpiresAt!.Value)}.";
        var line = new Occurrence
        {
            ScheduledFor = run.ScheduledFor,
            Key = run.OccurrenceKey,
            Reason = SkipReason.Stale,
            Detail = detail,
        };
        await OccurrenceStore.SetReason(session, run.TaskId, line);
        return await Finish(session, run, RunState.Canceled, new Failure(SkipReason.Stale, detail));
    }

    private async ValueTask<RunState> Finish(
        Session session,
        QueuedRun run,
        RunState state,
        Failure error,
        string? trace = null
    )
    {
        await RunStore.Finish(session, run, state, error);
        await Tell(session, run, state, error, trace);
        return state;
    }

    private async ValueTask Tell(Session session, QueuedRun run, RunState state, Failure error, string? trace = null)
    {
        await _events.Append(session, News(run, state, error, trace));
        await SubRuns.Tell(session, [run], state, error);
    }

    /// <summary>The event that tells how a run ended.</summary>
    internal static NewEvent News(QueuedRun run, RunState state, Failure? error, string? trace = null)
    {
        var payload = new JsonObject
        {
            ["run_id"] = run.Id.ToString(),
            ["task_id"] = run.TaskId.ToString(),
            ["state"] = Word<RunState>.Of(state),
            ["trigger"] = Word<Trigger>.Of(run.Trigger),
            ["scheduled_for"] = Instants.Format(run.ScheduledFor),
            ["attempt"] = run.Attempt,
        };
        if (error is not null)
        {
            payload["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        }

        return new NewEvent(run.OwnerId, Topic(state), payload.ToJsonString(), run.Depth + 1) { Trace = trace };
    }

    private static string Topic(RunState state) => $"run.{Word<RunState>.Of(state)}";

    /// <param name="Trace">The attempt's span, which runs that its end sets off are linked to.</param>
    private sealed record EndedAttempt(QueuedRun Run, RunPlan? Plan, AttemptResult Result, string? Trace);
}
