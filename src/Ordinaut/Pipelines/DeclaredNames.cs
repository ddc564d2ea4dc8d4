using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>What the expressions of a step can read, growing from step to step.</summary>
internal sealed class DeclaredNames(JsonElement parameters, IReadOnlySet<string> roots, Findings findings)
{
    private readonly HashSet<string> _parameters =
    [
        .. parameters.EnumerateObject().Select(member => JsonText.ToText(JsonText.Name(member))),
    ];

    private readonly List<string> _saved = [];
    private readonly Dictionary<string, string> _savedById = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the step's names; false for the one that another step has already.</summary>
    public (bool IdIsFree, bool SaveAsIsFree) Take(string? id, string? saveAs)
    {
        var idIsFree = id is null || _savedById.TryAdd(id, saveAs ?? id);
        var saveAsIsFree = (saveAs ?? id) is not { } name || _taken.Add(name);
        return (idIsFree, saveAsIsFree);
    }

    /// <summary>From now on expressions may read <c>steps.name</c>.</summary>
    public void Save(string name) => _saved.Add(name);

    public void Check(IEnumerable<PathRef> paths, string pointer)
    {
        foreach (var path in paths)
        {
            if (Problem(path) is { } problem)
            {
                findings.Add(pointer + path.Pointer, $"{problem} (at character {path.Position + 1})");
            }
        }
    }

    private string? Problem(PathRef path) =>
        path.Names switch
        {
            [] => $"'@' reads all there is; begin with one of {string.Join(", ", roots.Order())}",
            [var root, ..] when !roots.Contains(root) => UnknownRoot(root),
            ["steps", var name, ..] when !_saved.Contains(name) => UnknownStep(name),
            ["params", var name, ..] when !_parameters.Contains(name) && !path.MayBeMissing => UnknownParameter(name),
            _ => null,
        };

    private string UnknownRoot(string root) =>
        $"unknown name '{JsonText.Shorten(root)}'{Nearest.Hint(root, roots)} "
        + $"Expressions begin with one of {string.Join(", ", roots.Order())}";

    private string UnknownStep(string name)
    {
        var shown = JsonText.Shorten(name);
        if (_savedById.TryGetValue(name, out var saveAs) && _saved.Contains(saveAs))
        {
            return $"steps.{shown} is not saved by an earlier step; the step '{shown}' saves its result as '{saveAs}'";
        }

        var soFar = _saved.Count == 0 ? "nothing is saved so far" : $"saved so far: {string.Join(", ", _saved)}";
        return $"steps.{shown} is not saved by an earlier step{Nearest.Hint(name, _saved)}; {soFar}";
    }

    private string UnknownParameter(string name)
    {
        var path = PathRef.Append("params", name);
        return $"{JsonText.Shorten(path)} is not in params{Nearest.Hint(name, _parameters)}; "
            + $"add it there, or write default({JsonText.Shorten(path)}, …)";
    }
}
