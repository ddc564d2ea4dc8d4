using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Pipelines;

/// <summary>What the expressions of a step can read, from step to step; a block has its own view of it.</summary>
internal sealed class DeclaredNames
{
    public const string Event = "event";
    public const string Item = "item";

    private const string NoEvent =
        "event is null here, for no event sets this task off; use schedule_kind 'event', or pass the value in params";

    /// <summary>Names that users know of, and that lead nowhere.</summary>
    private static readonly Dictionary<string, string> Nowhere = new()
    {
        ["null"] = "JMESPath takes null for a name; write `null` with its backticks, or !x for what is null or missing",
        ["true"] = "JMESPath takes true for a name; write `true` with its backticks, or leave the comparison out",
        ["false"] = "JMESPath takes false for a name; write `false` with its backticks, or !x",
        ["secrets"] = SecretNames.Elsewhere,
        [Item] = "item is what 'foreach' gives; this step stands in none",
    };

    /// <summary>What a run knows of itself and of its task, whatever the pipeline.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Known = new Dictionary<
        string,
        IReadOnlyList<string>
    >
    {
        ["run"] = ["id", "scheduled_for", "trigger", "attempt", "missed_count"],
        ["task"] = ["id", "title", "version", "timezone"],
    };

    private readonly IReadOnlySet<string> _roots;
    private readonly bool _hasEvent;
    private readonly Findings _findings;
    private readonly HashSet<string> _parameters;

    // Ids and names are unique in the whole pipeline, whatever block they stand in.
    private readonly Dictionary<string, string> _savedById;
    private readonly HashSet<string> _taken;

    private readonly List<string> _saved = [];
    private bool _hasItem;

    public DeclaredNames(JsonElement parameters, IReadOnlySet<string> roots, bool hasEvent, Findings findings)
    {
        _parameters = [.. parameters.EnumerateObject().Select(member => JsonText.ToText(JsonText.Name(member)))];
        (_roots, _hasEvent, _findings) = (roots, hasEvent, findings);
        _savedById = new(StringComparer.OrdinalIgnoreCase);
        _taken = new(StringComparer.OrdinalIgnoreCase);
    }

    private DeclaredNames(DeclaredNames outer)
    {
        (_parameters, _roots, _hasEvent, _findings) = (
            outer._parameters,
            outer._roots,
            outer._hasEvent,
            outer._findings
        );
        (_savedById, _taken, _hasItem) = (outer._savedById, outer._taken, outer._hasItem);
        _saved.AddRange(outer._saved);
    }

    /// <summary>The view of a block within: it sees what is saved so far; what it saves stays in it.</summary>
    public DeclaredNames Inner(bool hasItem = false) => new(this) { _hasItem = _hasItem || hasItem };

    /// <summary>From now on what an inner block saved can be read here as well.</summary>
    public void Absorb(DeclaredNames inner) => _saved.AddRange(inner._saved.Except(_saved).ToList());

    /// <summary>Takes the step's names; false for the one that another step has already.</summary>
    public (bool IdIsFree, bool SaveAsIsFree) Take(string? id, string? saveAs)
    {
        var idIsFree = id is null || _savedById.TryAdd(id, saveAs ?? id);
        var saveAsIsFree = (saveAs ?? id) is not { } name || _taken.Add(name);
        return (idIsFree, saveAsIsFree);
    }

    /// <summary>From now on expressions may read <c>steps.name</c>.</summary>
    public void Save(string name) => _saved.Add(name);

    /// <param name="secret">What is wrong with a path to a secret; none may stand there when null.</param>
    public void Check(IEnumerable<PathRef> paths, string pointer, Func<PathRef, string?>? secret = null)
    {
        foreach (var path in paths)
        {
            if ((secret is not null && SecretNames.IsOne(path) ? secret(path) : Problem(path)) is { } problem)
            {
                _findings.Add(pointer + path.Pointer, $"{problem} (at character {path.Position + 1})");
            }
        }
    }

    private string? Problem(PathRef path) =>
        path.Names switch
        {
            [] => $"'@' reads all there is; begin with one of {string.Join(", ", _roots.Order())}",
            [var root, ..] when !IsRoot(root) => Nowhere.GetValueOrDefault(root) ?? UnknownRoot(root),
            [Event, ..] when !_hasEvent && !path.MayBeMissing => NoEvent,
            [var root, var name, ..] when IsUnknown(root, name) && !path.MayBeMissing => UnknownMember(root, name),
            ["steps", var name, ..] when !_saved.Contains(name) => UnknownStep(name),
            ["params", var name, ..] when !_parameters.Contains(name) && !path.MayBeMissing => UnknownParameter(name),
            _ => null,
        };

    private bool IsRoot(string name) => _roots.Contains(name) || name == Item && _hasItem;

    private static bool IsUnknown(string root, string name) =>
        Known.TryGetValue(root, out var names) && !names.Contains(name);

    private static string UnknownMember(string root, string name) =>
        $"{root} has no '{JsonText.Shorten(name)}'{Nearest.Hint(name, Known[root])}; it has "
        + string.Join(", ", Known[root]);

    private string UnknownRoot(string root) =>
        $"unknown name '{JsonText.Shorten(root)}'{Nearest.Hint(root, _roots)} "
        + $"Expressions begin with one of {string.Join(", ", _roots.Order())}";

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
