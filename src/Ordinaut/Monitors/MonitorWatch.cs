using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>
/// Loop: looks at monitors that are due, and opens or closes their alerts. It looks at what is persisted, never at
/// "now": what fell due while nobody looked is found again, and any number of nodes may look, for whoever looks at a
/// monitor holds its row.
/// </summary>
internal sealed partial class MonitorWatch(
    Db db,
    MonitorVerdicts verdicts,
    Alerts alerts,
    Signals signals,
    TimeProvider clock,
    ILogger<MonitorWatch> log
) : BackgroundService
{
    /// <summary>How many monitors one transaction looks at.</summary>
    public const int BatchSize = 100;

    /// <summary>How long after its last moment a word is missed at the latest.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks at one batch; returns how many it took.</summary>
    public async Task<int> DoBatch()
    {
        var (taken, fired, resolved) = await db.Write(Look);
        Meters.AlertsChanged("fired", fired);
        Meters.AlertsChanged("resolved", resolved);
        if (fired + resolved > 0)
        {
            // An alert's event may have set off a task.
            signals.Queue.Set();
        }

        return taken;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "monitors"), Interval, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        while (await DoBatch() == BatchSize)
        {
            ct.ThrowIfCancellationRequested();
        }

        await Task.Delay(Interval, clock, ct);
    }

    private async ValueTask<(int Taken, int Fired, int Resolved)> Look(Session session)
    {
        var due = await MonitorStore.Due(session, BatchSize);
        var (fired, resolved) = (0, 0);
        foreach (var monitor in due)
        {
            var verdict = await Judge(session, monitor);
            // Checkpoint: what was seen, when to look again and the alert are one.
            await (
                verdict.Next is { } next ? MonitorStore.Wait(session, next) : MonitorStore.Remove(session, monitor.Id)
            );
            if (verdict.IsMissed)
            {
                var source = (AlertSource.Monitor, monitor.Id);
                var words = (monitor.Name, verdict.Words);
                fired += await alerts.Fire(session, source, (monitor.OwnerId, monitor.Severity), words) is null ? 0 : 1;
            }
            else if (monitor.AlertId is not null)
            {
                resolved += await alerts.Resolve(session, AlertSource.Monitor, monitor.Id, verdict.Words) is null
                    ? 0
                    : 1;
            }
        }

        return (due.Count, fired, resolved);
    }

    /// <summary>
    /// Whose watch meets a defect of ours counts as missed, which its owner hears of: it must not stop the others.
    /// </summary>
    private async ValueTask<Verdict> Judge(Session session, MonitorRow monitor)
    {
        try
        {
            return await verdicts.Of(session, monitor);
        }
        catch (Exception defect) when (defect is ArgumentException or ArithmeticException or FormatException)
        {
            Log.Unjudged(log, monitor.Id, defect);
            return new Verdict(
                monitor with
                {
                    Due = session.Now + MonitorVerdicts.StandstillPause,
                },
                IsMissed: true,
                "Whether there was word cannot be told; the server's log says why."
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "monitor.unjudged: monitor {MonitorId}")]
        public static partial void Unjudged(ILogger log, Guid monitorId, Exception defect);
    }
}
