using System.Globalization;
using System.Text;

namespace Ordinaut.Expressions;

/// <summary>A number that an expression made or wrote down: its JSON text and the nearest double.</summary>
internal sealed class BuiltNumber(byte[] utf8, double value)
{
    public byte[] Utf8 { get; } = utf8;

    public double Value { get; } = value;

    public static BuiltNumber Of(double value) =>
        new(Encoding.ASCII.GetBytes(value.ToString("R", CultureInfo.InvariantCulture)), value);

    public static BuiltNumber Of(long value) =>
        new(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)), value);

    public static BuiltNumber Of(ReadOnlySpan<char> text)
    {
        var utf8 = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, utf8);
        return new BuiltNumber(utf8, NumberText.ToDouble(utf8));
    }
}

/// <summary>An array of values that an expression, a template or a caller put together.</summary>
internal sealed class BuiltArray
{
    public BuiltArray(Json[] items, int count)
    {
        Items = items;
        Count = count;
        var size = 2L + Math.Max(0, count - 1);
        var depth = 0;
        for (var i = 0; i < count; i++)
        {
            size = Sizes.Add(size, items[i].Size);
            depth = Math.Max(depth, items[i].BuiltDepth);
        }

        Size = size;
        Depth = Sizes.Nest(depth);
    }

    /// <summary>The first <see cref="Count"/> of these; the rest is room that was not needed.</summary>
    public Json[] Items { get; }

    public int Count { get; }

    public long Size { get; }

    public int Depth { get; }
}

/// <summary>An object with distinct names that an expression, a template or a caller put together.</summary>
internal sealed class BuiltObject
{
    public BuiltObject(string[] names, Json[] values, int count)
    {
        Names = names;
        Values = values;
        Count = count;
        var size = 2L + Math.Max(0, count - 1);
        var depth = 0;
        for (var i = 0; i < count; i++)
        {
            // Quotes and the colon: three.
            size = Sizes.Add(size, values[i].Size + Encoding.UTF8.GetByteCount(names[i]) + 3);
            depth = Math.Max(depth, values[i].BuiltDepth);
        }

        Size = size;
        Depth = Sizes.Nest(depth);
    }

    public string[] Names { get; }

    public Json[] Values { get; }

    public int Count { get; }

    public long Size { get; }

    public int Depth { get; }

    public bool TryMember(string name, out Json value)
    {
        for (var i = 0; i < Count; i++)
        {
            if (Names[i] == name)
            {
                value = Values[i];
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>Adds up sizes and depths of built values.</summary>
file static class Sizes
{
    // Far above every limit, far below overflow: sharing lets a size double with each level.
    private const long Ceiling = long.MaxValue / 4;

    public static long Add(long left, long right) => Math.Min(Ceiling, left + right);

    public static int Nest(int depth) =>
        depth < ExpressionLimits.ValueDepth
            ? depth + 1
            : throw ExpressionException.Limit(
                $"The value nests deeper than {ExpressionLimits.ValueDepth} levels; make it flatter."
            );
}
