namespace Ordinaut.Expressions;

/// <summary>
/// A path that an expression reads from the root of its scope, as far as it is known before the data is:
/// <c>steps.weather.days[0].high</c> reads <c>steps</c>, <c>weather</c>, <c>days</c>. No names: it reads all of the scope.
/// </summary>
/// <param name="Names">The member names, outermost first.</param>
/// <param name="Position">Where the path begins in the expression, or in the string the template stands in.</param>
/// <param name="Pointer">JSON Pointer to that string within its tree; empty outside templates.</param>
internal sealed record PathRef(IReadOnlyList<string> Names, int Position, string Pointer = "")
{
    /// <summary>The path as it would be written.</summary>
    public override string ToString() => Names.Count == 0 ? "@" : Names.Aggregate("", Append);

    public static string Append(string path, string name)
    {
        var written = IsIdentifier(name) ? name : $"\"{name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return path.Length == 0 ? written : $"{path}.{written}";
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}

/// <summary>Where a value stands, seen from the root; unknown once it depends on the data.</summary>
internal readonly struct Place
{
    private readonly string[]? _names;

    private Place(string[] names) => _names = names;

    public static Place Root => new([]);

    public static Place Unknown => default;

    public IReadOnlyList<string>? Names => _names;

    /// <summary>The member's place; its owner's, once that is as deep as anyone looks.</summary>
    public Place Member(string name) =>
        _names is null ? default
        : _names.Length == ExpressionLimits.TracedNames ? this
        : new Place([.. _names, name]);
}

/// <summary>Collects the paths that an expression reads, each once, in the order of the text.</summary>
internal sealed class PathTracer
{
    private readonly List<PathRef> _found = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public static IReadOnlyList<PathRef> Trace(Node root)
    {
        var tracer = new PathTracer();
        root.Trace(Place.Root, tracer);
        return tracer._found;
    }

    public void Read(Place place, int position)
    {
        if (place.Names is not { } names)
        {
            return;
        }

        var path = new PathRef(names, position);
        if (_seen.Add(path.ToString()))
        {
            _found.Add(path);
        }
    }

    /// <summary>Each node looks at the same value; what they make of it has no place in the scope.</summary>
    public Place TraceAll(IReadOnlyList<Node> nodes, Place current)
    {
        foreach (var node in nodes)
        {
            node.Trace(current, this);
        }

        return Place.Unknown;
    }
}
