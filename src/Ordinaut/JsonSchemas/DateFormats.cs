using System.Globalization;

namespace Ordinaut.JsonSchemas;

/// <summary>Dates and times of RFC 3339, strictly: its grammar and nothing else of ISO 8601.</summary>
internal static class DateFormats
{
    public static bool IsDateTime(string text) =>
        text.Length > 11 && text[10] is 'T' or 't' && IsDate(text[..10]) && IsTime(text[11..]);

    public static bool IsDate(string text) =>
        text.Length == 10
        && text.All(c => char.IsAsciiDigit(c) || c == '-')
        && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>RFC 3339 full-time: an offset is required; second 60 only where UTC reads 23:59.</summary>
    public static bool IsTime(string text)
    {
        if (text.Length < 9 || text[2] != ':' || text[5] != ':')
        {
            return false;
        }

        var isClock =
            TryTwoDigits(text, 0, 23, out var hour)
            & TryTwoDigits(text, 3, 59, out var minute)
            & TryTwoDigits(text, 6, 60, out var second);
        var rest = text.AsSpan(8);
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAnyExceptInRange('0', '9');
            isClock &= end > 0;
            rest = rest[(end + 1)..];
        }

        if (!isClock || !TryOffset(rest, out var offsetMinutes))
        {
            return false;
        }

        var utcMinute = (hour * 60 + minute - offsetMinutes + 2 * 1440) % 1440;
        return second < 60 || utcMinute == 1439;
    }

    /// <summary>RFC 3339 appendix A: units in order and without gaps; weeks alone.</summary>
    public static bool IsDuration(string text)
    {
        if (text.Length < 3 || text[0] != 'P')
        {
            return false;
        }

        var (date, time) = text.IndexOf('T', StringComparison.Ordinal) is var t and > 0
            ? (text[1..t], text[(t + 1)..])
            : (text[1..], null);
        if (date.EndsWith('W'))
        {
            return time is null && IsRun(date, "W");
        }

        var isDate = date.Length == 0 ? time is not null : IsRun(date, "YMD");
        return isDate && (time is null || IsRun(time, "HMS"));
    }

    /// <summary>Digits before each unit; the units are consecutive ones of the list.</summary>
    private static bool IsRun(string text, string units)
    {
        var found = "";
        var digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
            }
            else if (digits == 0)
            {
                return false;
            }
            else
            {
                digits = 0;
                found += c;
            }

            if (found.Length > units.Length)
            {
                return false;
            }
        }

        return digits == 0 && found.Length > 0 && units.Contains(found, StringComparison.Ordinal);
    }

    private static bool TryTwoDigits(ReadOnlySpan<char> text, int at, int most, out int value)
    {
        value = 0;
        if (at + 2 > text.Length || !char.IsAsciiDigit(text[at]) || !char.IsAsciiDigit(text[at + 1]))
        {
            return false;
        }

        value = (text[at] - '0') * 10 + text[at + 1] - '0';
        return value <= most;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':')
        {
            return false;
        }

        var isOffset = TryTwoDigits(text, 1, 23, out var hour) & TryTwoDigits(text, 4, 59, out var minute);
        minutes = (text[0] == '-' ? -1 : 1) * (hour * 60 + minute);
        return isOffset;
    }
}
