namespace Ordinaut.Expressions;

/// <summary>
/// Where a value stands, seen from the root: a node of the tree of all paths that one expression reads, so that
/// following a path and meeting it again both cost nothing.
/// </summary>
internal sealed class Place(Place? owner, string name)
{
    private readonly int _depth = owner is null ? 0 : owner._depth + 1;
    private Dictionary<string, Place>? _members;
    private bool _isRead;
    private bool _isReadAsNeeded;

    /// <summary>The member's place; its owner's, once that is as deep as anyone looks.</summary>
    public Place Member(string member)
    {
        if (_depth == ExpressionLimits.TracedNames)
        {
            return this;
        }

        _members ??= new Dictionary<string, Place>(StringComparer.Ordinal);
        if (!_members.TryGetValue(member, out var place))
        {
            _members[member] = place = new Place(this, member);
        }

        return place;
    }

    /// <summary>False when it has been read before; a first read that needs it is new all the same.</summary>
    public bool TryRead(bool mayBeMissing)
    {
        var isNew = !_isRead || !(mayBeMissing || _isReadAsNeeded);
        _isRead = true;
        _isReadAsNeeded |= !mayBeMissing;
        return isNew;
    }

    public string[] Names()
    {
        var names = new string[_depth];
        for (var place = this; place.Owner is not null; place = place.Owner)
        {
            names[place._depth - 1] = place.Name;
        }

        return names;
    }

    private Place? Owner { get; } = owner;

    private string Name { get; } = name;
}

/// <summary>Collects the paths that an expression reads, each once, in the order of the text.</summary>
internal sealed class PathTracer
{
    private readonly List<PathRef> _found = [];
    private int _excuses;

    public static IReadOnlyList<PathRef> Trace(Node expression)
    {
        var tracer = new PathTracer();
        expression.Trace(new Place(null, ""), tracer);
        return tracer._found;
    }

    /// <param name="place">Null when the place depends on the data.</param>
    /// <param name="position">Where in the text it is read.</param>
    public void Read(Place? place, int position)
    {
        var mayBeMissing = _excuses > 0;
        if (place?.TryRead(mayBeMissing) == true)
        {
            _found.Add(new PathRef(place.Names(), position) { MayBeMissing = mayBeMissing });
        }
    }

    /// <summary>As <see cref="TraceAll"/>, for nodes that may read what is not there.</summary>
    public Place? TraceExcused(IReadOnlyList<Node> nodes, Place? current)
    {
        _excuses++;
        TraceAll(nodes, current);
        _excuses--;
        return null;
    }

    /// <summary>Each node looks at the same value; what they make of it has no place in the scope.</summary>
    public Place? TraceAll(IReadOnlyList<Node> nodes, Place? current)
    {
        foreach (var node in nodes)
        {
            node.Trace(current, this);
        }

        return null;
    }
}
