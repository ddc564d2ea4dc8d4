using System.Globalization;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>One step of a path.</summary>
internal abstract class Segment
{
    /// <summary>Height of the expression inside the step.</summary>
    public virtual int Height => 0;

    public abstract JsonValue Apply(in JsonValue value, Fuel fuel);

    public virtual Place? Trace(Place? place, PathTracer tracer, int position)
    {
        tracer.Read(place, position);
        return null;
    }
}

/// <summary>A step that leads to one place at most, whatever the data.</summary>
internal abstract class PlainSegment : Segment
{
    public sealed override JsonValue Apply(in JsonValue value, Fuel fuel) =>
        TryApply(value, fuel, out var result) ? result : JsonValue.Null;

    public abstract bool TryApply(in JsonValue value, Fuel fuel, out JsonValue result);

    public abstract string AppendTo(string path);
}

/// <summary><c>.name</c></summary>
internal sealed class FieldSegment(string name) : PlainSegment
{
    private readonly MemberName _name = new(name);

    public override bool TryApply(in JsonValue value, Fuel fuel, out JsonValue result)
    {
        fuel.SpendLookup(value.Count);
        return value.TryMember(_name, out result);
    }

    public override string AppendTo(string path) => PathRef.Append(path, _name.Text);

    public override Place? Trace(Place? place, PathTracer tracer, int position) => place?.Member(_name.Text);
}

/// <summary><c>[3]</c>, <c>[-1]</c></summary>
internal sealed class IndexSegment(int index) : PlainSegment
{
    public override bool TryApply(in JsonValue value, Fuel fuel, out JsonValue result)
    {
        fuel.SpendLookup(value.Count);
        return value.TryItem(index, out result);
    }

    public override string AppendTo(string path) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}

/// <summary>
/// <c>.[a, b]</c>, <c>.{a: b}</c>, <c>.f(@)</c>: an expression that looks at the value reached so far.
/// </summary>
internal sealed class ExpressionSegment(Node expression) : Segment
{
    public override int Height => expression.Height;

    public override JsonValue Apply(in JsonValue value, Fuel fuel) => expression.Evaluate(value, fuel);

    public override Place? Trace(Place? place, PathTracer tracer, int position)
    {
        tracer.Read(place, position);
        return expression.Trace(place, tracer);
    }
}

/// <summary>A step to many places: what follows is applied to each element and the nulls are left out.</summary>
internal abstract class Projection : Segment
{
    public sealed override JsonValue Apply(in JsonValue value, Fuel fuel) =>
        throw new System.Diagnostics.UnreachableException("PathNode projects; it does not apply a projection.");

    /// <summary>
    /// False when the value is not of the type that the projection works on: its result is null then.
    /// </summary>
    public abstract bool TrySelect(in JsonValue value, Fuel fuel, out JsonItems elements);

    public virtual bool Accepts(in JsonValue element, Fuel fuel) => true;
}

/// <summary>The elements of an array.</summary>
internal abstract class ElementsSegment : Projection
{
    public sealed override bool TrySelect(in JsonValue value, Fuel fuel, out JsonItems elements)
    {
        elements = value.Items;
        return value.Kind == JsonValueKind.Array;
    }
}

/// <summary><c>[*]</c></summary>
internal sealed class EachSegment : ElementsSegment;

/// <summary><c>[?condition]</c></summary>
internal sealed class FilterSegment(Node condition) : ElementsSegment
{
    public override int Height => condition.Height;

    public override bool Accepts(in JsonValue element, Fuel fuel) => condition.Evaluate(element, fuel).IsTruthy;
}

/// <summary><c>.*</c>: the values of an object.</summary>
internal sealed class ValuesSegment : Projection
{
    public override bool TrySelect(in JsonValue value, Fuel fuel, out JsonItems elements)
    {
        elements = default;
        if (value.Kind != JsonValueKind.Object)
        {
            return false;
        }

        elements = StandardFunctions.ValuesOf(value, fuel).Items;
        return true;
    }
}

/// <summary><c>[]</c>: joins the arrays in an array, one level, and projects over the result.</summary>
internal sealed class FlattenSegment : Projection
{
    public override bool TrySelect(in JsonValue value, Fuel fuel, out JsonItems elements)
    {
        elements = default;
        if (value.Kind != JsonValueKind.Array)
        {
            return false;
        }

        var flat = new JsonArrayBuilder(0);
        foreach (var item in value.Items)
        {
            fuel.Spend();
            if (item.Kind == JsonValueKind.Array)
            {
                AddAll(item, ref flat, fuel);
            }
            else
            {
                flat.Add(item);
            }
        }

        elements = flat.Items;
        return true;
    }

    private static void AddAll(in JsonValue array, ref JsonArrayBuilder flat, Fuel fuel)
    {
        foreach (var item in array.Items)
        {
            fuel.Spend();
            flat.Add(item);
        }
    }
}

/// <summary><c>[start:stop:step]</c></summary>
internal sealed class SliceSegment(int? start, int? stop, int step) : Projection
{
    public override bool TrySelect(in JsonValue value, Fuel fuel, out JsonItems elements)
    {
        elements = default;
        if (value.Kind != JsonValueKind.Array)
        {
            return false;
        }

        // Paid for as a whole: an element of parsed JSON is found by passing those before it.
        fuel.Spend(value.Count);
        var items = value.Items.ToArray();
        var first = Clamp(start, step < 0 ? items.Length - 1 : 0, items.Length);
        var end = Clamp(stop, step < 0 ? -1 : items.Length, items.Length);
        var selected = new JsonArrayBuilder(0);
        for (var i = (long)first; step < 0 ? i > end : i < end; i += step)
        {
            selected.Add(items[(int)i]);
        }

        elements = selected.Items;
        return true;
    }

    /// <summary>A bound as a position that the loop may start or stop at, whichever way it goes.</summary>
    private int Clamp(int? bound, int whenAbsent, int length)
    {
        if (bound is not { } given)
        {
            return whenAbsent;
        }

        var position = given < 0 ? (long)given + length : given;
        return (int)(step < 0 ? Math.Clamp(position, -1, length - 1) : Math.Clamp(position, 0, length));
    }
}
