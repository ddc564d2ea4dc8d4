namespace Ordinaut.Runs;

/// <summary>The states of a run (<c>docs/run-states.md</c>); the last five are final.</summary>
internal enum RunState
{
    Queued,
    Running,
    Waiting,
    Succeeded,
    Failed,
    Canceled,
    Quarantined,
    Uncertain,
}

internal static class RunStates
{
    public static bool IsFinal(this RunState state) => state >= RunState.Succeeded;
}

/// <summary>What made a run.</summary>
internal enum Trigger
{
    Schedule,
    Event,
    Manual,
    Condition,
    Retry,
    Backfill,
}

/// <summary>Where a live run stands in the queue; the numbers are what the table holds.</summary>
internal enum QueueState
{
    /// <summary>May be claimed now.</summary>
    Ready = 0,

    /// <summary>Waits until its slot (overlap, concurrency key) is free.</summary>
    Held = 1,

    /// <summary>A worker has it.</summary>
    Leased = 2,

    /// <summary>Waits for its due instant: a backoff, or jitter.</summary>
    Delayed = 3,
}

/// <summary>A live run: one row of the queue.</summary>
internal sealed record QueuedRun
{
    public required Guid Id { get; init; }
    public required Guid TaskId { get; init; }
    public required Guid OwnerId { get; init; }
    public required int TaskVersion { get; init; }
    public required Trigger Trigger { get; init; }

    /// <summary>Which occurrence this is the run of, together with <see cref="ScheduledFor"/>.</summary>
    public required string OccurrenceKey { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }
    public QueueState State { get; init; }
    public required int Priority { get; init; }
    public required DateTimeOffset Due { get; init; }

    /// <summary>Not started by then, it is skipped as stale.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Runs with the same slot share a limit: the task's own id, or a digest of its concurrency key.</summary>
    public required Guid Slot { get; init; }

    public required int SlotLimit { get; init; }

    /// <summary>The fencing token: grows with each lease, and every write of a worker must carry it.</summary>
    public long Epoch { get; init; }

    public int Attempt { get; init; } = 1;

    /// <summary>Leases that ended without a report, in a row.</summary>
    public int SilentDeaths { get; init; }

    public int Depth { get; init; }
    public bool CancelRequested { get; init; }
    public string? LeaseOwner { get; init; }
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>How long it waited for its claim since it could have been claimed.</summary>
    public TimeSpan Lag => (ClaimedAt ?? Due) - (Due > CreatedAt ? Due : CreatedAt);

    /// <summary>When it was first claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the lease it is under now was claimed: the attempt's start.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>When it went on after its last wait; its time limit counts from there.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the run is given beyond its task, as JSON text; read when it is claimed.</summary>
    public string? Input { get; init; }
}

/// <summary>A run as lists and views show it, live or finished.</summary>
internal sealed record RunRow
{
    public required Guid Id { get; init; }
    public required Guid TaskId { get; init; }
    public required Guid OwnerId { get; init; }
    public required int TaskVersion { get; init; }
    public required RunState State { get; init; }
    public required DateTimeOffset ScheduledFor { get; init; }
    public required string OccurrenceKey { get; init; }
    public required Trigger Trigger { get; init; }
    public required int Attempt { get; init; }
    public required string? LeaseOwner { get; init; }
    public required DateTimeOffset? LeasedUntil { get; init; }
    public required DateTimeOffset? NotBefore { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its present or last attempt began; null while it waits for one.</summary>
    public required DateTimeOffset? ClaimedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }
    public required Failure? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// Kept when a finished run is taken up again, so that a worker of its earlier life stays fenced.
    /// </summary>
    public required long Epoch { get; init; }
}

/// <summary>Why a run or a step did not succeed.</summary>
internal sealed record Failure(string Code, string Message, string? Step = null);
