using System.Globalization;
using System.Text;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// A set of code points as an ECMA-262 class means it, written as a .NET expression. .NET matches UTF-16 units, so
/// what lies beyond U+FFFF is written as pairs of surrogates.
/// </summary>
internal sealed class EcmaCharacters
{
    public static readonly (int From, int To)[] Digits = [('0', '9')];
    public static readonly (int From, int To)[] WordCharacters = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    /// <summary>ECMA-262 WhiteSpace and LineTerminator.</summary>
    public static readonly (int From, int To)[] Spaces =
    [
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ];

    public static readonly (int From, int To)[] LineEnds = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    private const int LastCodePoint = 0x10FFFF;
    private const string AnyPair = @"[\ud800-\udbff][\udc00-\udfff]";

    private readonly List<(int From, int To)> _ranges = [];
    private readonly StringBuilder _categories = new();

    public bool IsNegated { get; set; }

    public static EcmaCharacters Of(ReadOnlySpan<(int From, int To)> ranges, bool negated = false)
    {
        var characters = new EcmaCharacters { IsNegated = negated };
        characters._ranges.AddRange(ranges);
        return characters;
    }

    public static (int From, int To)[] Complement(IEnumerable<(int From, int To)> ranges)
    {
        var complement = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in ranges.Order())
        {
            if (from > next)
            {
                complement.Add((next, from - 1));
            }

            next = Math.Max(next, to + 1);
        }

        if (next <= LastCodePoint)
        {
            complement.Add((next, LastCodePoint));
        }

        return [.. complement];
    }

    public void Add(int from, int to) => _ranges.Add((from, to));

    public void Add(ReadOnlySpan<(int From, int To)> ranges) => _ranges.AddRange(ranges);

    /// <summary>Adds a Unicode general category by its short name; .NET knows it for U+0000 to U+FFFF only.</summary>
    public void AddCategory(string category, bool negated) =>
        _categories.Append(negated ? @"\P{" : @"\p{").Append(category).Append('}');

    /// <summary>As a .NET expression of one unit: a half of a pair counts as a character.</summary>
    public string InUnits()
    {
        var ranges = Written(out var negated).Where(r => r.From <= char.MaxValue);
        return Class(ranges.Select(r => (r.From, Math.Min(r.To, char.MaxValue))), negated);
    }

    /// <summary>As a .NET expression of one code point, and the positions it takes in an automaton.</summary>
    public (string Text, int Size) InCodePoints()
    {
        var ranges = Written(out var negated).ToList();
        if (negated)
        {
            ranges.Add((0xD800, 0xDFFF));
            return ($"(?:{Class(ranges.Where(r => r.To <= char.MaxValue), negated: true)}|{AnyPair})", 3);
        }

        var basic = new List<(int, int)>();
        var pairs = new List<string>();
        foreach (var (from, to) in ranges)
        {
            AddBasic(basic, from, Math.Min(to, char.MaxValue));
            AddPairs(pairs, Math.Max(from, char.MaxValue + 1), to);
        }

        if (pairs.Count == 0)
        {
            return (Class(basic, negated: false), 1);
        }

        return ($"(?:{Class(basic, negated: false)}|{string.Join('|', pairs)})", 1 + 2 * pairs.Count);
    }

    /// <summary>The ranges to write; inverted here unless categories make that .NET's task.</summary>
    private IEnumerable<(int From, int To)> Written(out bool negated)
    {
        negated = IsNegated && _categories.Length > 0;
        return IsNegated && !negated ? Complement(_ranges) : _ranges;
    }

    private string Class(IEnumerable<(int From, int To)> ranges, bool negated)
    {
        var text = new StringBuilder(negated ? "[^" : "[");
        foreach (var (from, to) in ranges)
        {
            text.Append(Unit(from)).Append('-').Append(Unit(to));
        }

        text.Append(_categories);
        // .NET has no empty class; nothing is outside of everything.
        return text.Length > 1 ? text.Append(']').ToString() : @"[^\u0000-\uffff]";
    }

    /// <summary>Halves of pairs are characters of their own only where they are named.</summary>
    private static void AddBasic(List<(int, int)> basic, int from, int to)
    {
        if (from < 0xD800 && to > 0xDFFF)
        {
            basic.Add((from, 0xD7FF));
            from = 0xE000;
        }

        if (from <= to)
        {
            basic.Add((from, to));
        }
    }

    /// <summary>Splits a range beyond U+FFFF where the high surrogate changes.</summary>
    private static void AddPairs(List<string> pairs, int from, int to)
    {
        while (from <= to)
        {
            var (high, low) = Halves(from);
            var isFirstOfHigh = low == 0xDC00;
            var (lastHigh, lastLow) = Halves(to);
            var wholeHighs = lastLow == 0xDFFF ? lastHigh : lastHigh - 1;
            if (isFirstOfHigh && wholeHighs >= high)
            {
                pairs.Add($@"[{Unit(high)}-{Unit(wholeHighs)}][\udc00-\udfff]");
                from = char.ConvertToUtf32((char)wholeHighs, (char)0xDFFF) + 1;
                continue;
            }

            var end = high == lastHigh ? lastLow : 0xDFFF;
            pairs.Add($"{Unit(high)}[{Unit(low)}-{Unit(end)}]");
            from = char.ConvertToUtf32((char)high, (char)end) + 1;
        }
    }

    private static (int High, int Low) Halves(int codePoint)
    {
        var pair = char.ConvertFromUtf32(codePoint);
        return (pair[0], pair[1]);
    }

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $@"\u{unit:x4}");
}
