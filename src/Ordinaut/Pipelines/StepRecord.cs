using System.Text.Json;

namespace Ordinaut.Pipelines;

internal enum StepState
{
    /// <summary>Begun, and not heard of since: its effect may or may not have happened.</summary>
    Running,
    Succeeded,
    Failed,
    Skipped,
    Canceled,
    Uncertain,
}

/// <summary>What is known of one step of a run.</summary>
internal sealed record StepRecord
{
    public required int Position { get; init; }
    public required string Id { get; init; }
    public required string Uses { get; init; }
    public required StepState State { get; init; }
    public int Attempt { get; init; } = 1;
    public int Epoch { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }

    /// <summary>A <see cref="StepFailure"/>.</summary>
    public StepFailure? Error { get; init; }

    /// <summary>The value of <c>when_changed</c>.</summary>
    public JsonElement? Gate { get; init; }

    public bool IsDone => State is StepState.Succeeded or StepState.Skipped;
}

/// <summary>Why a step failed.</summary>
/// <param name="Code">A stable word to act on.</param>
/// <param name="Message">In words, for the owner.</param>
internal sealed record StepFailure(string Code, string Message)
{
    public bool Retryable { get; init; }
    public TimeSpan? RetryAfter { get; init; }
}
