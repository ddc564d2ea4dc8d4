using System.Collections.Immutable;
using Ordinaut.Tests.Runs;

namespace Ordinaut.Tests.Conformance;

/// <summary>A course under way: the model beside the database, step by step.</summary>
internal sealed class Play(IReadOnlyList<TestNode> nodes, StoryClock clock, bool isParallel)
{
    private readonly List<string> _log = [];
    private readonly Watch _watch = new();
    private Model _model = new() { Now = clock.GetUtcNow() };

    /// <summary>Does a set of acts at once, each on its own node; returns what was wrong.</summary>
    public async Task<string?> Do(IReadOnlyList<Op> set)
    {
        var acts = set.Select(op => Act.Of(op, _model)).ToList();
        _log.Add(string.Join(" | ", acts.Select(act => act.Text)));
        try
        {
            var seen = await Seen(acts);
            var snapshot = await Snapshot.Of(nodes[0].Core.Db);
            var fault = Agree(acts, seen, snapshot) ?? _watch.Fault(snapshot);
            return fault is null ? null : Told(fault);
        }
        catch (Exception failure)
        {
            return Told(failure.ToString());
        }
    }

    private async Task<IReadOnlyList<Seen>> Seen(List<Act> acts)
    {
        if (isParallel && acts.Count > 1)
        {
            return await Task.WhenAll(acts.Select((act, i) => Task.Run(() => act.Do(nodes[i]))));
        }

        var seen = new List<Seen>();
        for (var i = 0; i < acts.Count; i++)
        {
            seen.Add(await acts[i].Do(nodes[(i + _log.Count) % nodes.Count]));
        }

        return seen;
    }

    /// <summary>Looks for an order of the acts in which the model sees what was seen and holds what is there.</summary>
    private string? Agree(List<Act> acts, IReadOnlyList<Seen> seen, Snapshot snapshot)
    {
        var disagreements = new SortedSet<string>(StringComparer.Ordinal);
        var views = seen.Select(one => new View(one, acts.Count == 1, snapshot, text => disagreements.Add(text)))
            .ToList();
        foreach (var after in Orders(_model, [.. Enumerable.Range(0, acts.Count)]))
        {
            var lines = after.Lines().ToList();
            if (lines.SequenceEqual(snapshot.Lines))
            {
                _model = after;
                return null;
            }

            var onlyModel = lines.Except(snapshot.Lines).Select(line => $"  the model has {line}");
            var onlyStore = snapshot.Lines.Except(lines).Select(line => $"  the store has {line}");
            disagreements.Add(string.Join('\n', ["in some order:", .. onlyModel, .. onlyStore]));
        }

        return string.Join('\n', disagreements.Take(6));

        IEnumerable<Model> Orders(Model before, ImmutableList<int> left) =>
            left.IsEmpty
                ? [before]
                : left.SelectMany(i =>
                    acts[i].After(before, views[i]).SelectMany(after => Orders(after, left.Remove(i)))
                );
    }

    private string Told(string fault) => $"{string.Join('\n', _log.Select((line, i) => $"{i + 1}. {line}"))}\n{fault}";
}
