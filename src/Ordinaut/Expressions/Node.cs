using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>
/// A parsed expression: a tree whose height is limited at parse time, so that recursion over it is too.
/// </summary>
internal abstract class Node
{
    /// <summary>Levels of the tree from here down.</summary>
    public abstract int Height { get; }

    public abstract JsonValue Evaluate(in JsonValue current, Fuel fuel);

    /// <summary>
    /// Reports what the node reads when its current value stands at a place, and gives the place of its result;
    /// null is a place that depends on the data.
    /// </summary>
    public abstract Place? Trace(Place? current, PathTracer tracer);

    /// <summary>
    /// The shortest path from the root that does not exist, when that is why the node gives null; otherwise null.
    /// </summary>
    public virtual string? FindMissing(in JsonValue current, Fuel fuel) => null;
}

/// <summary>A value written into the expression.</summary>
internal sealed class LiteralNode(JsonValue value) : Node
{
    public override int Height => 1;

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        return value;
    }

    public override Place? Trace(Place? current, PathTracer tracer) => null;
}

/// <summary><c>@</c>: the value that the expression is looking at.</summary>
internal sealed class CurrentNode(int position) : Node
{
    public override int Height => 1;

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        return current;
    }

    public override Place? Trace(Place? current, PathTracer tracer)
    {
        tracer.Read(current, position);
        return current;
    }
}

/// <summary><c>a | b | c</c>: each looks at the result of the one before.</summary>
internal sealed class PipeNode(Node[] stages) : Node
{
    public override int Height { get; } = 1 + stages.Max(stage => stage.Height);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        var value = current;
        foreach (var stage in stages)
        {
            value = stage.Evaluate(value, fuel);
        }

        return value;
    }

    public override Place? Trace(Place? current, PathTracer tracer)
    {
        foreach (var stage in stages)
        {
            current = stage.Trace(current, tracer);
        }

        return current;
    }

    public override string? FindMissing(in JsonValue current, Fuel fuel) => stages[0].FindMissing(current, fuel);
}

/// <summary>
/// <c>a || b</c> gives the first truthy operand, <c>a &amp;&amp; b</c> the first falsy one; else the last.
/// </summary>
internal sealed class LogicNode(Node[] operands, bool stopsAt) : Node
{
    public override int Height { get; } = 1 + operands.Max(operand => operand.Height);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        var value = JsonValue.Null;
        foreach (var operand in operands)
        {
            value = operand.Evaluate(current, fuel);
            if (value.IsTruthy == stopsAt)
            {
                break;
            }
        }

        return value;
    }

    public override Place? Trace(Place? current, PathTracer tracer) =>
        stopsAt ? tracer.TraceExcused(operands, current) : tracer.TraceAll(operands, current);
}

/// <summary><c>!a</c></summary>
internal sealed class NotNode(Node operand) : Node
{
    public override int Height { get; } = 1 + operand.Height;

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        return JsonValue.Of(!operand.Evaluate(current, fuel).IsTruthy);
    }

    public override Place? Trace(Place? current, PathTracer tracer) => tracer.TraceAll([operand], current);
}

/// <summary><c>a == b</c> on any values; <c>a &lt; b</c> and its like on numbers, and null on anything else.</summary>
internal sealed class ComparisonNode(TokenKind comparator, Node left, Node right) : Node
{
    public override int Height { get; } = 1 + Math.Max(left.Height, right.Height);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        var a = left.Evaluate(current, fuel);
        var b = right.Evaluate(current, fuel);
        if (comparator is TokenKind.Equal or TokenKind.NotEqual)
        {
            return JsonValue.Of(JsonEquality.AreSame(a, b, fuel) == (comparator == TokenKind.Equal));
        }

        if (a.Kind != JsonValueKind.Number || b.Kind != JsonValueKind.Number)
        {
            return JsonValue.Null;
        }

        fuel.SpendText(a.Size + b.Size);
        return JsonValue.Of(Holds(JsonOrder.CompareNumbers(a, b)));
    }

    public override Place? Trace(Place? current, PathTracer tracer) => tracer.TraceAll([left, right], current);

    private bool Holds(int order) =>
        comparator switch
        {
            TokenKind.Less => order < 0,
            TokenKind.LessOrEqual => order <= 0,
            TokenKind.Greater => order > 0,
            _ => order >= 0,
        };
}

/// <summary><c>[a, b]</c>: an array of results; null on null.</summary>
internal sealed class ListNode(Node[] elements) : Node
{
    public override int Height { get; } = 1 + elements.Max(element => element.Height);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        if (current.IsNull)
        {
            return JsonValue.Null;
        }

        var items = new JsonValue[elements.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            items[i] = elements[i].Evaluate(current, fuel);
        }

        return Fuel.Built(JsonValue.Array(items));
    }

    public override Place? Trace(Place? current, PathTracer tracer) => tracer.TraceAll(elements, current);
}

/// <summary>
/// <c>{a: x, b: y}</c>: an object of results; null on null. The names are distinct, and all objects that the node
/// builds share them.
/// </summary>
internal sealed class ObjectNode(string[] names, Node[] values) : Node
{
    public override int Height { get; } = 1 + values.Max(value => value.Height);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        if (current.IsNull)
        {
            return JsonValue.Null;
        }

        var results = new JsonValue[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            results[i] = values[i].Evaluate(current, fuel);
        }

        return Fuel.Built(JsonValue.Object(names, results, names.Length));
    }

    public override Place? Trace(Place? current, PathTracer tracer) => tracer.TraceAll(values, current);
}

/// <summary><c>name(a, b, &amp;c)</c></summary>
internal sealed class CallNode(Function function, Node[] arguments, Node? expression, int position) : Node
{
    public override int Height { get; } =
        1 + Math.Max(arguments.Select(a => a.Height).DefaultIfEmpty().Max(), expression?.Height ?? 0);

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        var values = new JsonValue[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(current, fuel);
        }

        return Fuel.Built(function.Call(new Arguments(function, values, expression, fuel, position)));
    }

    /// <remarks>
    /// A <c>&amp;expression</c> looks at elements, not at the current value, so it reads nothing itself.
    /// </remarks>
    public override Place? Trace(Place? current, PathTracer tracer) =>
        function.SuppliesMissing ? tracer.TraceExcused(arguments, current) : tracer.TraceAll(arguments, current);
}

/// <summary><c>now+24h</c>: an instant moved along the clock.</summary>
internal sealed class ShiftNode(Node instant, long seconds, int position) : Node
{
    public override int Height { get; } = 1 + instant.Height;

    public override JsonValue Evaluate(in JsonValue current, Fuel fuel)
    {
        fuel.Spend();
        var value = instant.Evaluate(current, fuel);
        return JsonValue.Of(InstantText.Write(InstantText.Shift(InstantText.Read(value, position), seconds, position)));
    }

    public override Place? Trace(Place? current, PathTracer tracer) => tracer.TraceAll([instant], current);
}
