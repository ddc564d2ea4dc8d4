using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>Cuts a spoken schedule into words, numbers, times and dates; no character is lost.</summary>
internal sealed class SpokenScanner(string text)
{
    private const int LongestNumber = 4;

    private int _at;

    public static List<SpokenToken> Scan(string text)
    {
        // A sentence may end as sentences do.
        var scanner = new SpokenScanner(text.TrimEnd(' ', '.', '!'));
        var tokens = new List<SpokenToken>();
        while (scanner.Next() is { } token)
        {
            tokens.Add(token);
        }

        tokens.Add(new SpokenToken(SpokenTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private SpokenToken? Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r')
        {
            _at++;
        }

        if (_at == text.Length)
        {
            return null;
        }

        var start = _at;
        return text[_at] switch
        {
            >= '0' and <= '9' => Number(start),
            ',' => Token(SpokenTokenKind.Comma, start, _at + 1),
            '-' or '–' => Token(SpokenTokenKind.Dash, start, _at + 1),
            var c when char.IsAsciiLetter(c) => Word(start),
            _ => Token(SpokenTokenKind.Other, start, _at + 1),
        };
    }

    private SpokenToken Word(int start)
    {
        if (text.AsSpan(start) is [_, '.', 'm' or 'M', ..] && text[start] is 'a' or 'A' or 'p' or 'P')
        {
            var end = start + 3 < text.Length && text[start + 3] == '.' ? start + 4 : start + 3;
            return Token(SpokenTokenKind.Word, start, end) with { Text = text[start] is 'a' or 'A' ? "am" : "pm" };
        }

        var stop = End(start, c => char.IsAsciiLetter(c) || c is '\'' or '’' or '/' or '_' or '+');
        var word = Token(SpokenTokenKind.Word, start, stop);
        return word.Text.Contains('/', StringComparison.Ordinal)
            ? word with
            {
                Kind = SpokenTokenKind.Zone,
                Text = text[start..stop],
            }
            : word with
            {
                Text = word.Text.Replace('’', '\''),
            };
    }

    private SpokenToken Number(int start)
    {
        var end = End(start, char.IsAsciiDigit);
        var next = end < text.Length ? text[end] : ' ';
        if (next == ':')
        {
            var clockEnd = End(start, c => char.IsAsciiDigit(c) || c == ':');
            return Read(start, clockEnd, ["H:mm", "H:mm:ss"]) is { } time
                ? Token(SpokenTokenKind.Clock, start, clockEnd, (int)time.TimeOfDay.TotalSeconds)
                : Token(SpokenTokenKind.Other, start, clockEnd);
        }

        if (next == '-' && end - start == 4)
        {
            var dateEnd = End(start, c => char.IsAsciiDigit(c) || c == '-');
            return Read(start, dateEnd, ["yyyy-M-d"]) is { } date
                ? Day(start, dateEnd, DateOnly.FromDateTime(date).DayNumber)
                : Token(SpokenTokenKind.Other, start, dateEnd);
        }

        if (end - start > LongestNumber)
        {
            return Token(SpokenTokenKind.Other, start, end);
        }

        var value = int.Parse(text.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture);
        var suffixed = Math.Min(end + 2, text.Length);
        var isOrdinal = text[start..suffixed].Equals(Wording.Ordinal(value), StringComparison.OrdinalIgnoreCase);
        return isOrdinal
            ? Token(SpokenTokenKind.Ordinal, start, suffixed, value)
            : Token(SpokenTokenKind.Number, start, end, value);
    }

    /// <summary>A date, and the T that may tie a time to it.</summary>
    private SpokenToken Day(int start, int end, int number)
    {
        var token = Token(SpokenTokenKind.Date, start, end, number);
        var tiesTime = text.AsSpan(end) is ['T' or 't', >= '0' and <= '9', ..];
        _at += tiesTime ? 1 : 0;
        return token;
    }

    private DateTime? Read(int start, int end, string[] formats) =>
        DateTime.TryParseExact(
            text[start..end],
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var read
        )
            ? read
            : null;

    private int End(int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return end;
    }

    private SpokenToken Token(SpokenTokenKind kind, int start, int end, int value = 0)
    {
        _at = end;
        return new SpokenToken(kind, text[start..end].ToLowerInvariant(), start + 1, value);
    }
}
