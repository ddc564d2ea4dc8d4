using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>The execution of one occurrence.</summary>
public sealed record RunView
{
    public required Guid Id { get; init; }
    public required Guid TaskId { get; init; }
    public required int TaskVersion { get; init; }

    /// <summary>queued, running, waiting, succeeded, failed, canceled, quarantined or uncertain.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>schedule, event, manual, condition, retry or backfill.</summary>
    public required string Trigger { get; init; }

    public required int Attempt { get; init; }
    public required string? LeaseOwner { get; init; }
    public required DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>When a queued run may start at the earliest.</summary>
    public required DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>True or false when finished, null before.</summary>
    public required bool? Success { get; init; }

    public required RunError? Error { get; init; }

    /// <summary>
    /// What the last step that succeeded gave back; null when none did. In lists null, as are steps and attempts.
    /// </summary>
    public required JsonElement? Output { get; init; }

    /// <summary>
    /// The size of an output too large to show here (over 256 KiB), which <c>GET /runs/{id}/output</c> gives; else
    /// null.
    /// </summary>
    public long? OutputBytes { get; init; }

    public required IReadOnlyList<StepView>? Steps { get; init; }
    public required IReadOnlyList<AttemptView>? Attempts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Why a run or a step did not succeed.</summary>
/// <param name="Code">A stable word to act on.</param>
/// <param name="Message">In words, for the owner.</param>
/// <param name="Step">The step that failed, if one did.</param>
public sealed record RunError(string Code, string Message, string? Step);

/// <summary>One step of a run.</summary>
public sealed record StepView
{
    public required string Id { get; init; }
    public required string Uses { get; init; }

    /// <summary>succeeded, failed, skipped, running, waiting, canceled or uncertain.</summary>
    public required string State { get; init; }

    public required int Attempt { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? FinishedAt { get; init; }
    public required JsonElement? Input { get; init; }
    public required JsonElement? Output { get; init; }

    /// <summary>
    /// The size of an output too large to show here (over 256 KiB), which <c>GET /runs/{id}/output?step=…</c> gives;
    /// else null.
    /// </summary>
    public long? OutputBytes { get; init; }

    public required RunError? Error { get; init; }
}

/// <summary>One attempt at a run: those before, and the one that is under way or ended with the run.</summary>
/// <param name="State">running, succeeded, failed, canceled, quarantined or uncertain.</param>
/// <param name="StartedAt">When a worker took it.</param>
/// <param name="EndedAt">Null while it is under way.</param>
/// <param name="Error">Null unless it went wrong.</param>
/// <param name="RetryAt">When the next one was to begin.</param>
public sealed record AttemptView(
    int Attempt,
    string State,
    string? LeaseOwner,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    RunError? Error,
    DateTimeOffset? RetryAt
);

/// <summary>Starts a finished run again from the beginning, as a new run.</summary>
/// <param name="Params">Merged over the params the run had.</param>
public sealed record Rerun(JsonElement? Params = null);

/// <summary>Retries finished runs that did not succeed.</summary>
/// <param name="State"><c>failed</c> or <c>quarantined</c>; both when absent.</param>
/// <param name="TaskId">Only runs of this task.</param>
/// <param name="Limit">At most this many, 1 to 1,000; 100 when absent.</param>
public sealed record Redrive(string? State = null, Guid? TaskId = null, int? Limit = null);

/// <summary>What a redrive did.</summary>
public sealed record RedriveResult(int Count, IReadOnlyList<Guid> RunIds);

/// <summary>Counts and times of one task's or one agent's runs that were made within a period.</summary>
public sealed record RunStats
{
    /// <summary>Null where it is about all tasks.</summary>
    public required Guid? TaskId { get; init; }

    /// <summary>The period: so many days back from now.</summary>
    public required int PeriodDays { get; init; }

    /// <summary>All runs of the period, also those that have not ended.</summary>
    public required long TotalRuns { get; init; }

    /// <summary>Tasks that have at least one run in the period.</summary>
    public required long TotalTasksExecuted { get; init; }

    public required long SuccessfulRuns { get; init; }
    public required long FailedRuns { get; init; }
    public required long CanceledRuns { get; init; }
    public required long QueuedRuns { get; init; }
    public required long RunningRuns { get; init; }

    /// <summary>Successful of all that ended, 0 to 1; null when none has.</summary>
    public required double? SuccessRate { get; init; }

    /// <summary>Failed, quarantined or uncertain of all that ended; what is missing to 1 was canceled.</summary>
    public required double? FailureRate { get; init; }

    /// <summary>From start to end, over the runs that did both; null when none did.</summary>
    public required double? AvgExecutionTimeSeconds { get; init; }

    public required double RunsPerDay { get; init; }

    /// <summary>When the latest run was made; null when there is none.</summary>
    public required DateTimeOffset? LastRun { get; init; }

    public required DateTimeOffset? LastSuccess { get; init; }
    public required DateTimeOffset? LastFailure { get; init; }
}

/// <summary>A process that works on the database. What is null of it is not known: its row is gone.</summary>
/// <param name="State">
/// <c>active</c>, <c>draining</c> (told to stop, takes no more work), <c>paused</c> (the database was restored, and
/// nobody has taken over), or <c>lost</c>: not heard of for 15 seconds.
/// </param>
/// <param name="Slots">Runs it may hold at once; null when it carries out none.</param>
/// <param name="Running">Runs it holds.</param>
/// <param name="LeasedUntil">The latest end of its leases; null when it holds none.</param>
public sealed record WorkerView(string Id, string State, int? Slots, long Running, DateTimeOffset? LeasedUntil)
{
    public string? Host { get; init; }
    public int? Pid { get; init; }
    public string? Version { get; init; }

    /// <summary>Of <c>api</c>, <c>scheduler</c> and <c>worker</c>.</summary>
    public IReadOnlyList<string>? Roles { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? HeartbeatAt { get; init; }
}
