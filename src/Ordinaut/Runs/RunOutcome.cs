using Ordinaut.Pipelines;

namespace Ordinaut.Runs;

/// <summary>How an attempt at a run ended: data, never an exception.</summary>
internal abstract record RunOutcome
{
    private RunOutcome() { }

    internal sealed record Succeeded : RunOutcome;

    internal sealed record Failed(Failure Error, bool Retryable) : RunOutcome
    {
        public TimeSpan? RetryAfter { get; init; }
        public int StepAttempt { get; init; } = 1;
        public int? StepRetries { get; init; }
        public Backoff? StepBackoff { get; init; }
    }

    internal sealed record Canceled(Failure Error) : RunOutcome;

    /// <summary>An unsafe step was in flight at a crash; only a person can tell whether it took effect.</summary>
    internal sealed record Uncertain(Failure Error) : RunOutcome;

    /// <summary>A step waits: for an instant, or for an answer until then.</summary>
    internal sealed record Waiting(DateTimeOffset Until) : RunOutcome;

    /// <summary>It could not start before it expired.</summary>
    internal sealed record Stale : RunOutcome;

    /// <summary>The process stops: the lease goes back, no attempt is burnt.</summary>
    internal sealed record HandedBack : RunOutcome;
}

/// <summary>The lease was lost: another worker may have the run, so this one writes nothing more.</summary>
internal sealed class LeaseLostException(Guid runId) : Exception($"The lease of run {runId} was lost.");
