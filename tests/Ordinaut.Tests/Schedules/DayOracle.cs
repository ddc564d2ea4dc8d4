using NodaTime;
using NodaTime.TimeZones;

namespace Ordinaut.Tests.Schedules;

/// <summary>
/// Recurrence rules of whole days by looking at every day: slow, and too simple to be wrong in the same way.
/// </summary>
internal static class DayOracle
{
    public static readonly string[] Weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    public static DateTimeOffset? Resolve(DateTime local, string id)
    {
        var zone = TzdbDateTimeZoneSource.Default.ForId(id);
        var map = zone.MapLocal(LocalDateTime.FromDateTime(local));
        return map.Count == 0
            ? new DateTimeOffset(local, map.EarlyInterval.WallOffset.ToTimeSpan()).ToUniversalTime()
            : map.First().ToInstant().ToDateTimeOffset();
    }

    public static List<string> Walk(
        string rule,
        DateTime start,
        string zone,
        DateTimeOffset from,
        DateTimeOffset through
    )
    {
        var hours = rule.Contains("BYHOUR", StringComparison.Ordinal) ? Numbers(rule, "BYHOUR") : [start.Hour];
        var found = new SortedSet<DateTimeOffset>();
        for (var day = start.Date; day <= through.UtcDateTime.AddDays(2); day = day.AddDays(1))
        {
            if (!Fits(rule, day, start.Date))
            {
                continue;
            }

            foreach (var hour in hours)
            {
                var local = day.AddHours(hour).AddMinutes(start.Minute);
                if (local >= start && Resolve(local, zone) is { } instant && instant > from && instant <= through)
                {
                    found.Add(instant);
                }
            }
        }

        return [.. found.Select(instant => When.Text(instant))];
    }

    private static bool Fits(string rule, DateTime day, DateTime start)
    {
        var interval = rule.Contains("INTERVAL", StringComparison.Ordinal) ? Numbers(rule, "INTERVAL")[0] : 1;
        var frequency = rule[5..].Split(';')[0];
        var apart = frequency switch
        {
            "DAILY" => (day - start).Days,
            "WEEKLY" => (Monday(day) - Monday(start)).Days / 7,
            "MONTHLY" => day.Year * 12 + day.Month - start.Year * 12 - start.Month,
            _ => day.Year - start.Year,
        };
        var byDay = rule.Contains("BYDAY", StringComparison.Ordinal);
        var byMonthDay = rule.Contains("BYMONTHDAY", StringComparison.Ordinal);
        var length = DateTime.DaysInMonth(day.Year, day.Month);
        var fits = apart % interval == 0;
        fits &= !rule.Contains("BYMONTH=", StringComparison.Ordinal) || Numbers(rule, "BYMONTH").Contains(day.Month);
        fits &= !byMonthDay || Numbers(rule, "BYMONTHDAY").Any(n => n == day.Day || n == day.Day - length - 1);
        fits &= !byDay || Value(rule, "BYDAY").Split(',').Any(code => FitsWeekday(code, day, length));
        fits &= byDay || frequency != "WEEKLY" || day.DayOfWeek == start.DayOfWeek;
        return fits && (byDay || byMonthDay || frequency is "DAILY" or "WEEKLY" || day.Day == start.Day);
    }

    private static bool FitsWeekday(string code, DateTime day, int length)
    {
        var place = code.Length == 2 ? 0 : int.Parse(code[..^2], System.Globalization.CultureInfo.InvariantCulture);
        var weekday = ((int)day.DayOfWeek + 6) % 7;
        var (fromStart, fromEnd) = ((day.Day - 1) / 7 + 1, -((length - day.Day) / 7 + 1));
        return Weekdays[weekday] == code[^2..] && (place == 0 || place == fromStart || place == fromEnd);
    }

    private static DateTime Monday(DateTime day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static string Value(string rule, string name) =>
        rule.Split(';').Single(part => part.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    public static int[] Numbers(string rule, string name) =>
        [
            .. Value(rule, name)
                .Split(',')
                .Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)),
        ];
}
