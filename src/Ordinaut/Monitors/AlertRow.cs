using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>What is wrong, or was.</summary>
internal sealed record AlertRow
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required AlertSource Source { get; init; }
    public required Guid SourceId { get; init; }
    public required Severity Severity { get; init; }
    public required string Title { get; init; }
    public required string Detail { get; init; }
    public AlertState State { get; init; }
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset SeenAt { get; init; }
    public Guid? AcknowledgedBy { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What the events say of it.</summary>
    public JsonObject Told() =>
        new()
        {
            ["alert_id"] = Id.ToString(),
            ["source"] = Word<AlertSource>.Of(Source),
            ["source_id"] = SourceId.ToString(),
            ["severity"] = Word<Severity>.Of(Severity),
            ["title"] = Title,
            ["detail"] = Detail,
            ["state"] = Word<AlertState>.Of(State),
            ["since"] = Instants.Format(Since),
        };

    public AlertView View(IReadOnlyList<AlertDeliveryView> deliveries) =>
        new()
        {
            Id = Id,
            OwnerId = OwnerId,
            Source = Word<AlertSource>.Of(Source),
            SourceId = SourceId,
            Severity = Word<Severity>.Of(Severity),
            Title = Title,
            Detail = Detail,
            State = Word<AlertState>.Of(State),
            Since = Since,
            SeenAt = SeenAt,
            AcknowledgedBy = AcknowledgedBy,
            AcknowledgedAt = AcknowledgedAt,
            ResolvedAt = ResolvedAt,
            Deliveries = deliveries,
        };

    public static AlertRow Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            OwnerId = row.Id(1),
            Source = Word<AlertSource>.Parse(row.Text(2)),
            SourceId = row.Id(3),
            Severity = Word<Severity>.Parse(row.Text(4)),
            Title = row.Text(5),
            Detail = row.Text(6),
            State = Word<AlertState>.Parse(row.Text(7)),
            Since = row.Instant(8),
            SeenAt = row.Instant(9),
            AcknowledgedBy = row.IdOrNull(10),
            AcknowledgedAt = row.InstantOrNull(11),
            ResolvedAt = row.InstantOrNull(12),
        };
}

/// <summary>What an alert is about.</summary>
internal enum AlertSource
{
    /// <summary>There was no word of what a monitor waits for.</summary>
    Monitor,

    /// <summary>A webhook takes nothing any more.</summary>
    Webhook,

    /// <summary>Nothing: somebody wants to see whether alerts arrive.</summary>
    Test,
}

internal enum AlertState
{
    Firing,

    /// <summary>Somebody knows, and it is still so.</summary>
    Acknowledged,
    Resolved,
}
