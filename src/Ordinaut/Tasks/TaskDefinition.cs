using System.Text.Json;
using System.Text.Json.Serialization;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>
/// What should happen, and when: one version of a task with its place in time. The C# name of the API's "task"
/// (<c>docs/decisions/0006-taskdefinition-name.md</c>).
/// </summary>
internal sealed record TaskDefinition
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required TaskStatus Status { get; init; }
    public required int Version { get; init; }

    /// <summary>
    /// The cursor: the next nominal firing that has no line in the ledger; null when none is to come.
    /// </summary>
    public DateTimeOffset? NextNominal { get; init; }

    /// <summary>
    /// When the scheduler looks at the cursor: the nominal firing plus jitter, or later when snoozed.
    /// </summary>
    public DateTimeOffset? NextDue { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>Whether the condition's last check was true; null before the first.</summary>
    public bool? CheckState { get; init; }

    /// <summary>How many runs led to one another before one of them made this task; its runs go on there.</summary>
    public int Depth { get; init; }

    /// <summary>The task whose run made this one, and the first of the line; null when no run did.</summary>
    public Guid? ParentTaskId { get; init; }

    public Guid? RootTaskId { get; init; }

    /// <summary>The most that its runs may, as JSON text; <see cref="Grant"/> reads it.</summary>
    public required string Granted { get; init; }

    /// <summary>The digest of the text that waits for approval; null when none does.</summary>
    public string? ProposedDigest { get; init; }

    /// <summary>Whether its owner is stopped: then nothing of it runs, whatever its own status says.</summary>
    public bool IsOwnerStopped { get; init; }

    /// <summary>The instant that anchors the phase of the schedule for ever.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
    public required TaskSettings Settings { get; init; }

    public Grant Grant => Json.Read<Grant>(Granted);

    /// <summary>
    /// What a decision names: the text that waits, and the version it would replace, which others may edit meanwhile.
    /// </summary>
    public string? Proposal => ProposedDigest is null ? null : Sha256.Hex($"{Version}:{ProposedDigest}");

    public ScheduleSpec ScheduleSpec =>
        new(Settings.ScheduleKind, Settings.ScheduleExpr ?? "", Settings.Timezone, CreatedAt);
}

/// <summary>The part of a task its owner writes, with every default filled in; stored as one JSON document.</summary>
internal sealed record TaskSettings
{
    public required string Title { get; init; }
    public required string Description { get; init; }

    [JsonConverter(typeof(WordConverter<ScheduleKind>))]
    public required ScheduleKind ScheduleKind { get; init; }

    public required string? ScheduleExpr { get; init; }
    public required string Timezone { get; init; }
    public required int Priority { get; init; }
    public required string? DedupeKey { get; init; }
    public required int DedupeWindowSeconds { get; init; }
    public required int MaxRetries { get; init; }
    public required Backoff BackoffStrategy { get; init; }
    public required string? ConcurrencyKey { get; init; }
    public required int ConcurrencyLimit { get; init; }
    public required MisfirePolicy MisfirePolicy { get; init; }
    public required int? CatchUpWindowSeconds { get; init; }
    public required OverlapPolicy OverlapPolicy { get; init; }
    public required int JitterSeconds { get; init; }
    public required DateTimeOffset? StartsAt { get; init; }
    public required DateTimeOffset? EndsAt { get; init; }
    public required int TimeoutSeconds { get; init; }
    public required IReadOnlyList<string> Exclude { get; init; }
    public required int? ExpiresAfterSeconds { get; init; }
    public required string? EventFilter { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required JsonElement? Metadata { get; init; }
}

internal enum TaskStatus
{
    /// <summary>It waits for approval: nothing of it fires or runs, and it has no place in time.</summary>
    Proposed,
    Active,
    Paused,
    Completed,
    Canceled,
}

[JsonConverter(typeof(WordConverter<MisfirePolicy>))]
internal enum MisfirePolicy
{
    RunOnce,
    RunAll,
    Skip,
}

[JsonConverter(typeof(WordConverter<OverlapPolicy>))]
internal enum OverlapPolicy
{
    Queue,
    Skip,
    CancelPrevious,
}
