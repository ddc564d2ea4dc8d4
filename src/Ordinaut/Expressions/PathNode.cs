namespace Ordinaut.Expressions;

/// <summary>
/// A start and the steps taken from it: <c>a.b[0].c[*].d[?x].{y: z}[]</c>. The steps are kept in one list, so
/// a path of a thousand steps is walked by a loop; only a projection within a projection recurs.
/// </summary>
/// <remarks>
/// A projection applies the steps behind it to each of its elements, up to the next flatten, which
/// joins what came out and projects anew (JMESPath, "Projections").
/// </remarks>
internal sealed class PathNode : Node
{
    // Enough for most results; grows from there, so that a long input does not reserve what fuel will not fill.
    private const int FirstCapacity = 32;

    private readonly Node? _start;
    private readonly Segment[] _segments;
    private readonly int _position;

    /// <param name="start">Where the path begins; null for the current value.</param>
    /// <param name="segments">At least one.</param>
    /// <param name="position">Where the path begins in the text.</param>
    public PathNode(Node? start, Segment[] segments, int position)
    {
        _start = start;
        _segments = segments;
        _position = position;
        Height = HeightOf(start, segments);
    }

    public override int Height { get; }

    public override Json Evaluate(in Json current, Fuel fuel) =>
        Walk(_start is null ? current : _start.Evaluate(current, fuel), 0, _segments.Length, fuel);

    public override Place? Trace(Place? current, PathTracer tracer)
    {
        var place = _start is null ? current : _start.Trace(current, tracer);
        foreach (var segment in _segments)
        {
            place = segment.Trace(place, tracer, _position);
        }

        tracer.Read(place, _position);
        return place;
    }

    public override string? FindMissing(in Json current, Fuel fuel)
    {
        if (_start is not null)
        {
            return null;
        }

        var value = current;
        var path = "";
        foreach (var segment in _segments)
        {
            if (segment is not PlainSegment plain)
            {
                return null;
            }

            path = plain.AppendTo(path);
            if (!plain.TryApply(value, fuel, out var next))
            {
                return path;
            }

            value = next;
        }

        return null;
    }

    private static int HeightOf(Node? start, Segment[] segments)
    {
        var height = start?.Height ?? 0;
        var projections = 0;
        foreach (var segment in segments)
        {
            projections =
                segment is FlattenSegment ? 1
                : segment is Projection ? projections + 1
                : projections;
            height = Math.Max(height, projections + segment.Height);
        }

        return 1 + height;
    }

    private Json Walk(Json value, int from, int end, Fuel fuel)
    {
        for (var i = from; i < end; i++)
        {
            fuel.Spend();
            if (_segments[i] is Projection projection)
            {
                var stop = StopOf(i + 1, end);
                value = Project(projection, value, i + 1, stop, fuel);
                i = stop - 1;
            }
            else
            {
                value = _segments[i].Apply(value, fuel);
            }
        }

        return value;
    }

    private int StopOf(int from, int end)
    {
        while (from < end && _segments[from] is not FlattenSegment)
        {
            from++;
        }

        return from;
    }

    private Json Project(Projection projection, in Json value, int from, int end, Fuel fuel)
    {
        if (!projection.TrySelect(value, fuel, out var elements))
        {
            return Json.Null;
        }

        var results = new JsonArrayBuilder(Math.Min(elements.Count, FirstCapacity));
        foreach (var element in elements)
        {
            fuel.Spend();
            if (projection.Accepts(element, fuel))
            {
                var result = from == end ? element : Walk(element, from, end, fuel);
                if (!result.IsNull)
                {
                    results.Add(result);
                }
            }
        }

        return results.Build();
    }
}
