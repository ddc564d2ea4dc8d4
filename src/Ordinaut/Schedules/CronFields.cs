using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>
/// The fields of a cron expression as text and, where they are plain lists and ranges, as bit sets. Whether the
/// expression is valid is Cronos' to say; this is read from expressions that it has taken.
/// </summary>
internal sealed class CronFields
{
    private static readonly string[] MonthNames =
    [
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
    ];

    private static readonly string[] WeekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly string[] _fields;

    private CronFields(string[] fields) => _fields = fields;

    public bool HasSeconds => _fields.Length == 6;

    public string Second => HasSeconds ? _fields[0] : "0";

    public string Minute => _fields[^5];

    public string Hour => _fields[^4];

    public string DayOfMonth => _fields[^3];

    public string Month => _fields[^2];

    public string DayOfWeek => _fields[^1];

    /// <summary>POSIX: when both day fields are restricted, a day that fits either is meant.</summary>
    public bool EitherDay => !StartsWithStar(DayOfMonth) && !StartsWithStar(DayOfWeek);

    /// <summary>Vixie cron: a star for minute or hour makes a job that follows what the clock shows.</summary>
    public bool FollowsClock => StartsWithStar(Minute) || StartsWithStar(Hour);

    public TimesOfDay Times => new(SetOf(Hour, 0, 23), SetOf(Minute, 0, 59), SetOf(Second, 0, 59));

    public ulong Months => SetOf(Month, 1, 12, MonthNames);

    /// <summary>Bit 0 is Sunday; null when the field holds an L or #.</summary>
    public ulong? Weekdays => IsPlain(DayOfWeek) ? FoldSunday(SetOf(DayOfWeek, 0, 7, WeekdayNames)) : null;

    /// <summary>Bit 1 is the first; null when the field holds an L or W.</summary>
    public ulong? MonthDays =>
        DayOfMonth.Contains('L', StringComparison.OrdinalIgnoreCase)
        || DayOfMonth.Contains('W', StringComparison.OrdinalIgnoreCase)
            ? null
            : SetOf(DayOfMonth, 1, 31);

    /// <summary>Splits the text, with a macro written out; null when the number of fields is wrong.</summary>
    public static CronFields? Split(string expression)
    {
        var text = expression.Trim();
        var spelt = text.ToLowerInvariant() switch
        {
            "@every_second" => "* * * * * *",
            "@every_minute" => "* * * * *",
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" or "@annually" => "0 0 1 1 *",
            _ => text,
        };
        var fields = spelt.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 5 or 6 ? new CronFields(fields) : null;
    }

    /// <summary>The five or six fields, with other day fields if they are given.</summary>
    public string Compose(string? dayOfMonth = null, string? dayOfWeek = null) =>
        $"{(HasSeconds ? Second + " " : "")}{Minute} {Hour} {dayOfMonth ?? DayOfMonth} {Month} "
        + (dayOfWeek ?? DayOfWeek);

    /// <summary>The expression for the days alone, at midnight.</summary>
    public string ComposeDays(string? dayOfMonth = null, string? dayOfWeek = null) =>
        $"0 0 {dayOfMonth ?? DayOfMonth} {Month} {dayOfWeek ?? DayOfWeek}";

    public static bool StartsWithStar(string field) => field[0] is '*' or '?';

    public static int WeekdayOf(string text) => Value(text, WeekdayNames, 0) % 7;

    private static bool IsPlain(string weekdays) =>
        !weekdays.Contains('#', StringComparison.Ordinal)
        && !weekdays.Split(',').Any(item => item.EndsWith('L') || item.EndsWith('l'));

    private static ulong FoldSunday(ulong set) => (set | set >> 7) & 0x7F;

    private static ulong SetOf(string field, int least, int most, string[]? names = null)
    {
        var set = 0UL;
        foreach (var item in field.Split(','))
        {
            var slash = item.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? item : item[..slash];
            var step = slash < 0 ? 1 : Value(item[(slash + 1)..], null, 0);
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var isAll = StartsWithStar(range);
            var from = isAll ? least : Value(dash < 0 ? range : range[..dash], names, least);
            var open = slash >= 0 && dash < 0;
            var to =
                isAll || open ? most
                : dash < 0 ? from
                : Value(range[(dash + 1)..], names, least);

            // A range that wraps (22-2) runs over the end of the field. Sunday as 7 only closes a range.
            var size = names == WeekdayNames ? 7 : most - least + 1;
            to = to < from ? to + size : to;
            for (var value = from; value <= to; value += step)
            {
                set |= 1UL << (value > most ? value - size : value);
            }
        }

        return set;
    }

    private static int Value(string text, string[]? names, int least)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        var index = names is null ? -1 : Array.IndexOf(names, text.ToUpperInvariant());
        return index < 0 ? least : index + least;
    }
}
