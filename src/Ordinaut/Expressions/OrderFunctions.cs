namespace Ordinaut.Expressions;

/// <summary>The standard functions that put values in order.</summary>
internal static class OrderFunctions
{
    public static readonly Parameter[] ArrayBy = [Parameter.Array, Parameter.Expression];

    public static JsonValue Sort(Arguments arguments)
    {
        var items = arguments.Items(0).ToArray();
        return Sorted(Keys(arguments, items, items, "takes an array of strings or an array of numbers."));
    }

    public static JsonValue SortBy(Arguments arguments) => Sorted(KeysBy(arguments));

    /// <param name="arguments">An array.</param>
    /// <param name="sign">1 for the greatest element, -1 for the least; the first of equals. Null of none.</param>
    public static JsonValue Extreme(Arguments arguments, int sign)
    {
        var items = arguments.Items(0).ToArray();
        return Extreme(Keys(arguments, items, items, "takes an array of strings or an array of numbers."), sign);
    }

    public static JsonValue ExtremeBy(Arguments arguments, int sign) => Extreme(KeysBy(arguments), sign);

    private static SortKey[] KeysBy(Arguments arguments)
    {
        var items = arguments.Items(0).ToArray();
        var keys = new JsonValue[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            keys[i] = arguments.Apply(items[i]);
        }

        return Keys(arguments, keys, items, "needs an &expression that gives only strings or only numbers.");
    }

    private static SortKey[] Keys(Arguments arguments, JsonValue[] keys, JsonValue[] items, string requirement) =>
        SortKey.TryMake(keys, items, arguments.Fuel) ?? throw arguments.InvalidType(requirement);

    private static JsonValue Sorted(SortKey[] keys)
    {
        Array.Sort(keys);
        return JsonValue.Array(Array.ConvertAll(keys, key => key.Item));
    }

    private static JsonValue Extreme(SortKey[] keys, int sign)
    {
        if (keys.Length == 0)
        {
            return JsonValue.Null;
        }

        var found = keys[0];
        foreach (var key in keys)
        {
            if (Math.Sign(key.CompareKey(found)) == sign)
            {
                found = key;
            }
        }

        return found.Item;
    }
}
