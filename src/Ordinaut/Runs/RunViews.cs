using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>Runs as the wire shows them.</summary>
internal static class RunViews
{
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
        return Brief(row) with
        {
            Output = steps.LastOrDefault(step => step.State == StepState.Succeeded)?.Output,
            Steps = [.. steps.Select(StepView)],
            Attempts = [.. attempts.Select(a => AttemptView(a))],
        };
    }

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
            Error = row.Error is { } error ? new RunError(error.Code, error.Message, error.Step) : null,
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
            Output = step.Output,
            Error = step.Error is { } error ? new RunError(error.Code, error.Message, step.Id) : null,
        };

    private static AttemptView AttemptView(AttemptRow attempt) =>
        new(
            attempt.Attempt,
            attempt.LeaseOwner,
            attempt.StartedAt,
            attempt.EndedAt,
            new RunError(attempt.Error.Code, attempt.Error.Message, attempt.Error.Step),
            attempt.RetryAt
        );
}
