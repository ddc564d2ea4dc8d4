using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// Walks the steps of one attempt: condition, template, call, save, next. Pure except for the ports it is given:
/// what it knows of earlier attempts comes in as records, what must outlive a crash goes out through
/// <see cref="StepPorts.Save"/>.
/// </summary>
internal sealed class PipelineRunner(Pipeline pipeline, StepScope scope, StepPorts ports)
{
    private readonly List<StepRecord> _unsaved = [];

    /// <summary>Bytes that the run keeps of the steps so far.</summary>
    private long _kept;

    /// <param name="known">Records of earlier attempts, by position.</param>
    public async Task<PipelineResult> Run(IReadOnlyList<StepRecord> known, CancellationToken ct)
    {
        for (var i = 0; i < pipeline.Steps.Count; i++)
        {
            // A stopped run begins no further step, also where a tool would not look at its token.
            ct.ThrowIfCancellationRequested();
            var step = pipeline.Steps[i];
            var before = known.FirstOrDefault(record => record.Position == i);
            var record = before is not null && IsSettled(step, before) ? before : await RunStep(i, before, ct);
            if (record != before)
            {
                _unsaved.Add(record);
            }

            _kept += SizeOf(record);
            if (Stops(step, record))
            {
                return new PipelineResult(_unsaved, record);
            }

            scope.Add(step.SaveAs, record.Output);
            if (step.WhenChanged is not null && await IsUnchanged(step, record))
            {
                SkipFrom(i + 1, known);
                break;
            }

            await SaveUnless(isLast: i == pipeline.Steps.Count - 1);
        }

        return new PipelineResult(_unsaved, null);
    }

    private async Task<StepRecord> RunStep(int position, StepRecord? before, CancellationToken ct)
    {
        var step = pipeline.Steps[position];
        var record = new StepRecord
        {
            Position = position,
            Id = step.Id,
            Uses = step.Uses,
            State = StepState.Running,
            // A step whose worker was lost or stopped has not failed: that costs none of its retries.
            Attempt = before is null ? 1 : before.Attempt + (before.State == StepState.Failed ? 1 : 0),
            StartedAt = ports.Now(),
        };
        try
        {
            var now = scope.At(record.StartedAt.Value);
            if (step.If is not null && !step.If.Evaluate(now, new Fuel()))
            {
                return record with { State = StepState.Skipped, FinishedAt = record.StartedAt };
            }

            var rendered = record with { Input = step.With.Render(now, new Fuel()).ToElement() };
            if (TooLarge(rendered) is { } tooLarge)
            {
                return Failed(record, tooLarge);
            }

            record = rendered;
        }
        catch (ExpressionException failure)
        {
            return Failed(record, new StepFailure("expression", failure.Message));
        }

        return await Call(step, record, before, ct);
    }

    private async Task<StepRecord> Call(Step step, StepRecord record, StepRecord? before, CancellationToken ct)
    {
        if (ports.Tool(step.Uses) is not { } tool)
        {
            return Failed(record, new StepFailure("unknown_tool", $"There is no tool '{step.Uses}'."));
        }

        var effect = step.Effect ?? tool.Description.Effect;
        if (effect == Effect.Unsafe && before is { State: StepState.Running })
        {
            return Uncertain(
                record with
                {
                    Attempt = before.Attempt,
                },
                "The step was under way when its worker was lost; whether it took effect is not known."
            );
        }

        if (effect != Effect.Idempotent)
        {
            // Durable before the effect: after a crash the record says that the step may have happened.
            await ports.Save([.. _unsaved, record]);
            _unsaved.Clear();
        }

        var result = await ports.Call(new StepCall(tool, step, record), ct);
        return effect == Effect.Unsafe && result is ToolResult.Failed { Retryable: true } failed
            ? Uncertain(record, $"{failed.Code}: {failed.Message} Whether the step took effect is not known.")
            : Judge(step, record, result);
    }

    /// <summary>The machine never repeats an unsafe step: what another attempt would settle is for a person.</summary>
    private StepRecord Uncertain(StepRecord record, string message) =>
        record with
        {
            State = StepState.Uncertain,
            FinishedAt = ports.Now(),
            Error = new StepFailure("uncertain", message),
        };

    private StepRecord Judge(Step step, StepRecord record, ToolResult result) =>
        result switch
        {
            ToolResult.Ok ok when TooLarge(record with { Output = ok.Output }) is { } tooLarge => Failed(
                record,
                tooLarge
            ),
            ToolResult.Ok ok when step.OutputSchema?.Validate(ok.Output, 1) is [var error, ..] => Failed(
                record with
                {
                    Output = ok.Output,
                },
                new StepFailure("output_schema", $"The output does not match output_schema: {error.Message}")
            ),
            ToolResult.Ok ok => Passed(step, record with { Output = ok.Output }),
            ToolResult.Failed failed => Failed(
                record,
                new StepFailure(failed.Code, failed.Message)
                {
                    Retryable = failed.Retryable,
                    RetryAfter = failed.RetryAfter,
                }
            ),
            _ => throw new InvalidOperationException("A tool result is one of two kinds."),
        };

    /// <summary>What a run keeps is shown, and read at each attempt, as a whole: it has a limit as a whole.</summary>
    private StepFailure? TooLarge(StepRecord record)
    {
        var sum = _kept + SizeOf(record);
        return sum <= ports.RunBytes
            ? null
            : new StepFailure(
                "run_too_large",
                $"With this step the inputs and outputs of the run's steps come to {sum} bytes; a run keeps at most "
                    + $"{ports.RunBytes}. Pass references in place of contents, or split the task."
            );
    }

    private static long SizeOf(StepRecord record) => SizeOf(record.Input) + SizeOf(record.Output);

    private static long SizeOf(JsonElement? json) => json is { } value ? JsonMarshal.GetRawUtf8Value(value).Length : 0;

    private StepRecord Passed(Step step, StepRecord record)
    {
        var passed = record with { State = StepState.Succeeded, FinishedAt = ports.Now() };
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

    private StepRecord Failed(StepRecord record, StepFailure failure) =>
        record with
        {
            State = StepState.Failed,
            FinishedAt = ports.Now(),
            Error = failure,
        };

    /// <summary>Also a failure that the pipeline goes on after is an end: a later attempt does not repeat it.</summary>
    private static bool IsSettled(Step step, StepRecord record) =>
        record.IsDone || (record.State == StepState.Failed && !Stops(step, record));

    private static bool Stops(Step step, StepRecord record) =>
        record.State == StepState.Uncertain
        || (
            record.State == StepState.Failed
            && (step.OnError == OnError.Fail || record.Error!.Retryable && HasRetries(step, record))
        );

    /// <summary>A step that goes on after errors still uses up its own retries first.</summary>
    private static bool HasRetries(Step step, StepRecord record) => record.Attempt <= (step.MaxRetries ?? 0);

    private async ValueTask<bool> IsUnchanged(Step step, StepRecord record) =>
        record.Gate is { } gate && await ports.LastGate(step.Id) is { } last && JsonElement.DeepEquals(gate, last);

    private void SkipFrom(int position, IReadOnlyList<StepRecord> known)
    {
        for (var i = position; i < pipeline.Steps.Count; i++)
        {
            if (known.All(record => record.Position != i || !record.IsDone))
            {
                var step = pipeline.Steps[i];
                _unsaved.Add(
                    new StepRecord
                    {
                        Position = i,
                        Id = step.Id,
                        Uses = step.Uses,
                        State = StepState.Skipped,
                        StartedAt = ports.Now(),
                        FinishedAt = ports.Now(),
                    }
                );
            }
        }
    }

    /// <summary>The last step is saved together with the end of the run; every other one at once.</summary>
    private async ValueTask SaveUnless(bool isLast)
    {
        if (!isLast && _unsaved.Exists(record => record.State != StepState.Skipped))
        {
            await ports.Save([.. _unsaved]);
            _unsaved.Clear();
        }
    }
}

/// <summary>How an attempt at a pipeline ended.</summary>
/// <param name="Unsaved">Records to write together with the end of the run.</param>
/// <param name="StoppedAt">The step that failed or is uncertain; null when the pipeline succeeded.</param>
internal sealed record PipelineResult(IReadOnlyList<StepRecord> Unsaved, StepRecord? StoppedAt);

/// <summary>One call of a tool by a step.</summary>
internal sealed record StepCall(ITool Tool, Step Step, StepRecord Record);

/// <summary>What a pipeline needs of the world around it.</summary>
/// <param name="Tool">Finds a tool by name.</param>
/// <param name="Call">Calls it, with its limits.</param>
/// <param name="Save">Makes records durable, if this worker still holds the run.</param>
/// <param name="LastGate">The gate's value in the task's last successful run.</param>
/// <param name="RunBytes">Bytes of JSON that the run may keep of all its steps.</param>
internal sealed record StepPorts(
    Func<string, ITool?> Tool,
    Func<StepCall, CancellationToken, ValueTask<ToolResult>> Call,
    Func<IReadOnlyList<StepRecord>, ValueTask> Save,
    Func<string, ValueTask<JsonElement?>> LastGate,
    Func<DateTimeOffset> Now,
    long RunBytes = PipelineLimits.RunBytes
);
