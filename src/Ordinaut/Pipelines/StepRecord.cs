using System.Text.Json;

namespace Ordinaut.Pipelines;

internal enum StepState
{
    /// <summary>Begun, and not heard of since: its effect may or may not have happened.</summary>
    Running,

    /// <summary>Waits for an instant or an answer; no worker holds it.</summary>
    Waiting,
    Succeeded,
    Failed,
    Skipped,
    Canceled,
    Uncertain,
}

/// <summary>What is known of one step of a run.</summary>
internal sealed record StepRecord
{
    /// <summary>Where it stands; the order of places is the order of steps.</summary>
    public required string Place { get; init; }

    public required string Id { get; init; }
    public required string Uses { get; init; }
    public required StepState State { get; init; }
    public int Attempt { get; init; } = 1;
    public long Epoch { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }

    /// <summary>A <see cref="StepFailure"/>.</summary>
    public StepFailure? Error { get; init; }

    /// <summary>The value of <c>when_changed</c>.</summary>
    public JsonElement? Gate { get; init; }

    /// <summary>When a waiting step is looked at again: its time has come, or it has waited for too long.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>What an answer to a waiting step is sent to; null: it waits for <see cref="WakeAt"/> alone.</summary>
    public string? Awaits { get; init; }

    /// <summary>What came for a waiting step.</summary>
    public StepAnswer? Answer { get; init; }

    /// <summary>Whether it stands in no block.</summary>
    public bool IsOutermost => !Place.Contains('.');

    public bool IsDone => State is StepState.Succeeded or StepState.Skipped;
}

/// <summary>What a waiting step was answered: an output, or why it fails.</summary>
internal sealed record StepAnswer(JsonElement? Output, StepFailure? Failure = null);

/// <summary>Why a step failed.</summary>
/// <param name="Code">A stable word to act on.</param>
/// <param name="Message">In words, for the owner.</param>
internal sealed record StepFailure(string Code, string Message)
{
    public bool Retryable { get; init; }
    public TimeSpan? RetryAfter { get; init; }
}
