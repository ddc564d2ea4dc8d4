using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>Equality of JSON values: numbers by value, objects as sets of members.</summary>
internal static class JsonEquality
{
    public static bool AreSame(in Json left, in Json right, Fuel fuel)
    {
        fuel.Spend();
        var kind = left.Kind;
        if (kind != right.Kind)
        {
            return false;
        }

        return kind switch
        {
            JsonValueKind.String => SameText(left, right, fuel),
            JsonValueKind.Number => SameNumber(left, right, fuel),
            JsonValueKind.Array => SameItems(left, right, fuel),
            JsonValueKind.Object => SameMembers(left, right, fuel),
            _ => true,
        };
    }

    private static bool SameText(in Json left, in Json right, Fuel fuel)
    {
        fuel.SpendText(left.Size + right.Size);
        return left.IsParsed ? left.IsText(right.Text()) : right.IsText(left.Text());
    }

    private static bool SameNumber(in Json left, in Json right, Fuel fuel)
    {
        fuel.SpendText(left.Size + right.Size);
        return JsonOrder.CompareNumbers(left, right) == 0;
    }

    private static bool SameItems(in Json left, in Json right, Fuel fuel)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        var others = right.Items.GetEnumerator();
        foreach (var item in left.Items)
        {
            others.MoveNext();
            if (!AreSame(item, others.Current, fuel))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameMembers(in Json left, in Json right, Fuel fuel)
    {
        fuel.Spend(right.Count);
        if (left.Count != right.Count)
        {
            return false;
        }

        // A dictionary, because a look-up per member in a parsed object would take quadratic time.
        fuel.SpendText(left.Size + right.Size);
        var others = new Dictionary<string, Json>(right.Count, StringComparer.Ordinal);
        foreach (var (name, value) in right.Members)
        {
            others[name] = value;
        }

        foreach (var (name, value) in left.Members)
        {
            if (!others.TryGetValue(name, out var other) || !AreSame(value, other, fuel))
            {
                return false;
            }
        }

        return true;
    }
}
