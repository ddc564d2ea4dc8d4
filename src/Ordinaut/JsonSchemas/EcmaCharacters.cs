using System.Globalization;

namespace Ordinaut.JsonSchemas;

/// <summary>A set of code points, as an ECMA-262 class like <c>[^a-z\p{Letter}]</c> means it.</summary>
internal sealed class EcmaCharacters
{
    public static readonly (int From, int To)[] Digits = [('0', '9')];
    public static readonly (int From, int To)[] WordCharacters = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    public static readonly (int From, int To)[] LineEnds = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

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

    private const int AsciiCount = 128;
    private const int LastCodePoint = 0x10FFFF;

    private readonly List<(int From, int To)> _ranges = [];
    private UInt128 _ascii;

    // One bit for each UnicodeCategory that belongs to the set.
    private uint _categories;

    public bool IsNegated { get; set; }

    public static EcmaCharacters Of(ReadOnlySpan<(int From, int To)> ranges, bool negated = false)
    {
        var characters = new EcmaCharacters { IsNegated = negated };
        characters.Add(ranges);
        return characters.Sealed();
    }

    public static bool IsWordCharacter(int codePoint) =>
        codePoint is >= 0 and < AsciiCount && (char.IsAsciiLetterOrDigit((char)codePoint) || codePoint == '_');

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

    public void AddCategories(uint categories) => _categories |= categories;

    /// <summary>The set, ready to be asked; nothing may be added any more.</summary>
    public EcmaCharacters Sealed()
    {
        var sorted = _ranges.Order().ToList();
        _ranges.Clear();
        foreach (var (from, to) in sorted)
        {
            if (_ranges.Count > 0 && from <= _ranges[^1].To + 1)
            {
                _ranges[^1] = (_ranges[^1].From, Math.Max(_ranges[^1].To, to));
            }
            else
            {
                _ranges.Add((from, to));
            }
        }

        for (var c = 0; c < AsciiCount && _categories != 0; c++)
        {
            _ascii |= IsOfCategory(c) ? UInt128.One << c : 0;
        }

        foreach (var (from, to) in _ranges)
        {
            for (var c = from; c <= Math.Min(to, AsciiCount - 1); c++)
            {
                _ascii |= UInt128.One << c;
            }
        }

        _ascii = IsNegated ? ~_ascii : _ascii;
        return this;
    }

    public bool Contains(int codePoint) =>
        codePoint < AsciiCount ? ((_ascii >> codePoint) & UInt128.One) != 0 : Find(codePoint);

    private bool Find(int codePoint)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (codePoint > _ranges[middle].To)
            {
                low = middle + 1;
            }
            else if (codePoint < _ranges[middle].From)
            {
                high = middle - 1;
            }
            else
            {
                return !IsNegated;
            }
        }

        return IsOfCategory(codePoint) != IsNegated;
    }

    private bool IsOfCategory(int codePoint) =>
        _categories != 0 && (_categories & (1u << (int)CharUnicodeInfo.GetUnicodeCategory(codePoint))) != 0;
}
