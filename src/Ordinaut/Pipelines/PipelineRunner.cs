using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>
/// Walks the steps of one attempt: in order, by needs, in branches, for each item. Pure except for the ports it is
/// given: what it knows of earlier attempts comes in as records, what must outlive a crash goes out through
/// <see cref="StepPorts.Save"/>. A step that is done is never done again.
/// </summary>
internal sealed class PipelineRunner(Pipeline pipeline, StepScope scope, StepPorts ports)
{
    private StepJournal _journal = new([], ports);
    private StepCaller _caller = null!;

    /// <param name="known">Records of earlier attempts.</param>
    public async Task<PipelineResult> Run(IReadOnlyList<StepRecord> known, CancellationToken ct)
    {
        _journal = new StepJournal(known, ports);
        _caller = new StepCaller(_journal, ports);
        var halt = HasNeeds(pipeline.Steps)
            ? await RunByNeeds(pipeline.Steps, StepPlace.Root, scope, ct)
            : await RunWhole(ct);
        return new PipelineResult(_journal.Unsaved, halt);
    }

    /// <summary>The outermost steps in order: their gates may skip the rest, and the last is saved with the run's end.</summary>
    private async ValueTask<Halt?> RunWhole(CancellationToken ct)
    {
        var steps = pipeline.Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            var (record, halt) = await RunStep(steps[i], StepPlace.Root.Step(i), scope, ct);
            if (halt is not null)
            {
                return halt;
            }

            if (steps[i].WhenChanged is not null && await IsUnchanged(steps[i], record))
            {
                SkipFrom(i + 1);
                return null;
            }

            if (i < steps.Count - 1)
            {
                await _journal.Save();
            }
        }

        return null;
    }

    private async ValueTask<Halt?> RunBlock(
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

    /// <summary>Begins each step when those it needs are done; after a halt begins no more, and lets the others end.</summary>
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
                worst = Halt.Worse(worst, await ended);
                waiting.End(done, isDone: ended.Result is null);
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

    private async ValueTask<(StepRecord Record, Halt? Halt)> RunStep(
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
            Recall(step, place, around);
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
        try
        {
            // A block that has begun has its items, and a step that waits its input: its condition was asked then.
            var isBegun = before is { State: StepState.Waiting } || before?.Input is not null && IsBlock(step);
            if (!isBegun && step.If is not null && !step.If.Evaluate(around.At(record.StartedAt!.Value), new Fuel()))
            {
                return (record with { State = StepState.Skipped, FinishedAt = record.StartedAt }, null);
            }

            return IsBlock(step)
                ? await DoBlock(step, place, record, around, ct)
                : (await _caller.Do(step, record, around, ct), null);
        }
        catch (ExpressionException failure)
        {
            return (_caller.Failed(record, new StepFailure("expression", failure.Message)), null);
        }
    }

    private async ValueTask<(StepRecord Record, Halt? Halt)> DoBlock(
        Step step,
        StepPlace place,
        StepRecord record,
        StepScope around,
        CancellationToken ct
    )
    {
        var before = _journal.Find(place);
        JsonElement? items = step.Foreach is null ? null : before?.Input ?? Items(step.Foreach, around, record);
        record = record with { Input = items, StartedAt = before?.StartedAt ?? record.StartedAt };
        if (items is { } array && Refusal(array) is { } refusal)
        {
            return (_caller.Failed(record with { Input = null }, refusal), null);
        }

        // Durable before its parts: a later attempt goes over the same items.
        _journal.Add(record);
        await _journal.Save();
        var (output, halt) = items is { } all
            ? await EachItem(step, place, all, around, ct)
            : await EachBranch((StepBody.Parallel)step.Body, place, around, ct);
        if (halt is null)
        {
            return (_caller.Passed(step, record with { Output = output }, around), null);
        }

        if (halt.Record.State == StepState.Waiting)
        {
            return (record with { State = StepState.Waiting, WakeAt = halt.Record.WakeAt }, halt);
        }

        var failed = _caller.Failed(record, halt.Record.Error!) with { State = halt.Record.State };
        var goesOn = step.OnError != OnError.Fail && halt.Record.State == StepState.Failed && !halt.IsToBeRetried;
        return (
            goesOn ? failed with { Error = failed.Error! with { Retryable = false } } : failed,
            goesOn ? null : halt
        );
    }

    private async ValueTask<(JsonElement? Output, Halt? Halt)> EachBranch(
        StepBody.Parallel parallel,
        StepPlace place,
        StepScope around,
        CancellationToken ct
    )
    {
        var scopes = parallel.Branches.Select(_ => around.Inner()).ToList();
        var halts = await Task.WhenAll(
            parallel.Branches.Select((branch, i) => RunBlock(branch, place.Branch(i), scopes[i], ct).AsTask())
        );
        if (halts.Aggregate(Halt.Worse) is { } halt)
        {
            return (null, halt);
        }

        Recall(parallel, place, around);
        var outputs = parallel.Branches.Select((branch, i) => LastOutput(branch, place.Branch(i))).ToArray();
        return (Join(outputs, parallel.Names), null);
    }

    private async ValueTask<(JsonElement? Output, Halt? Halt)> EachItem(
        Step step,
        StepPlace place,
        JsonElement items,
        StepScope around,
        CancellationToken ct
    )
    {
        var all = items.EnumerateArray().ToArray();
        var outputs = new JsonElement?[all.Length];
        var halts = new Halt?[all.Length];
        var next = -1;
        var isHalted = false;
        async Task Work()
        {
            for (var i = Interlocked.Increment(ref next); i < all.Length; i = Interlocked.Increment(ref next))
            {
                if (Volatile.Read(ref isHalted))
                {
                    return;
                }

                (outputs[i], halts[i]) = await OneItem(step, place.Item(i), around.Inner(all[i]), ct);
                if (halts[i] is { Record.State: not StepState.Waiting })
                {
                    Volatile.Write(ref isHalted, true);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(step.Foreach!.Concurrency, all.Length)).Select(_ => Work()));
        return halts.Aggregate((Halt?)null, Halt.Worse) is { } halt ? (null, halt) : (Join(outputs, null), null);
    }

    private async ValueTask<(JsonElement? Output, Halt? Halt)> OneItem(
        Step step,
        StepPlace place,
        StepScope inner,
        CancellationToken ct
    )
    {
        var goesOn = step.Foreach!.GoesOn;
        if (step.Body is StepBody.Block block)
        {
            var blocked = await RunBlock(block.Steps, place, inner, ct);
            var isForgiven = goesOn && blocked is { Record.State: StepState.Failed, IsToBeRetried: false };
            return blocked is null ? (LastOutput(block.Steps, place), null) : (null, isForgiven ? null : blocked);
        }

        var one = step with
        {
            Foreach = null,
            If = null,
            WhenChanged = null,
            Handler = [],
            OnError = goesOn ? OnError.Continue : OnError.Fail,
        };
        var (record, halt) = await RunStep(one, place, inner, ct);
        await _journal.Save();
        return (record.Output, halt);
    }

    private static JsonElement Items(Foreach loop, StepScope around, StepRecord record)
    {
        var value = loop.Items.Render(around.At(record.StartedAt!.Value), new Fuel());
        return value.Kind == JsonValueKind.Array
            ? value.ToElement()
            : throw new ExpressionException(
                ExpressionErrorKind.InvalidType,
                $"foreach needs an array, but its items are {value}"
            );
    }

    private StepFailure? Refusal(JsonElement items)
    {
        var count = items.GetArrayLength();
        if (count > PipelineLimits.Items)
        {
            return new StepFailure(
                "too_many_items",
                $"foreach takes at most {PipelineLimits.Items} items, not {count}."
            );
        }

        return _journal.HasRoom(count)
            ? null
            : new StepFailure(
                "too_many_steps",
                $"A run keeps at most {PipelineLimits.Records} steps, with those of items."
            );
    }

    /// <summary>Lets later steps read what the branches of a block saved.</summary>
    private void Recall(Step step, StepPlace place, StepScope around)
    {
        if (step.Body is StepBody.Parallel parallel && _journal.Find(place) is { State: StepState.Succeeded })
        {
            Recall(parallel, place, around);
        }
    }

    private void Recall(StepBody.Parallel parallel, StepPlace place, StepScope around)
    {
        foreach (var (b, branch) in parallel.Branches.Index())
        {
            foreach (var (i, step) in branch.Index())
            {
                var at = place.Branch(b).Step(i);
                var record = _journal.Find(at);
                Recall(step, at, around);
                if (record is { State: StepState.Failed, Error: { } error } && step.OnError == OnError.Handle)
                {
                    around.AddFailure(step.SaveAs, error);
                }
                else
                {
                    around.Add(step.SaveAs, record?.Output);
                }
            }
        }
    }

    private JsonElement? LastOutput(IReadOnlyList<Step> steps, StepPlace place)
    {
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            if (_journal.Find(place.Step(i)) is { State: StepState.Succeeded } record)
            {
                return record.Output;
            }
        }

        return null;
    }

    private static JsonElement Join(IReadOnlyList<JsonElement?> outputs, IReadOnlyList<string>? names)
    {
        var values = outputs.Select(output => output is { } value ? JsonValue.Of(value) : JsonValue.Null).ToArray();
        return names is null
            ? JsonValue.Array(values).ToElement()
            : JsonValue.Object([.. names], values, values.Length).ToElement();
    }

    private static bool IsBlock(Step step) => step.Foreach is not null || step.Body is StepBody.Parallel;

    private static bool HasNeeds(IReadOnlyList<Step> steps) => steps.Any(step => step.Needs is not null);

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

    private async ValueTask<bool> IsUnchanged(Step step, StepRecord record) =>
        record.Gate is { } gate && await ports.LastGate(step.Id) is { } last && JsonElement.DeepEquals(gate, last);

    private void SkipFrom(int position)
    {
        for (var i = position; i < pipeline.Steps.Count; i++)
        {
            var place = StepPlace.Root.Step(i);
            if (_journal.Find(place) is not { IsDone: true })
            {
                var skipped = _caller.Begin(pipeline.Steps[i], place, null);
                _journal.Add(skipped with { State = StepState.Skipped, FinishedAt = skipped.StartedAt });
            }
        }
    }
}
