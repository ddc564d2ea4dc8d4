namespace Ordinaut.JsonSchemas;

/// <summary>Reads classes like <c>[a-z]</c>, sets like <c>\d</c> and escaped characters of ECMA-262.</summary>
internal static class EcmaClasses
{
    /// <summary>What follows a <c>[</c>, up to its <c>]</c>.</summary>
    public static EcmaCharacters ReadClass(EcmaReader source)
    {
        var characters = new EcmaCharacters { IsNegated = source.TryTake('^') };
        while (!source.TryTake(']'))
        {
            if (source.IsAtEnd)
            {
                throw source.Wrong("has a '[' without its ']'");
            }

            if (TryReadSet(source, characters))
            {
                continue;
            }

            var from = ReadCharacter(source);
            var to = from;
            var isRange = source.Peek(0) == '-' && source.Peek(1) is not (']' or '\0') && !IsSet(source, 1);
            if (isRange)
            {
                source.Skip(1);
                to = ReadCharacter(source);
            }

            if (to < from)
            {
                throw source.Wrong("has a range whose ends are reversed");
            }

            characters.Add(from, to);
        }

        return characters.Sealed();
    }

    /// <summary><c>\d \D \w \W \s \S \p{..} \P{..}</c>.</summary>
    public static bool TryReadSet(EcmaReader source, EcmaCharacters characters)
    {
        if (!IsSet(source, 0))
        {
            return false;
        }

        var letter = source.Peek(1);
        source.Skip(2);
        if (letter is 'p' or 'P')
        {
            ReadProperty(source, characters, letter == 'P');
            return true;
        }

        var ranges = char.ToLowerInvariant(letter) switch
        {
            'd' => EcmaCharacters.Digits,
            'w' => EcmaCharacters.WordCharacters,
            _ => EcmaCharacters.Spaces,
        };
        characters.Add(char.IsUpper(letter) ? EcmaCharacters.Complement(ranges) : ranges);
        return true;
    }

    /// <summary>A backslash and what it escapes.</summary>
    public static int ReadEscaped(EcmaReader source, bool inClass)
    {
        source.Skip(1);
        if (source.IsAtEnd)
        {
            throw source.Wrong("ends with a backslash");
        }

        var letter = source.TakeCodePoint();
        return letter switch
        {
            't' => '\t',
            'n' => '\n',
            'v' => '\v',
            'f' => '\f',
            'r' => '\r',
            'b' when inClass => '\b',
            '0' when !char.IsAsciiDigit(source.Peek(0)) => '\0',
            'c' when char.IsAsciiLetter(source.Peek(0)) => source.TakeCodePoint() % 32,
            'x' when source.TryTakeHex(2, out var value) => value,
            'u' => ReadUnicode(source),
            < 128 when !char.IsAsciiLetterOrDigit((char)letter) => letter,
            _ => throw source.Wrong($"has the escape '\\{char.ConvertFromUtf32(Shown(letter))}', which has no meaning"),
        };
    }

    private static int Shown(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF ? 0xFFFD : codePoint;

    private static bool IsSet(EcmaReader source, int ahead) =>
        source.Peek(ahead) == '\\' && source.Peek(ahead + 1) is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P';

    private static int ReadCharacter(EcmaReader source) =>
        source.Peek(0) == '\\' ? ReadEscaped(source, inClass: true) : source.TakeCodePoint();

    private static int ReadUnicode(EcmaReader source)
    {
        if (source.TryTake('{'))
        {
            var digits = source.TakeUntil('}');
            var inner = new EcmaReader(digits);
            return digits.Length <= 6 && inner.TryTakeHex(digits.Length, out var codePoint) && codePoint <= 0x10FFFF
                ? codePoint
                : throw source.Wrong("has a '\\u{}' that names no code point");
        }

        if (!source.TryTakeHex(4, out var unit))
        {
            throw source.Wrong("has a '\\u' without four hexadecimal digits");
        }

        var isPair = char.IsHighSurrogate((char)unit) && source.Peek(0) == '\\' && source.Peek(1) == 'u';
        if (!isPair)
        {
            return unit;
        }

        source.Skip(2);
        if (source.TryTakeHex(4, out var low) && char.IsLowSurrogate((char)low))
        {
            return char.ConvertToUtf32((char)unit, (char)low);
        }

        throw source.Wrong("has half a surrogate pair");
    }

    private static void ReadProperty(EcmaReader source, EcmaCharacters characters, bool negated)
    {
        if (!source.TryTake('{'))
        {
            throw source.Wrong("has a '\\p' without a property in braces");
        }

        var name = source.TakeUntil('}');
        if (name is "ASCII" or "Any")
        {
            (int From, int To)[] ranges = [(0, name == "ASCII" ? 0x7F : 0x10FFFF)];
            characters.Add(negated ? EcmaCharacters.Complement(ranges) : ranges);
        }
        else if (EcmaCategories.Find(name) is { } categories)
        {
            characters.AddCategories(negated ? ~categories : categories);
        }
        else
        {
            throw source.Wrong($"names the property '{name}'; general categories like '{{Letter}}' are known");
        }
    }
}
