using System.Text.Json;

namespace Ordinaut.Pipelines;

/// <summary>
/// Walks the steps of one attempt. Pure except for the ports it is given: what it knows of earlier attempts comes in as
/// records, what must outlive a crash goes out through <see cref="StepPorts.Save"/>. A step that is done is never done
/// again.
/// </summary>
internal sealed class PipelineRunner(Pipeline pipeline, StepScope scope, StepPorts ports)
{
    /// <param name="known">Records of earlier attempts.</param>
    public async Task<PipelineResult> Run(IReadOnlyList<StepRecord> known, CancellationToken ct)
    {
        var journal = new StepJournal(known, ports);
        var steps = new StepRunner(journal, new StepCaller(journal, ports));
        var halt = StepRunner.HasNeeds(pipeline.Steps)
            ? await steps.RunBlock(pipeline.Steps, StepPlace.Root, scope, ct)
            : await RunWhole(steps, journal, ct);
        return new PipelineResult(journal.Unsaved, halt);
    }

    /// <summary>In order: gates may skip the rest, and the last step is saved with the run's end.</summary>
    private async ValueTask<Halt?> RunWhole(StepRunner runner, StepJournal journal, CancellationToken ct)
    {
        var steps = pipeline.Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            var (record, halt) = await runner.RunStep(steps[i], StepPlace.Root.Step(i), scope, ct);
            if (halt is not null)
            {
                return halt;
            }

            if (steps[i].WhenChanged is not null && await IsUnchanged(steps[i], record))
            {
                SkipFrom(runner, journal, i + 1);
                return null;
            }

            if (i < steps.Count - 1)
            {
                await journal.Save();
            }
        }

        return null;
    }

    private async ValueTask<bool> IsUnchanged(Step step, StepRecord record) =>
        record.Gate is { } gate && await ports.LastGate(step.Id) is { } last && JsonElement.DeepEquals(gate, last);

    private void SkipFrom(StepRunner runner, StepJournal journal, int position)
    {
        for (var i = position; i < pipeline.Steps.Count; i++)
        {
            var place = StepPlace.Root.Step(i);
            if (journal.Find(place) is not { IsDone: true })
            {
                var skipped = runner.Begin(pipeline.Steps[i], place, null);
                journal.Add(skipped with { State = StepState.Skipped, FinishedAt = skipped.StartedAt });
            }
        }
    }
}
