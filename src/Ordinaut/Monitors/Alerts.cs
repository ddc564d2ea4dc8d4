using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Events;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>
/// Opens and closes alerts: the row, its audit line, its event, and who is to be told, in one transaction. Of a source
/// one at most is open, which the database decides.
/// </summary>
internal sealed class Alerts(AuditLog audit, EventLog events, Ids ids)
{
    public const string Fired = "alert.fired";
    public const string Resolved = "alert.resolved";

    /// <summary>Opens an alert, or sees the open one of its source again; null then.</summary>
    public async ValueTask<AlertRow?> Fire(
        Session session,
        (AlertSource Kind, Guid Id) source,
        (Guid OwnerId, Severity Severity) about,
        (string Title, string Detail) words
    )
    {
        var alert = new AlertRow
        {
            Id = ids.Next(),
            OwnerId = about.OwnerId,
            Source = source.Kind,
            SourceId = source.Id,
            Severity = about.Severity,
            Title = words.Title,
            Detail = words.Detail,
            Since = session.Now,
            SeenAt = session.Now,
        };
        if (!await AlertStore.Insert(session, alert))
        {
            return null;
        }

        await Tell(session, alert, Fired);
        return alert;
    }

    /// <summary>Closes the open alert of a source, if there is one.</summary>
    public async ValueTask<AlertRow?> Resolve(Session session, AlertSource source, Guid sourceId, string why)
    {
        var alert = await AlertStore.Resolve(session, source, sourceId, why);
        if (alert is not null)
        {
            await Tell(session, alert, Resolved);
        }

        return alert;
    }

    private async ValueTask Tell(Session session, AlertRow alert, string topic)
    {
        var caller = new Caller(alert.OwnerId, Scope.None);
        await audit.Append(session, caller, new AuditEntry(topic, "alert", alert.Id.ToString(), alert.OwnerId));
        var told = await events.Append(
            session,
            new NewEvent(alert.OwnerId, topic, alert.Told().ToJsonString(), Depth: 0)
        );
        await AlertStore.Follow(session, alert.Id, told.Id, topic);
    }
}
