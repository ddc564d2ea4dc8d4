using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Pipelines;

/// <summary>
/// What is known of a run's steps: what earlier attempts left, what this one adds, and what of it is durable yet. Steps
/// that are done at once share it.
/// </summary>
internal sealed class StepJournal(IReadOnlyList<StepRecord> known, StepPorts ports)
{
    private readonly Dictionary<string, StepRecord> _records = known.ToDictionary(record => record.Place);
    private readonly List<StepRecord> _unsaved = [];
    private readonly Dictionary<string, long> _sizes = known.ToDictionary(record => record.Place, SizeOf);
    private long _kept = known.Sum(SizeOf);

    /// <summary>Records to write together with the end of the attempt.</summary>
    public IReadOnlyList<StepRecord> Unsaved
    {
        get
        {
            lock (_unsaved)
            {
                return [.. _unsaved];
            }
        }
    }

    public StepRecord? Find(StepPlace place)
    {
        lock (_unsaved)
        {
            return _records.GetValueOrDefault(place.Text);
        }
    }

    /// <summary>Whether so many further records are within <see cref="PipelineLimits.Records"/>.</summary>
    public bool HasRoom(int more)
    {
        lock (_unsaved)
        {
            return _records.Count + more <= PipelineLimits.Records;
        }
    }

    public void Add(StepRecord record)
    {
        lock (_unsaved)
        {
            _records[record.Place] = record;
            var size = SizeOf(record);
            _kept += size - _sizes.GetValueOrDefault(record.Place);
            _sizes[record.Place] = size;
            _unsaved.RemoveAll(other => other.Place == record.Place);
            _unsaved.Add(record);
        }
    }

    /// <summary>Makes what was added durable; skipped steps may wait for company.</summary>
    public async ValueTask Save()
    {
        List<StepRecord> records;
        lock (_unsaved)
        {
            if (!_unsaved.Exists(record => record.State != StepState.Skipped))
            {
                return;
            }

            records = [.. _unsaved];
            _unsaved.Clear();
        }

        await ports.Save(records);
    }

    /// <summary>What a run keeps is shown, and read at each attempt, as a whole: it has a limit as a whole.</summary>
    public StepFailure? TooLarge(StepRecord record)
    {
        long sum;
        lock (_unsaved)
        {
            sum = _kept - _sizes.GetValueOrDefault(record.Place) + SizeOf(record);
        }

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
}
