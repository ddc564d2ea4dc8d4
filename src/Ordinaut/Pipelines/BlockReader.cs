using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>Reads an array of steps: in which order they are done decides what each can read.</summary>
internal sealed class BlockReader
{
    private readonly Findings _findings;
    private readonly StepReader _steps;
    private int _count;

    public BlockReader(Findings findings, ToolLookup tools)
    {
        _findings = findings;
        _steps = new StepReader(findings, tools, this);
    }

    /// <param name="scope">What the block can read; afterwards also what it saves.</param>
    /// <param name="depth">How many blocks this one stands in.</param>
    public IReadOnlyList<Step> Read(JsonElement block, string pointer, DeclaredNames scope, int depth)
    {
        if (block.ValueKind != JsonValueKind.Array || block.GetArrayLength() == 0)
        {
            _findings.Add(pointer, $"a block is an array of at least one step, but is {JsonText.Show(block)}");
            return [];
        }

        if (depth > PipelineLimits.Nesting)
        {
            _findings.Add(pointer, $"blocks are nested deeper than {PipelineLimits.Nesting} levels");
            return [];
        }

        _count += block.GetArrayLength();
        if (_count > PipelineLimits.Steps)
        {
            _findings.Add(
                pointer,
                $"the pipeline has more than {PipelineLimits.Steps} steps, with those of its blocks"
            );
            return [];
        }

        List<JsonElement> steps = [.. block.EnumerateArray()];
        return steps.Exists(step => JsonText.TryGetMember(step, "needs"u8, out _))
            ? ReadByNeeds(steps, pointer, scope, depth)
            : ReadInOrder(steps, pointer, scope, depth);
    }

    /// <summary>The ids of <c>needs</c>; null when there is none.</summary>
    public static IReadOnlyList<string>? Needs(Members members, Findings findings)
    {
        if (!members.TryGet("needs", out var value))
        {
            return null;
        }

        if (
            value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(id => id.ValueKind == JsonValueKind.String)
        )
        {
            return [.. value.EnumerateArray().Select(JsonText.ToText).Distinct(StringComparer.OrdinalIgnoreCase)];
        }

        findings.Add(members.PointerTo("needs"), "needs must be an array of step ids, such as [\"weather\"]");
        return null;
    }

    private List<Step> ReadInOrder(List<JsonElement> steps, string pointer, DeclaredNames scope, int depth)
    {
        var read = new List<Step>();
        foreach (var (index, step) in steps.Index())
        {
            if (!_findings.IsFull && _steps.Read(step, $"{pointer}/{index}", scope, depth) is { } one)
            {
                read.Add(one);
            }
        }

        return read;
    }

    /// <summary>Each step sees what the steps it needs saved, and what those could see.</summary>
    private List<Step> ReadByNeeds(List<JsonElement> steps, string pointer, DeclaredNames scope, int depth)
    {
        var needs = steps.Select((_, i) => PositionsOf(steps, i, pointer)).ToList();
        var views = new DeclaredNames?[steps.Count];
        var read = new Step?[steps.Count];
        for (var left = steps.Count; left > 0; )
        {
            var before = left;
            for (var i = 0; i < steps.Count && !_findings.IsFull; i++)
            {
                if (views[i] is not null || !needs[i].All(need => views[need] is not null))
                {
                    continue;
                }

                var view = scope.Inner();
                foreach (var need in needs[i])
                {
                    view.Absorb(views[need]!);
                }

                read[i] = _steps.Read(steps[i], $"{pointer}/{i}", view, depth);
                views[i] = view;
                left--;
            }

            if (left == before)
            {
                AddCycles(views, pointer);
                break;
            }
        }

        foreach (var view in views.OfType<DeclaredNames>())
        {
            scope.Absorb(view);
        }

        return [.. read.OfType<Step>()];
    }

    private void AddCycles(DeclaredNames?[] views, string pointer)
    {
        foreach (var (index, view) in views.Index())
        {
            if (view is null)
            {
                _findings.Add(
                    $"{pointer}/{index}/needs",
                    "needs leads around in a circle, so none of its steps could begin"
                );
            }
        }
    }

    private IReadOnlyList<int> PositionsOf(List<JsonElement> steps, int position, string pointer)
    {
        if (!JsonText.TryGetMember(steps[position], "needs"u8, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            return Pipelines.Needs.Before(position, null);
        }

        var positions = new List<int>();
        foreach (var (index, id) in value.EnumerateArray().Index())
        {
            var found = steps.FindIndex(step => IdOf(step) is { } other && IsSame(other, id));
            if (found < 0)
            {
                var ids = steps.Select(IdOf).OfType<string>();
                var hint = id.ValueKind == JsonValueKind.String ? Nearest.Hint(JsonText.ToText(id), ids) : "";
                _findings.Add(
                    $"{pointer}/{position}/needs/{index}",
                    $"there is no step {JsonText.Show(id)} in this block{hint}"
                );
            }
            else if (found != position)
            {
                positions.Add(found);
            }
            else
            {
                _findings.Add($"{pointer}/{position}/needs/{index}", "a step cannot need itself");
            }
        }

        return positions;
    }

    private static bool IsSame(string other, JsonElement id) =>
        id.ValueKind == JsonValueKind.String
        && string.Equals(other, JsonText.ToText(id), StringComparison.OrdinalIgnoreCase);

    private static string? IdOf(JsonElement step) =>
        JsonText.TryGetMember(step, "id"u8, out var id) && id.ValueKind == JsonValueKind.String
            ? JsonText.ToText(id)
            : null;
}
