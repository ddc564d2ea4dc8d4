using Ordinaut.Store;

namespace Ordinaut.Imports;

/// <summary>What there is to bring over from a database of the original system.</summary>
internal sealed record OriginalRows(IReadOnlyList<OriginalAgent> Agents, IReadOnlyList<OriginalTask> Tasks)
{
    // Begins with what it is, so that nobody takes it for a statement on our own tables.
    private const string SelectAgents = """
        /* the original's */ select id, name, array_to_json(scopes)::text, webhook_url
        from agent order by created_at, id
        """;

    private const string SelectTasks = """
        /* the original's */ select id, title, description, created_by, schedule_kind::text, schedule_expr, timezone,
          payload::text, status, priority::bigint, dedupe_key, dedupe_window_seconds::bigint, max_retries::bigint,
          backoff_strategy, concurrency_key, created_at
        from task order by created_at, id
        """;

    /// <summary>All at one instant, also while the original works on.</summary>
    /// <exception cref="Problem">There is no such database, or it is none of the original's.</exception>
    public static Task<OriginalRows> Read(PostgresSettings place) =>
        ForeignDatabase.Read(
            place,
            "the original system",
            async session => new OriginalRows(
                await session.Query(SelectAgents, OriginalAgent.Read),
                await session.Query(SelectTasks, OriginalTask.Read)
            )
        );
}

/// <summary>An agent of the original. It kept no secrets of them.</summary>
internal sealed record OriginalAgent(Guid Id, string Name, IReadOnlyList<string> Scopes, string? WebhookUrl)
{
    public static OriginalAgent Read(Row row) =>
        new(row.Id(0), row.Text(1), Json.Read<IReadOnlyList<string>>(row.Text(2)), row.TextOrNull(3));
}

/// <summary>A task of the original, as its table has it.</summary>
internal sealed record OriginalTask
{
    public const string Active = "active";
    public const string Canceled = "canceled";

    public required Guid Id { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }
    public required Guid CreatedBy { get; init; }
    public required string ScheduleKind { get; init; }
    public string? ScheduleExpr { get; init; }
    public required string Timezone { get; init; }

    /// <summary>JSON text, of whatever shape.</summary>
    public required string Payload { get; init; }

    public required string Status { get; init; }
    public required long Priority { get; init; }
    public string? DedupeKey { get; init; }
    public required long DedupeWindowSeconds { get; init; }
    public required long MaxRetries { get; init; }
    public required string BackoffStrategy { get; init; }
    public string? ConcurrencyKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public static OriginalTask Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            Title = row.Text(1),
            Description = row.Text(2),
            CreatedBy = row.Id(3),
            ScheduleKind = row.Text(4),
            ScheduleExpr = row.TextOrNull(5),
            Timezone = row.Text(6),
            Payload = row.Text(7),
            Status = row.Text(8),
            Priority = row.Long(9),
            DedupeKey = row.TextOrNull(10),
            DedupeWindowSeconds = row.Long(11),
            MaxRetries = row.Long(12),
            BackoffStrategy = row.Text(13),
            ConcurrencyKey = row.TextOrNull(14),
            CreatedAt = row.Instant(15),
        };
}
