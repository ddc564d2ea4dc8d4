namespace Ordinaut.Expressions;

/// <summary>The standard functions that put values in order.</summary>
internal static class OrderFunctions
{
    public static readonly Parameter[] ArrayBy = [Parameter.Array, Parameter.Expression];

    public static Json Sort(Arguments arguments)
    {
        var items = arguments.Items(0).ToArray();
        return Sorted(Keys(arguments, items, items, "takes an array of strings or an array of numbers."));
    }

    public static Json SortBy(Arguments arguments) => Sorted(KeysBy(arguments));

    /// <param name="arguments">An array.</param>
    /// <param name="sign">1 for the greatest element, -1 for the least; the first of equals. Null of none.</param>
    public static Json Extreme(Arguments arguments, int sign)
    {
        var items = arguments.Items(0).ToArray();
        return Extreme(Keys(arguments, items, items, "takes an array of strings or an array of numbers."), sign);
    }

    public static Json ExtremeBy(Arguments arguments, int sign) => Extreme(KeysBy(arguments), sign);

    private static SortKey[] KeysBy(Arguments arguments)
    {
        var items = arguments.Items(0).ToArray();
        var keys = new Json[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            keys[i] = arguments.Apply(items[i]);
        }

        return Keys(arguments, keys, items, "needs an &expression that gives only strings or only numbers.");
    }

    private static SortKey[] Keys(Arguments arguments, Json[] keys, Json[] items, string requirement) =>
        SortKey.TryMake(keys, items, arguments.Fuel) ?? throw arguments.InvalidType(requirement);

    private static Json Sorted(SortKey[] keys)
    {
        Array.Sort(keys);
        return Json.Array(Array.ConvertAll(keys, key => key.Item));
    }

    private static Json Extreme(SortKey[] keys, int sign)
    {
        if (keys.Length == 0)
        {
            return Json.Null;
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
