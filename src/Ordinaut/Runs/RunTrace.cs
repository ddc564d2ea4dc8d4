using System.Diagnostics;

namespace Ordinaut.Runs;

/// <summary>
/// The spans of a run. Its trace is its own; who asked for it is a link, which its input has with it over the queue.
/// </summary>
internal static class RunTrace
{
    /// <summary>Stands first in an input, so that nobody has to read the rest to find it.</summary>
    private const string Head = "{\"trace\":\"";

    /// <summary>Characters of a <c>traceparent</c> (W3C Trace Context, version 00).</summary>
    private const int ParentLength = 55;

    /// <summary>A run's input with who asks for it, in place of who asked before.</summary>
    /// <param name="trace">The asker's <c>traceparent</c>; null: it is not traced.</param>
    /// <param name="input">A JSON object; null: none.</param>
    public static string? Input(string? trace, string? input)
    {
        var own = Without(input);
        return trace is null ? own
            : own is null ? $"{Head}{trace}\"}}"
            : $"{Head}{trace}\",{own[1..]}";
    }

    /// <summary>The <c>traceparent</c> of who asked for a run with this input.</summary>
    public static string? Asker(string? input) => IsTraced(input) ? input!.Substring(Head.Length, ParentLength) : null;

    /// <summary>Begins the span of an attempt.</summary>
    public static Activity? Begin(QueuedRun run)
    {
        var name = run.OccurrenceKey == OccurrenceKeys.Check ? "check" : "run";
        var span = Tracing.IsOn ? Tracing.Root(name, ActivityKind.Consumer, run.Id, Asker(run.Input)) : null;
        Describe(span, run);
        return span;
    }

    /// <summary>Says what became of the attempt.</summary>
    public static void End(Activity? span, RunOutcome outcome)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag(Tracing.RunState, StateOf(outcome));
        Tracing.Fail(span, ErrorOf(outcome));
    }

    /// <summary>Tells that the schedule set runs off; they are in the queue.</summary>
    public static void Fired(IReadOnlyList<QueuedRun> runs, DateTimeOffset began)
    {
        if (!Tracing.IsOn)
        {
            return;
        }

        foreach (var run in runs)
        {
            using var span = Tracing.Root("fire", ActivityKind.Producer, run.Id, null);
            span?.SetStartTime(began.UtcDateTime);
            Describe(span, run);
        }
    }

    private static void Describe(Activity? span, QueuedRun run)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        span.SetTag(Tracing.RunId, run.Id.ToString());
        span.SetTag(Tracing.TaskId, run.TaskId.ToString());
        span.SetTag(Tracing.TaskVersion, run.TaskVersion);
        span.SetTag(Tracing.AgentId, run.OwnerId.ToString());
        span.SetTag(Tracing.RunTrigger, Word<Trigger>.Of(run.Trigger));
        span.SetTag(Tracing.RunAttempt, run.Attempt);
    }

    /// <summary>What the run is after an attempt; one that failed may have another.</summary>
    public static string StateOf(RunOutcome outcome) =>
        outcome switch
        {
            RunOutcome.Succeeded => "succeeded",
            RunOutcome.Failed => "failed",
            RunOutcome.Waiting => "waiting",
            RunOutcome.Uncertain => "uncertain",
            RunOutcome.HandedBack => "queued",
            _ => "canceled",
        };

    private static string? ErrorOf(RunOutcome outcome) =>
        outcome switch
        {
            RunOutcome.Failed failed => failed.Error.Code,
            RunOutcome.Uncertain uncertain => uncertain.Error.Code,
            _ => null,
        };

    private static string? Without(string? input)
    {
        if (!IsTraced(input))
        {
            return input;
        }

        var rest = input![(Head.Length + ParentLength + 1)..];
        return rest == "}" ? null : "{" + rest[1..];
    }

    private static bool IsTraced(string? input) => input?.StartsWith(Head, StringComparison.Ordinal) == true;
}
