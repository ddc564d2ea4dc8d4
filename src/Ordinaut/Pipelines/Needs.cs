namespace Ordinaut.Pipelines;

/// <summary>
/// In which order the steps of a block may be done. A step without <c>needs</c> needs the one before it; with
/// <c>needs: []</c> it needs none.
/// </summary>
internal sealed class Needs
{
    private readonly IReadOnlyList<IReadOnlyList<int>> _needs;
    private readonly SortedSet<int> _toBegin;
    private readonly HashSet<int> _done = [];

    private Needs(IReadOnlyList<IReadOnlyList<int>> needs)
    {
        _needs = needs;
        _toBegin = [.. Enumerable.Range(0, needs.Count)];
    }

    public static Needs Of(IReadOnlyList<Step> steps)
    {
        var byId = steps
            .Index()
            .ToDictionary(step => step.Item.Id, step => step.Index, StringComparer.OrdinalIgnoreCase);
        return new Needs([.. steps.Select((step, i) => Before(i, step.Needs?.Select(id => byId[id])))]);
    }

    /// <summary>The positions of what must be done before the step at a position.</summary>
    public static IReadOnlyList<int> Before(int position, IEnumerable<int>? named) =>
        named is not null ? [.. named]
        : position == 0 ? []
        : [position - 1];

    /// <summary>Takes the steps that may begin now; none once the run cannot go on.</summary>
    public IReadOnlyList<int> TakeReady(Halt? halt)
    {
        if (halt is { Record.State: not StepState.Waiting })
        {
            return [];
        }

        List<int> ready = [.. _toBegin.Where(position => _needs[position].All(_done.Contains))];
        _toBegin.ExceptWith(ready);
        return ready;
    }

    public void End(int position, bool isDone)
    {
        if (isDone)
        {
            _done.Add(position);
        }
    }
}
