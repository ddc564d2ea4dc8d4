using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>The SQL of alerts, and of what became of their news.</summary>
internal static class AlertStore
{
    private const string Columns = """
        id, owner_id, source, source_id, severity, title, detail, state, since, seen_at, acknowledged_by,
        acknowledged_at, resolved_at
        """;

    // Of a source one at most is open; whoever comes second finds it.
    private const string InsertRow = """
        insert into alert (id, owner_id, source, source_id, severity, title, detail, state, since, seen_at)
        values (@id, @owner_id, @source, @source_id, @severity, @title, @detail, 'firing', @now, @now)
        on conflict (source, source_id) where state <> 'resolved' do nothing
        """;

    private const string UpdateSeen = """
        update alert set seen_at = @now, detail = @detail
        where source = @source and source_id = @source_id and state <> 'resolved'
        """;

    private const string UpdateResolved = $"""
        update alert set state = 'resolved', detail = @detail, resolved_at = @now
        where source = @source and source_id = @source_id and state <> 'resolved'
        returning {Columns}
        """;

    private const string UpdateAcknowledged = """
        update alert set state = 'acknowledged', acknowledged_by = @acknowledged_by, acknowledged_at = @now
        where id = @id and state = 'firing'
        """;

    private const string SelectOwned = $"select {Columns} from alert where id = @id and (owner_id = @owner_id or @all)";

    private const string PageOfOwner = $"""
        select {Columns} from alert
        where owner_id = @owner_id and id < @before
          and (@state is null or state = @state or @state = 'open' and state <> 'resolved')
        order by id desc limit @limit
        """;

    private const string PageOfAll = $"""
        select {Columns} from alert
        where id < @before and (@state is null or state = @state or @state = 'open' and state <> 'resolved')
        order by id desc limit @limit
        """;

    private const string CountFiring = """
        select severity, count(*) from alert where state <> 'resolved' and state = 'firing' group by severity
        """;

    private const string InsertDeliveries = """
        insert into alert_delivery (event_id, webhook_id, owner_id, alert_id, topic, state, attempt, at)
        select d.event_id, d.webhook_id, d.owner_id, @alert_id, @topic, 'waiting', 0, @now
        from delivery d where d.event_id = @event_id
        """;

    private const string SelectDeliveries = """
        select webhook_id, event_id, topic, state, attempt, error, at from alert_delivery
        where alert_id = @alert_id order by event_id, webhook_id
        """;

    /// <summary>False when one of its source is open already; it is seen again then.</summary>
    public static async ValueTask<bool> Insert(Session session, AlertRow alert)
    {
        var isNew =
            await session.Execute(
                InsertRow,
                ("id", alert.Id),
                ("owner_id", alert.OwnerId),
                ("source", Word<AlertSource>.Of(alert.Source)),
                ("source_id", alert.SourceId),
                ("severity", Word<Severity>.Of(alert.Severity)),
                ("title", alert.Title),
                ("detail", alert.Detail)
            ) == 1;
        if (!isNew)
        {
            await session.Execute(
                UpdateSeen,
                ("detail", alert.Detail),
                ("source", Word<AlertSource>.Of(alert.Source)),
                ("source_id", alert.SourceId)
            );
        }

        return isNew;
    }

    /// <summary>The alert that was open; null when there was none.</summary>
    public static ValueTask<AlertRow?> Resolve(Session session, AlertSource source, Guid sourceId, string detail) =>
        session.First(
            UpdateResolved,
            AlertRow.Read,
            ("detail", detail),
            ("source", Word<AlertSource>.Of(source)),
            ("source_id", sourceId)
        );

    /// <summary>False when it does not fire.</summary>
    public static async ValueTask<bool> Acknowledge(Session session, Caller caller, Guid id) =>
        await session.Execute(UpdateAcknowledged, ("acknowledged_by", caller.AgentId), ("id", id)) == 1;

    public static ValueTask<AlertRow?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First(SelectOwned, AlertRow.Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    /// <summary>Newest first, one more than the limit when there are more.</summary>
    public static ValueTask<List<AlertRow>> Page(Session session, Caller caller, string? state, Guid? after, int limit)
    {
        var before = after ?? Guid.AllBitsSet;
        return caller.OwnerIn(null) is { } owner
            ? session.Query(
                PageOfOwner,
                AlertRow.Read,
                ("owner_id", owner),
                ("before", before),
                ("state", state),
                ("limit", limit + 1)
            )
            : session.Query(PageOfAll, AlertRow.Read, ("before", before), ("state", state), ("limit", limit + 1));
    }

    public static async ValueTask<IEnumerable<(string Severity, long Count)>> Firing(Session session) =>
        await session.Query(CountFiring, row => (row.Text(0), row.Long(1)));

    /// <summary>Notes to whom an event that tells of the alert is to be sent; in the event's transaction.</summary>
    public static ValueTask Follow(Session session, Guid alertId, Guid eventId, string topic) =>
        session.Later(InsertDeliveries, ("alert_id", alertId), ("topic", topic), ("event_id", eventId));

    public static ValueTask<List<AlertDeliveryView>> Deliveries(Session session, Guid alertId) =>
        session.Query(
            SelectDeliveries,
            row => new AlertDeliveryView(
                row.Id(0),
                row.Id(1),
                row.Text(2),
                row.Text(3),
                row.Int(4),
                row.TextOrNull(5),
                row.Instant(6)
            ),
            ("alert_id", alertId)
        );
}
