using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>The few shapes of ISO 8601 that schedules use.</summary>
internal static class Iso8601
{
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
    ];

    /// <summary>
    /// Reads a date-time; the offset is null when the text has none. At most seven digits of fraction; a blank may
    /// stand for the T.
    /// </summary>
    public static bool TryReadTime(string text, out DateTime local, out TimeSpan? offset)
    {
        var bare = text.Trim().ToUpperInvariant();
        if (bare.Length > 10 && bare[10] == ' ')
        {
            bare = $"{bare[..10]}T{bare[11..]}";
        }

        offset = null;
        var zone = bare.LastIndexOfAny(['Z', '+', '-']);
        if (zone > 10)
        {
            if (!TryReadOffset(bare[zone..], out var read))
            {
                local = default;
                return false;
            }

            offset = read;
            bare = bare[..zone];
        }

        return DateTime.TryParseExact(bare, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
    }

    public static bool TryReadDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>Reads a duration of whole weeks, days, hours, minutes and seconds; a day is 24 hours.</summary>
    public static bool TryReadDuration(string text, out long seconds)
    {
        seconds = 0;
        var upper = text.ToUpperInvariant();
        if (upper.Length < 3 || upper[0] != 'P' || upper.EndsWith('T'))
        {
            return false;
        }

        var (order, number, digits, inTime) = (0, 0L, 0, false);
        foreach (var c in upper.AsSpan(1))
        {
            if (char.IsAsciiDigit(c) && digits < 9)
            {
                number = number * 10 + c - '0';
                digits++;
                continue;
            }

            var (unit, place) = UnitOf(c, inTime);
            var isTime = c == 'T' && !inTime && digits == 0;
            if (!isTime && (unit == 0 || digits == 0 || place <= order))
            {
                return false;
            }

            inTime |= isTime;
            order = isTime ? order : place;
            seconds += number * unit;
            (number, digits) = (0, 0);
        }

        return digits == 0 && order > 0;
    }

    private static (int Seconds, int Place) UnitOf(char c, bool inTime) =>
        (c, inTime) switch
        {
            ('W', false) => (7 * Seconds.PerDay, 1),
            ('D', false) => (Seconds.PerDay, 2),
            ('H', true) => (3600, 3),
            ('M', true) => (60, 4),
            ('S', true) => (1, 5),
            _ => (0, 0),
        };

    private static bool TryReadOffset(string text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text == "Z")
        {
            return true;
        }

        string[] formats = ["hh':'mm", "hhmm", "hh"];
        var read = TimeSpan.TryParseExact(text.AsSpan(1), formats, CultureInfo.InvariantCulture, out offset);
        offset = text[0] == '-' ? -offset : offset;
        return read && offset.Duration() <= TimeSpan.FromHours(18);
    }
}
