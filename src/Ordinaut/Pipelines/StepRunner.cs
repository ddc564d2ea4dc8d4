using Ordinaut.Expressions;

namespace Ordinaut.Pipelines;

/// <summary>
/// Runs the steps of a block, in order or by what they need, and each with all that belongs to it: whether it is done
/// already, its condition, its body, what follows from its failure.
/// </summary>
internal sealed class StepRunner
{
    private readonly StepJournal _journal;
    private readonly StepCaller _caller;
    private readonly BlockRunner _blocks;

    public StepRunner(StepJournal journal, StepCaller caller)
    {
        _journal = journal;
        _caller = caller;
        _blocks = new BlockRunner(this, journal, caller);
    }

    public StepRecord Begin(Step step, StepPlace place, StepRecord? before) => _caller.Begin(step, place, before);

    public async ValueTask<Halt?> RunBlock(
        IReadOnlyList<Step> steps,
        StepPlace place,
        StepScope inner,
        CancellationToken ct
    )
    {
        if (HasNeeds(steps))
        {
            return await RunByNeeds(steps, place, inner, ct);
        }

        for (var i = 0; i < steps.Count; i++)
        {
            var (_, halt) = await RunStep(steps[i], place.Step(i), inner, ct);
            if (halt is not null)
            {
                return halt;
            }

            await _journal.Save();
        }

        return null;
    }

    /// <summary>Begins each step when those it needs are done; after a halt no more, and lets the others end.</summary>
    private async ValueTask<Halt?> RunByNeeds(
        IReadOnlyList<Step> steps,
        StepPlace place,
        StepScope inner,
        CancellationToken ct
    )
    {
        var waiting = Needs.Of(steps);
        var running = new Dictionary<Task<Halt?>, int>();
        Halt? worst = null;
        try
        {
            while (true)
            {
                foreach (var i in waiting.TakeReady(worst))
                {
                    running.Add(RunAlone(steps[i], place.Step(i), inner, ct), i);
                }

                if (running.Count == 0)
                {
                    return worst;
                }

                var ended = await Task.WhenAny(running.Keys);
                running.Remove(ended, out var done);
                var halt = await ended;
                worst = Halt.Worse(worst, halt);
                waiting.End(done, isDone: halt is null);
            }
        }
        finally
        {
            // Nothing of an attempt outlives it.
            await ((Task)Task.WhenAll(running.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Halt?> RunAlone(Step step, StepPlace place, StepScope inner, CancellationToken ct)
    {
        var (_, halt) = await RunStep(step, place, inner, ct);
        await _journal.Save();
        return halt;
    }

    public async ValueTask<(StepRecord Record, Halt? Halt)> RunStep(
        Step step,
        StepPlace place,
        StepScope around,
        CancellationToken ct
    )
    {
        // A stopped run begins no further step, also where a tool would not look at its token.
        ct.ThrowIfCancellationRequested();
        var before = _journal.Find(place);
        var record = before;
        Halt? halt = null;
        if (before is null || !IsSettled(step, before))
        {
            (record, halt) = await Do(step, place, before, around, ct);
            if (record != before)
            {
                _journal.Add(record);
            }
        }
        else
        {
            _blocks.Recall(step, place, around);
        }

        if (halt is not null || (halt = HaltOf(step, record!)) is not null)
        {
            return (record!, halt);
        }

        if (record!.State == StepState.Failed && step.OnError == OnError.Handle)
        {
            await _journal.Save();
            var inner = around.Inner();
            inner.AddFailure(step.SaveAs, record.Error!);
            halt = await RunBlock(step.Handler, place.Handler, inner, ct);
            around.AddFailure(step.SaveAs, record.Error!);
            return (record, halt);
        }

        around.Add(step.SaveAs, record.Output);
        return (record, null);
    }

    /// <summary>Does a step that is not settled; a halt here comes from inside a block.</summary>
    private async ValueTask<(StepRecord Record, Halt? Halt)> Do(
        Step step,
        StepPlace place,
        StepRecord? before,
        StepScope around,
        CancellationToken ct
    )
    {
        var record = _caller.Begin(step, place, before);
        using var span = Tracing.Step(record.Id, record.Attempt);
        try
        {
            // A block that has begun has its items, and a step that waits its input: its condition was asked then.
            var isBegun =
                before is { State: StepState.Waiting } || before?.Input is not null && BlockRunner.IsBlock(step);
            if (!isBegun && step.If is not null && !step.If.Evaluate(around.At(record.StartedAt!.Value), new Fuel()))
            {
                return (record with { State = StepState.Skipped, FinishedAt = record.StartedAt }, null);
            }

            var done = BlockRunner.IsBlock(step)
                ? await _blocks.Do(step, place, record, around, ct)
                : (Record: await _caller.Do(step, record, around, ct), null);
            Tracing.Fail(span, done.Record.Error?.Code);
            return done;
        }
        catch (ExpressionException failure)
        {
            Tracing.Fail(span, "expression");
            return (_caller.Failed(record, new StepFailure("expression", failure.Message)), null);
        }
    }

    public static bool HasNeeds(IReadOnlyList<Step> steps) => steps.Any(step => step.Needs is not null);

    /// <summary>Also a failure that the pipeline goes on after is an end: a later attempt does not repeat it.</summary>
    private static bool IsSettled(Step step, StepRecord record) =>
        record.IsDone || (record.State == StepState.Failed && HaltOf(step, record) is null);

    private static Halt? HaltOf(Step step, StepRecord record)
    {
        var halt = new Halt(step, record);
        return record.State switch
        {
            StepState.Uncertain or StepState.Waiting => halt,
            StepState.Failed when step.OnError == OnError.Fail || halt.IsToBeRetried => halt,
            _ => null,
        };
    }
}
