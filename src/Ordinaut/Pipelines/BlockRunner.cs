using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Pipelines;

/// <summary>Does a step that holds further steps: for each item, or in branches.</summary>
internal sealed class BlockRunner(StepRunner steps, StepJournal journal, StepCaller caller)
{
    public static bool IsBlock(Step step) => step.Foreach is not null || step.Body is StepBody.Parallel;

    /// <summary>A halt here comes from inside the block.</summary>
    public async ValueTask<(StepRecord Record, Halt? Halt)> Do(
        Step step,
        StepPlace place,
        StepRecord record,
        StepScope around,
        CancellationToken ct
    )
    {
        var before = journal.Find(place);
        JsonElement? items = step.Foreach is null ? null : before?.Input ?? Items(step.Foreach, around, record);
        record = record with { Input = items, StartedAt = before?.StartedAt ?? record.StartedAt };
        if (items is { } array && Refusal(array) is { } refusal)
        {
            return (caller.Failed(record with { Input = null }, refusal), null);
        }

        // Durable before its parts: a later attempt goes over the same items.
        journal.Add(record);
        await journal.Save();
        var (output, halt) = items is { } all
            ? await EachItem(step, place, all, around, ct)
            : await EachBranch((StepBody.Parallel)step.Body, place, around, ct);
        if (halt is null)
        {
            return (caller.Passed(step, record with { Output = output }, around), null);
        }

        if (halt.Record.State == StepState.Waiting)
        {
            return (record with { State = StepState.Waiting, WakeAt = halt.Record.WakeAt }, halt);
        }

        var failed = caller.Failed(record, halt.Record.Error!) with { State = halt.Record.State };
        var goesOn = step.OnError != OnError.Fail && halt.Record.State == StepState.Failed && !halt.IsToBeRetried;
        return (
            goesOn ? failed with { Error = failed.Error! with { Retryable = false } } : failed,
            goesOn ? null : halt
        );
    }

    /// <summary>Lets later steps read what the branches of a block saved.</summary>
    public void Recall(Step step, StepPlace place, StepScope around)
    {
        if (step.Body is StepBody.Parallel parallel && journal.Find(place) is { State: StepState.Succeeded })
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
                var record = journal.Find(at);
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

    private async ValueTask<(JsonElement? Output, Halt? Halt)> EachBranch(
        StepBody.Parallel parallel,
        StepPlace place,
        StepScope around,
        CancellationToken ct
    )
    {
        var scopes = parallel.Branches.Select(_ => around.Inner()).ToList();
        var halts = await Task.WhenAll(
            parallel.Branches.Select((branch, i) => steps.RunBlock(branch, place.Branch(i), scopes[i], ct).AsTask())
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
            var blocked = await steps.RunBlock(block.Steps, place, inner, ct);
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
        var (record, halt) = await steps.RunStep(one, place, inner, ct);
        await journal.Save();
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

        return journal.HasRoom(count)
            ? null
            : new StepFailure(
                "too_many_steps",
                $"A run keeps at most {PipelineLimits.Records} steps, with those of items."
            );
    }

    private JsonElement? LastOutput(IReadOnlyList<Step> block, StepPlace place)
    {
        for (var i = block.Count - 1; i >= 0; i--)
        {
            if (journal.Find(place.Step(i)) is { State: StepState.Succeeded } record)
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
}
