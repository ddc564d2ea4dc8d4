using System.Collections.Frozen;
using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>The functions of the JMESPath specification ("Built-in Functions"), all of them and no others.</summary>
internal static class StandardFunctions
{
    public static readonly FrozenDictionary<string, Function> All = new Function[]
    {
        new("abs", [Parameter.Number], NumberFunctions.Abs),
        new("avg", [Parameter.Array], NumberFunctions.Avg),
        new("ceil", [Parameter.Number], NumberFunctions.Ceil),
        new("contains", [Parameter.Array | Parameter.String, Parameter.Any], Contains),
        new("ends_with", [Parameter.String, Parameter.String], TextFunctions.EndsWith),
        new("floor", [Parameter.Number], NumberFunctions.Floor),
        new("join", [Parameter.String, Parameter.Array], TextFunctions.Join),
        new("keys", [Parameter.Object], Keys),
        new("length", [Parameter.String | Parameter.Array | Parameter.Object], Length),
        new("map", [Parameter.Expression, Parameter.Array], Map),
        new("max", [Parameter.Array], arguments => OrderFunctions.Extreme(arguments, sign: 1)),
        new("max_by", OrderFunctions.ArrayBy, arguments => OrderFunctions.ExtremeBy(arguments, sign: 1)),
        new("merge", [Parameter.Object], Merge) { IsVariadic = true },
        new("min", [Parameter.Array], arguments => OrderFunctions.Extreme(arguments, sign: -1)),
        new("min_by", OrderFunctions.ArrayBy, arguments => OrderFunctions.ExtremeBy(arguments, sign: -1)),
        new("not_null", [Parameter.Any], NotNull) { IsVariadic = true, SuppliesMissing = true },
        new("reverse", [Parameter.String | Parameter.Array], Reverse),
        new("sort", [Parameter.Array], OrderFunctions.Sort),
        new("sort_by", OrderFunctions.ArrayBy, OrderFunctions.SortBy),
        new("starts_with", [Parameter.String, Parameter.String], TextFunctions.StartsWith),
        new("sum", [Parameter.Array], NumberFunctions.Sum),
        new("to_array", [Parameter.Any], ToArray),
        new("to_number", [Parameter.Any], NumberFunctions.ToNumber),
        new("to_string", [Parameter.Any], TextFunctions.ToText),
        new("type", [Parameter.Any], arguments => JsonValue.Of(Arguments.NameOf(arguments[0].Kind))),
        new("values", [Parameter.Object], arguments => ValuesOf(arguments[0], arguments.Fuel)),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public static JsonValue ValuesOf(in JsonValue value, Fuel fuel)
    {
        fuel.Spend(value.Count);
        var values = new JsonValue[value.Count];
        var i = 0;
        foreach (var (_, member) in value.Members)
        {
            values[i++] = member;
        }

        return JsonValue.Array(values);
    }

    private static JsonValue Contains(Arguments arguments)
    {
        if (arguments[0].Kind == JsonValueKind.String)
        {
            return JsonValue.Of(arguments[1].Kind == JsonValueKind.String && TextFunctions.Contains(arguments));
        }

        foreach (var item in arguments.Items(0))
        {
            if (JsonEquality.AreSame(item, arguments[1], arguments.Fuel))
            {
                return JsonValue.Of(true);
            }
        }

        return JsonValue.Of(false);
    }

    private static JsonValue Keys(Arguments arguments)
    {
        arguments.Fuel.Spend(arguments[0].Count);
        arguments.Fuel.SpendText(arguments[0].Size);
        var names = new JsonValue[arguments[0].Count];
        var i = 0;
        foreach (var (name, _) in arguments[0].Members)
        {
            names[i++] = JsonValue.Of(name);
        }

        return JsonValue.Array(names);
    }

    private static JsonValue Length(Arguments arguments) =>
        JsonValue.Of(
            arguments[0].Kind == JsonValueKind.String
                ? JsonOrder.CodePoints(arguments.Text(0))
                : (long)arguments[0].Count
        );

    private static JsonValue Map(Arguments arguments)
    {
        var items = arguments.Items(0);
        var results = new JsonValue[items.Count];
        var i = 0;
        foreach (var item in items)
        {
            results[i++] = arguments.Apply(item);
        }

        return JsonValue.Array(results);
    }

    /// <summary>A later object's member replaces an earlier one's, in the earlier one's position.</summary>
    private static JsonValue Merge(Arguments arguments)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new List<string>();
        var values = new List<JsonValue>();
        for (var i = 0; i < arguments.Count; i++)
        {
            arguments.Fuel.Spend(arguments[i].Count);
            arguments.Fuel.SpendText(arguments[i].Size);
            foreach (var (name, value) in arguments[i].Members)
            {
                if (positions.TryAdd(name, values.Count))
                {
                    names.Add(name);
                    values.Add(value);
                }
                else
                {
                    values[positions[name]] = value;
                }
            }
        }

        return JsonValue.Object([.. names], [.. values], values.Count);
    }

    private static JsonValue NotNull(Arguments arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].IsNull)
            {
                return arguments[i];
            }
        }

        return JsonValue.Null;
    }

    private static JsonValue Reverse(Arguments arguments)
    {
        if (arguments[0].Kind == JsonValueKind.String)
        {
            return JsonValue.Of(TextFunctions.Reverse(arguments.Text(0)));
        }

        var items = arguments.Items(0).ToArray();
        Array.Reverse(items);
        return JsonValue.Array(items);
    }

    private static JsonValue ToArray(Arguments arguments) =>
        arguments[0].Kind == JsonValueKind.Array ? arguments[0] : JsonValue.Array(arguments[0]);
}
