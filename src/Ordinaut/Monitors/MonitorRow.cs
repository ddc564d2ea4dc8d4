using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>What should be heard of again and again.</summary>
internal sealed record MonitorRow
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required string Name { get; init; }

    /// <summary>The task that should succeed; null when something outside calls.</summary>
    public required Guid? TaskId { get; init; }

    /// <summary>How long may pass from one word to the next; null: the task's schedule says when.</summary>
    public required TimeSpan? Every { get; init; }

    public required TimeSpan Grace { get; init; }
    public required Severity Severity { get; init; }
    public bool IsPaused { get; init; }

    /// <summary>
    /// What the wait counts from: the last word, or when the monitor was made. Of a task with a schedule it is the
    /// occurrence that succeeded last.
    /// </summary>
    public required DateTimeOffset Since { get; init; }

    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>When to look; null: nothing is to come.</summary>
    public DateTimeOffset? Due { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its open alert.</summary>
    public Guid? AlertId { get; init; }

    public MonitorInput Input() =>
        new(Name, TaskId, (long?)Every?.TotalSeconds, (long)Grace.TotalSeconds, Word<Severity>.Of(Severity), IsPaused);

    public MonitorView View() =>
        new()
        {
            Id = Id,
            OwnerId = OwnerId,
            Name = Name,
            TaskId = TaskId,
            EverySeconds = (long?)Every?.TotalSeconds,
            GraceSeconds = (long)Grace.TotalSeconds,
            Severity = Word<Severity>.Of(Severity),
            Paused = IsPaused,
            State =
                AlertId is not null ? "missed"
                : Due is null ? "idle"
                : "ok",
            HeardAt = HeardAt,
            DueAt = AlertId is null ? Due : null,
            AlertId = AlertId,
            CreatedAt = CreatedAt,
        };

    public static MonitorRow Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            OwnerId = row.Id(1),
            Name = row.Text(2),
            TaskId = row.IdOrNull(3),
            Every = row.LongOrNull(4) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Grace = TimeSpan.FromSeconds(row.Long(5)),
            Severity = Word<Severity>.Parse(row.Text(6)),
            Since = row.Instant(7),
            HeardAt = row.InstantOrNull(8),
            Due = row.InstantOrNull(9),
            CreatedAt = row.Instant(10),
            IsPaused = row.Bool(11),
            AlertId = row.IdOrNull(12),
        };
}

/// <summary>How much an alert matters.</summary>
internal enum Severity
{
    Info,
    Warning,
    Critical,
}
