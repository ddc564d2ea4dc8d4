using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>A step that the run cannot pass: it failed, is uncertain, or waits.</summary>
internal sealed record Halt(Step Step, StepRecord Record)
{
    /// <summary>A step that goes on after errors still uses up its own retries first.</summary>
    public bool IsToBeRetried => Record.Error is { Retryable: true } && Record.Attempt <= (Step.MaxRetries ?? 0);

    /// <summary>Which of two decides what becomes of the run; of two waits the one that ends first.</summary>
    public static Halt? Worse(Halt? one, Halt? other)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        return Rank(one) != Rank(other) ? (Rank(one) > Rank(other) ? one : other)
            : one.Record.WakeAt <= other.Record.WakeAt || other.Record.WakeAt is null ? one
            : other;
    }

    private static int Rank(Halt halt) =>
        halt.Record.State switch
        {
            StepState.Uncertain => 3,
            StepState.Failed when halt.Record.Error is { Retryable: false } => 2,
            StepState.Failed => 1,
            _ => 0,
        };
}

/// <summary>How an attempt at a pipeline ended.</summary>
/// <param name="Unsaved">Records to write together with the end of the attempt.</param>
/// <param name="Halt">What the run stopped at; null when the pipeline succeeded.</param>
internal sealed record PipelineResult(IReadOnlyList<StepRecord> Unsaved, Halt? Halt);

/// <summary>One call of a tool by a step.</summary>
internal sealed record StepCall(ITool Tool, Step Step, StepRecord Record)
{
    /// <summary>The secrets whose places the input keeps; null where it names none.</summary>
    public SecretUse? Secrets { get; init; }
}
