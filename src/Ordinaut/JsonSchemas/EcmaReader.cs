using System.Globalization;

namespace Ordinaut.JsonSchemas;

/// <summary>A position in the text of a regular expression, and what can be taken from there.</summary>
internal sealed class EcmaReader(string source)
{
    // More repetitions than any accepted pattern may have.
    private const int ManyRepetitions = 1_000_000;
    private const int Unbounded = -1;

    private int _at;

    public int Length => source.Length;

    public bool IsAtEnd => _at >= source.Length;

    public char Current => source[_at];

    /// <summary>The character so many places ahead; NUL beyond the end.</summary>
    public char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    public void Skip(int count) => _at += count;

    public bool TryTake(char expected)
    {
        var found = !IsAtEnd && Current == expected;
        _at += found ? 1 : 0;
        return found;
    }

    public bool TryTake(string expected)
    {
        var found = source.AsSpan(_at).StartsWith(expected, StringComparison.Ordinal);
        _at += found ? expected.Length : 0;
        return found;
    }

    public int TakeCodePoint()
    {
        var isPair = char.IsHighSurrogate(Current) && char.IsLowSurrogate(Peek(1));
        var codePoint = isPair ? char.ConvertToUtf32(Current, Peek(1)) : Current;
        _at += isPair ? 2 : 1;
        return codePoint;
    }

    public int TakeNumber()
    {
        var number = 0;
        while (!IsAtEnd && char.IsAsciiDigit(Current))
        {
            number = Math.Min(number * 10 + source[_at++] - '0', ManyRepetitions);
        }

        return number;
    }

    /// <summary>Exactly so many hexadecimal digits.</summary>
    public bool TryTakeHex(int digits, out int value)
    {
        value = 0;
        var isHex =
            _at + digits <= source.Length
            && digits > 0
            && int.TryParse(
                source.AsSpan(_at, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out value
            );
        _at += isHex ? digits : 0;
        return isHex;
    }

    /// <summary>The text up to the closing character, which is taken too.</summary>
    public string TakeUntil(char end)
    {
        var close = source.IndexOf(end, Math.Min(_at, source.Length));
        if (close < 0)
        {
            throw Wrong($"lacks a '{end}'");
        }

        var text = source[_at..close];
        _at = close + 1;
        return text;
    }

    /// <summary>The name in <c>&lt;name&gt;</c>.</summary>
    public string TakeGroupName()
    {
        if (!TryTake('<'))
        {
            throw Wrong("has a group of unknown kind");
        }

        var name = TakeUntil('>');
        var isName =
            name.Length > 0
            && !char.IsDigit(name[0])
            && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$' || char.IsSurrogate(c));
        return isName ? name : throw Wrong("has a group name that is no identifier");
    }

    /// <summary>The counts of <c>{2}</c>, <c>{2,}</c> or <c>{2,3}</c>; anything else in braces is plain text.</summary>
    public bool TryTakeCounts(out int least, out int most)
    {
        (least, most) = (0, Unbounded);
        var start = _at;
        if (!TryTake('{') || IsAtEnd || !char.IsAsciiDigit(Current))
        {
            _at = start;
            return false;
        }

        least = most = TakeNumber();
        if (TryTake(','))
        {
            most = !IsAtEnd && char.IsAsciiDigit(Current) ? TakeNumber() : Unbounded;
        }

        if (!TryTake('}'))
        {
            _at = start;
            return false;
        }

        return most == Unbounded || least <= most ? true : throw Wrong("has a repetition whose bounds are reversed");
    }

    public EcmaRegexException Wrong(string what) => new($"{what} (at character {Math.Min(_at, source.Length) + 1})");
}
