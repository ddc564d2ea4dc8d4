using System.Text.Json;

namespace Ordinaut.Expressions;

/// <summary>The order of numbers (by value) and of strings (by code point, as JMESPath asks for).</summary>
internal static class JsonOrder
{
    /// <summary>Both are numbers.</summary>
    public static int CompareNumbers(in Json left, in Json right) =>
        CompareNumbers(left, left.Number(), right, right.Number());

    /// <summary>Both are numbers, and come with their nearest doubles.</summary>
    public static int CompareNumbers(in Json left, double leftNumber, in Json right, double rightNumber) =>
        // Rounding to a double never turns an order round; only equal doubles need the exact look.
        leftNumber < rightNumber
            ? -1
        : leftNumber > rightNumber ? 1
        : NumberText.Compare(left.NumberUtf8(), right.NumberUtf8());

    /// <summary>
    /// UTF-16 order and code point order differ where one side has a surrogate and the other a character
    /// from U+E000 to U+FFFF.
    /// </summary>
    public static int CompareText(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        var a = left[same];
        var b = right[same];
        var surrogates = char.IsSurrogate(a).CompareTo(char.IsSurrogate(b));
        return surrogates != 0 && a >= '\uD800' && b >= '\uD800' ? surrogates : a.CompareTo(b);
    }

    /// <summary>Code points, not UTF-16 units.</summary>
    public static int CodePoints(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
        {
            return text.Length;
        }

        var count = first;
        foreach (var _ in text.AsSpan(first).EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}

/// <summary>What an array is sorted by: all keys of one array are strings or all are numbers.</summary>
internal readonly struct SortKey : IComparable<SortKey>
{
    private readonly string? _text;
    private readonly Json _key;
    private readonly double _number;
    private readonly int _index;

    private SortKey(Json key, Json item, int index)
    {
        _key = key;
        Item = item;
        _index = index;
        _text = key.Kind == JsonValueKind.String ? key.Text() : null;
        _number = _text is null ? key.Number() : 0;
    }

    public Json Item { get; }

    /// <summary>Equal keys keep the order they came in: JMESPath asks <c>sort_by</c> to be stable.</summary>
    public int CompareTo(SortKey other)
    {
        var order = CompareKey(other);
        return order != 0 ? order : _index.CompareTo(other._index);
    }

    public int CompareKey(in SortKey other) =>
        _text is null
            ? JsonOrder.CompareNumbers(_key, _number, other._key, other._number)
            : JsonOrder.CompareText(_text, other._text!);

    /// <summary>Null when the keys are neither all strings nor all numbers.</summary>
    public static SortKey[]? TryMake(Json[] keys, Json[] items, Fuel fuel)
    {
        var kind = keys.Length == 0 ? JsonValueKind.Null : keys[0].Kind;
        if (keys.Length > 0 && kind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return null;
        }

        var made = new SortKey[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Kind != kind)
            {
                return null;
            }

            fuel.Spend(1 + keys[i].Size / ExpressionLimits.TextPerFuel);
            made[i] = new SortKey(keys[i], items[i], i);
        }

        return made;
    }
}
