using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// Does one step that is no block: renders its input, calls its tool or begins its wait, and judges what comes back.
/// Returns the step's record; what must be known of it after a crash is durable before its effect.
/// </summary>
internal sealed class StepCaller(StepJournal journal, StepPorts ports)
{
    /// <summary>What is true of an unsafe step that is under way, should nobody hear of it again.</summary>
    private static readonly StepFailure Doubt = new(
        "uncertain",
        "The step was under way when its worker was lost; whether it took effect is not known."
    );

    /// <summary>The record of a step that begins now.</summary>
    public StepRecord Begin(Step step, StepPlace place, StepRecord? before) =>
        new()
        {
            Place = place.Text,
            Id = step.Id + place.Items,
            Uses = step.Uses,
            State = StepState.Running,
            // A step whose worker was lost or stopped has not failed: that costs none of its retries.
            Attempt = before is null ? 1 : before.Attempt + (before.State == StepState.Failed ? 1 : 0),
            StartedAt = ports.Now(),
        };

    public async ValueTask<StepRecord> Do(Step step, StepRecord record, StepScope scope, CancellationToken ct)
    {
        var before = journal.Find(new StepPlace(record.Place, ""));
        if (before is { State: StepState.Waiting })
        {
            return Woken(step, before, scope);
        }

        try
        {
            return step.Body switch
            {
                StepBody.Wait wait => Wait(step, wait, record, scope),
                StepBody.Call call => await Call(step, call, (record, before), scope, ct),
                _ => throw new InvalidOperationException("A block is not called."),
            };
        }
        catch (ExpressionException failure)
        {
            return Failed(record, new StepFailure("expression", failure.Message));
        }
    }

    public StepRecord Failed(StepRecord record, StepFailure failure) =>
        record with
        {
            State = StepState.Failed,
            FinishedAt = ports.Now(),
            Error = failure,
        };

    /// <summary>The step has its result; what its gate gives is part of it.</summary>
    public StepRecord Passed(Step step, StepRecord record, StepScope scope)
    {
        var passed = record with { State = StepState.Succeeded, FinishedAt = ports.Now() };
        if (journal.TooLarge(passed) is { } tooLarge)
        {
            return Failed(record with { Output = null }, tooLarge);
        }

        if (step.WhenChanged is null)
        {
            return passed;
        }

        try
        {
            var withOwn = scope.With(step.SaveAs, record.Output).At(passed.FinishedAt.Value);
            return passed with { Gate = step.WhenChanged.Render(withOwn, new Fuel()).ToElement() };
        }
        catch (ExpressionException failure)
        {
            return Failed(record, new StepFailure("expression", $"when_changed: {failure.Message}"));
        }
    }

    private async ValueTask<StepRecord> Call(
        Step step,
        StepBody.Call call,
        (StepRecord Record, StepRecord? Before) at,
        StepScope scope,
        CancellationToken ct
    )
    {
        var (record, before) = at;
        var (input, secrets) = SecretNames.Render(call.With, call.Secrets, scope.MembersAt(record.StartedAt!.Value));
        if (journal.TooLarge(record with { Input = input }) is { } tooLarge)
        {
            return Failed(record, tooLarge);
        }

        record = record with { Input = input };
        if (ports.Tool(call.Tool) is not { } tool)
        {
            return Failed(record, new StepFailure("unknown_tool", $"There is no tool '{call.Tool}'."));
        }

        var effect = step.Effect ?? tool.Description.Effect;
        if (effect == Effect.Unsafe && before is { State: StepState.Running })
        {
            return Uncertain(record with { Attempt = before.Attempt }, Doubt.Message);
        }

        if (effect != Effect.Idempotent)
        {
            // Durable before the effect: after a crash the record says that the step may have happened, and what is
            // true of it then.
            journal.Add(effect == Effect.Unsafe ? record with { Error = Doubt } : record);
            await journal.Save();
        }

        var result = await ports.Call(new StepCall(tool, step, record) { Secrets = secrets }, ct);
        return effect == Effect.Unsafe && result is ToolResult.Failed { Retryable: true } failed
            ? Uncertain(record, $"{failed.Code}: {failed.Message} Whether the step took effect is not known.")
            : Judge(step, record, result, scope);
    }

    /// <summary>The machine never repeats an unsafe step: what another attempt would settle is for a person.</summary>
    private StepRecord Uncertain(StepRecord record, string message) =>
        record with
        {
            State = StepState.Uncertain,
            FinishedAt = ports.Now(),
            Error = new StepFailure("uncertain", message),
        };

    private StepRecord Judge(Step step, StepRecord record, ToolResult result, StepScope scope) =>
        result switch
        {
            ToolResult.Ok ok when step.OutputSchema?.Validate(ok.Output, 1) is [var error, ..] => Failed(
                record with
                {
                    Output = ok.Output,
                },
                new StepFailure("output_schema", $"The output does not match output_schema: {error.Message}")
            ),
            ToolResult.Ok ok => Passed(step, record with { Output = ok.Output }, scope),
            ToolResult.Waiting waiting => record with
            {
                State = StepState.Waiting,
                Output = waiting.Output,
                Awaits = waiting.Awaits,
                WakeAt = waiting.Until,
            },
            ToolResult.Failed failed => Failed(
                record,
                new StepFailure(failed.Code, failed.Message)
                {
                    Retryable = failed.Retryable,
                    RetryAfter = failed.RetryAfter,
                }
            ),
            _ => throw new InvalidOperationException("A tool result is one of three kinds."),
        };

    private StepRecord Wait(Step step, StepBody.Wait wait, StepRecord record, StepScope scope)
    {
        var given = wait.For.Render(scope.At(record.StartedAt!.Value), new Fuel());
        var (until, problem) = WaitTime.Of(wait, given, record.StartedAt.Value);
        var waiting = record with { Input = given.ToElement(), State = StepState.Waiting, WakeAt = until };
        if (problem is not null)
        {
            return Failed(waiting with { WakeAt = null }, new StepFailure("wait", problem));
        }

        if (wait.Kind == WaitKind.Signal)
        {
            return waiting with
            {
                Awaits = SignalToken.KeyOf(given.Kind == JsonValueKind.String ? given.Text() : given.ToString()),
            };
        }

        return until > ports.Now() ? waiting : Passed(step, waiting with { WakeAt = null }, scope);
    }

    /// <summary>A waiting step is looked at again: it has its answer, its time has come, or it waits on.</summary>
    private StepRecord Woken(Step step, StepRecord waiting, StepScope scope)
    {
        var ended = waiting with { Awaits = null, WakeAt = null, Answer = null };
        return waiting.Answer switch
        {
            { Failure: { } failure } => Failed(ended, failure),
            { Output: var output } => Passed(step, ended with { Output = output }, scope),
            null when ports.Now() < waiting.WakeAt => waiting,
            null when waiting.Awaits is null => Passed(step, ended, scope),
            null => Failed(
                ended,
                new StepFailure("wait_timeout", $"Nothing came until {Instants.Format(waiting.WakeAt ?? ports.Now())}.")
            ),
        };
    }
}
