namespace Ordinaut.Tests.Conformance;

/// <summary>What may never happen between two looks at a database, whatever any model says of either.</summary>
internal sealed class Watch
{
    private Snapshot? _before;

    public string? Fault(Snapshot now)
    {
        var before = _before;
        _before = now;
        if (before is null)
        {
            return null;
        }

        foreach (var (run, epoch) in before.Epochs)
        {
            if (!now.Epochs.TryGetValue(run, out var next) || next < epoch)
            {
                return $"Run {run} was at epoch {epoch} and is at {next} (0: gone).";
            }
        }

        foreach (var (task, cursor) in before.Cursors)
        {
            if (now.Cursors.TryGetValue(task, out var next) && next < cursor)
            {
                return $"The cursor of task {task} went back from {Model.At(cursor)} to {Model.At(next)}.";
            }
        }

        return
            before.Runs.FirstOrDefault(line => now.RunOf(line.Key.Task, line.Key.At, line.Key.Key) != line.Value)
                is { Value: var lost }
            && lost != Guid.Empty
            ? $"The ledger lost its line of run {lost}."
            : null;
    }
}
