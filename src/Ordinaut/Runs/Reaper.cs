using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>
/// Loop: leases that ended without a report go back to the queue, and a run that took three workers down with it
/// is quarantined; what is left of runs of agents that were stopped is ended. A condition's check is no run: it
/// leaves a line in the ledger, and the next tick checks again.
/// </summary>
internal sealed partial class Reaper(
    Db db,
    RunRecorder recorder,
    Signals signals,
    WorkerSettings worker,
    TimeProvider clock,
    ILogger<Reaper> log
) : BackgroundService
{
    /// <summary>Leases in a row that may end in silence before a run is quarantined.</summary>
    public const int MaxSilentDeaths = 3;

    public const int BatchSize = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Takes back a batch of expired leases, and ends one of stopped agents' runs; returns how many.</summary>
    public async Task<int> DoBatch()
    {
        var ended = 0;
        var reaped = await Reap(async session =>
        {
            ended = await RunStops.EndOfStoppedAgents(session, recorder, BatchSize);
            return await LeaseStore.Expired(session, BatchSize);
        });
        if (ended > 0)
        {
            signals.Cancel.Set();
        }

        return Math.Max(ended, reaped);
    }

    /// <summary>
    /// At start, on a database that belongs to this process alone: every lease of an earlier process is dead, so
    /// its runs need not wait for the lease to run out.
    /// </summary>
    public async Task TakeOver()
    {
        while (await Reap(session => LeaseStore.LeasedByOthers(session, worker.Name, BatchSize)) == BatchSize) { }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "reaper"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        while (await DoBatch() == BatchSize) { }

        await Task.Delay(Interval, clock, ct);
    }

    private async Task<int> Reap(Func<Session, ValueTask<List<QueuedRun>>> select)
    {
        var reaped = await db.Write(async session =>
        {
            // Selected and taken back in one transaction: the guard is the state now, never a snapshot.
            var dead = await select(session);
            var ends = new List<(QueuedRun Run, RunState State)>(dead.Count);
            foreach (var run in dead)
            {
                ends.Add((run, await TakeBack(session, run)));
            }

            return ends;
        });
        foreach (var (run, state) in reaped.Where(end => end.Run.OccurrenceKey != OccurrenceKeys.Check))
        {
            recorder.Announce(run, state);
        }

        if (reaped.Count > 0)
        {
            Meters.LeasesExpired(reaped.Count);
            signals.Queue.Set();
        }

        return reaped.Count;
    }

    private async ValueTask<RunState> TakeBack(Session session, QueuedRun run)
    {
        Log.LeaseExpired(log, run.Id, run.Epoch, run.LeaseOwner);
        if (run.OccurrenceKey == OccurrenceKeys.Check)
        {
            return await TakeBackCheck(session, run);
        }

        var error = new Failure("worker_lost", $"Worker {run.LeaseOwner} was lost while it ran this.");
        await StepStore.SaveAttempt(session, run, error, session.Now);
        var deaths = run.SilentDeaths + 1;
        if (run.CancelRequested)
        {
            await recorder.End(session, run, RunState.Canceled, new Failure("canceled", "The run was canceled."));
            return RunState.Canceled;
        }

        if (deaths >= MaxSilentDeaths)
        {
            // A redrive of the quarantined would repeat an unsafe step that may have taken effect.
            if (await StepStore.InDoubt(session, run.Id) is { } doubt)
            {
                await recorder.End(session, run, RunState.Uncertain, doubt);
                return RunState.Uncertain;
            }

            var why = $"{deaths} workers in a row were lost while they ran this; it waits for a person to retry it.";
            await recorder.End(session, run, RunState.Quarantined, new Failure("quarantined", why));
            return RunState.Quarantined;
        }

        return await Return(session, run, deaths);
    }

    private static async ValueTask<RunState> TakeBackCheck(Session session, QueuedRun check)
    {
        var deaths = check.SilentDeaths + 1;
        if (check.CancelRequested)
        {
            await ConditionCheck.Drop(session, check, SkipReason.Superseded, "The check was canceled.");
        }
        else if (deaths >= MaxSilentDeaths)
        {
            var why = $"{deaths} workers in a row were lost while they made this check.";
            await ConditionCheck.Drop(session, check, SkipReason.Condition, why);
        }
        else
        {
            return await Return(session, check, deaths);
        }

        return RunState.Canceled;
    }

    private static async ValueTask<RunState> Return(Session session, QueuedRun run, int deaths)
    {
        var again = run with { Due = session.Now, Attempt = run.Attempt + 1, SilentDeaths = deaths };
        await LeaseStore.Return(session, again);
        return RunState.Queued;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "run.lease_expired: run {RunId} epoch {Epoch} of {Worker}")]
        public static partial void LeaseExpired(ILogger log, Guid runId, long epoch, string? worker);
    }
}
