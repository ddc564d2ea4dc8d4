using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>Runs as the wire shows them.</summary>
internal static class RunViews
{
    /// <summary>The largest output in bytes of JSON that a run shows; 256 KiB. A larger one is for itself.</summary>
    public const int InlineBytes = 256 * 1024;

    /// <summary>One run with its steps and earlier attempts, if the caller may see it.</summary>
    public static async ValueTask<RunView> Of(Session session, Caller caller, Guid id)
    {
        var row = await RunStore.FindOwned(session, caller, id) ?? throw Problem.NotFound("run", id.ToString());
        return await Whole(session, row);
    }

    public static async ValueTask<RunView> Whole(Session session, RunRow row)
    {
        var steps = await StepStore.OfRun(session, row.Id);
        var attempts = await StepStore.Attempts(session, row.Id);
        var output = LastOutput(steps);
        return Brief(row) with
        {
            Output = Inline(output),
            OutputBytes = Beyond(output),
            Steps = [.. steps.Select(StepView)],
            Attempts = [.. attempts.Select(AttemptView), .. Last(row, attempts)],
        };
    }

    /// <summary>The whole output of a step; without its id the run's.</summary>
    public static JsonElement Output(List<StepRecord> steps, string? stepId)
    {
        var output = stepId is null ? LastOutput(steps) : steps.Find(step => step.Id == stepId)?.Output;
        return output
            ?? throw new Problem(
                ProblemKind.NotFound,
                stepId is null
                    ? "No step of the run has succeeded, so it has no output."
                    : $"The run has no step {Quoted.Of(stepId)} with an output; GET /runs/{{id}} shows its steps."
            );
    }

    /// <summary>What the last step outside of blocks gave back is the run's.</summary>
    private static JsonElement? LastOutput(List<StepRecord> steps) =>
        steps.FindLast(step => step.State == StepState.Succeeded && step.IsOutermost)?.Output;

    /// <summary>A run that has just come into the queue: nobody can have claimed it yet.</summary>
    public static RunView Unclaimed(QueuedRun run) =>
        Brief(
            new RunRow
            {
                Id = run.Id,
                TaskId = run.TaskId,
                OwnerId = run.OwnerId,
                TaskVersion = run.TaskVersion,
                State = RunState.Queued,
                ScheduledFor = run.ScheduledFor,
                OccurrenceKey = run.OccurrenceKey,
                Trigger = run.Trigger,
                Attempt = run.Attempt,
                LeaseOwner = null,
                LeasedUntil = null,
                NotBefore = run.Due,
                StartedAt = null,
                ClaimedAt = null,
                FinishedAt = null,
                Error = null,
                CreatedAt = run.CreatedAt,
                Epoch = run.Epoch,
            }
        ) with
        {
            Steps = [],
            Attempts = [],
        };

    /// <summary>A run without steps and attempts, as lists show it.</summary>
    public static RunView Brief(RunRow row) =>
        new()
        {
            Id = row.Id,
            TaskId = row.TaskId,
            TaskVersion = row.TaskVersion,
            State = Word<RunState>.Of(row.State),
            ScheduledFor = row.ScheduledFor,
            Trigger = Word<Trigger>.Of(row.Trigger),
            Attempt = row.Attempt,
            LeaseOwner = row.LeaseOwner,
            LeasedUntil = row.LeasedUntil,
            NotBefore = row.State == RunState.Queued ? row.NotBefore : null,
            StartedAt = row.StartedAt,
            FinishedAt = row.FinishedAt,
            Success = row.FinishedAt is null ? null : row.State == RunState.Succeeded,
            Error = Error(row.Error),
            Output = null,
            Steps = null,
            Attempts = null,
            CreatedAt = row.CreatedAt,
        };

    private static StepView StepView(StepRecord step) =>
        new()
        {
            Id = step.Id,
            Uses = step.Uses,
            State = Word<StepState>.Of(step.State),
            Attempt = step.Attempt,
            StartedAt = step.StartedAt,
            FinishedAt = step.FinishedAt,
            Input = step.Input,
            Output = Inline(step.Output),
            OutputBytes = Beyond(step.Output),
            // A step that runs has none yet; what is kept of an unsafe one is for when nobody hears of it again.
            Error = step is { Error: { } error, State: not StepState.Running }
                ? new RunError(error.Code, error.Message, step.Id)
                : null,
        };

    private static JsonElement? Inline(JsonElement? output) => Beyond(output) is null ? output : null;

    private static long? Beyond(JsonElement? output) =>
        output is { } json && JsonMarshal.GetRawUtf8Value(json).Length is var size and > InlineBytes ? size : null;

    private static AttemptView AttemptView(AttemptRow attempt) =>
        new(
            attempt.Attempt,
            StateOf(attempt.Error.Code),
            attempt.LeaseOwner,
            attempt.StartedAt,
            attempt.EndedAt,
            Error(attempt.Error),
            attempt.RetryAt
        );

    /// <summary>
    /// The attempt that is under way, or that ended with the run; none while the run waits, and none where a lost
    /// worker's attempt ended it and has its record.
    /// </summary>
    private static IEnumerable<AttemptView> Last(RunRow row, List<AttemptRow> earlier)
    {
        if (row.ClaimedAt is null || earlier.Exists(attempt => attempt.Attempt == row.Attempt))
        {
            return [];
        }

        var state = Word<RunState>.Of(row.State);
        return [new(row.Attempt, state, row.LeaseOwner, row.ClaimedAt, row.FinishedAt, Error(row.Error), null)];
    }

    /// <summary>How an attempt ended whose run went on: the stop of a person has a code of its own.</summary>
    private static string StateOf(string errorCode) =>
        Word<RunState>.Of(
            errorCode switch
            {
                "canceled" or SkipReason.Superseded or SkipReason.Stale => RunState.Canceled,
                "uncertain" => RunState.Uncertain,
                _ => RunState.Failed,
            }
        );

    private static RunError? Error(Failure? error) =>
        error is null ? null : new RunError(error.Code, error.Message, error.Step);
}
