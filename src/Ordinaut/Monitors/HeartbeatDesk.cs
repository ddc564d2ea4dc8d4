using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>Takes the calls of what is outside. The address is the right: no agent is asked for.</summary>
internal sealed class HeartbeatDesk(Db db, Alerts alerts, Signals signals)
{
    public static string PathOf(string token) => $"/heartbeats/{token}";

    public async Task<HeartbeatReceipt> Hear(string token)
    {
        var (due, isResolved) = await db.Write(async session =>
        {
            var monitor =
                await MonitorStore.HoldCalled(session, RandomToken.Hash(token))
                ?? throw new Problem(ProblemKind.NotFound, "No monitor waits for calls at this address.");
            DateTimeOffset? due = monitor.IsPaused ? null : session.Now + monitor.Every!.Value + monitor.Grace;
            await MonitorStore.Wait(session, monitor with { Since = session.Now, HeardAt = session.Now, Due = due });
            var isResolved = await alerts.Resolve(session, AlertSource.Monitor, monitor.Id, "It called.") is not null;
            return (due, isResolved);
        });
        if (isResolved)
        {
            Meters.AlertsChanged("resolved", 1);
            signals.Queue.Set();
        }

        return new HeartbeatReceipt(due);
    }
}
