using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>A cron expression in words.</summary>
internal static class CronDescription
{
    private const int MaxListedDays = 16;

    /// <summary>"weekdays at 08:30"; where there are no true words for it, the expression itself.</summary>
    public static string Of(CronFields fields, string expression)
    {
        var times = TimesWording.Of(fields.Times);
        var days = Days(fields);
        return times is null || days is null ? $"by the cron expression {expression}" : Join(days, times);
    }

    private static string Join(string days, TimesWording times) =>
        (days, times.IsEvery) switch
        {
            ("", true) => times.Text,
            ("", false) => $"every day {times.Text}",
            _ when days.StartsWith("in ", StringComparison.Ordinal) => times.IsEvery
                ? $"{times.Text} {days}"
                : $"every day {days} {times.Text}",
            (_, true) => $"{times.Text} on {days}",
            _ => $"{days} {times.Text}",
        };

    /// <summary>Empty for every day, "in June" for every day of some months, null for what has no words.</summary>
    private static string? Days(CronFields fields)
    {
        var months = Wording.Members(fields.Months);
        var someMonths = months.Length < 12 ? Wording.MonthList(months) : null;
        var (freeDay, freeWeekday) = (fields.DayOfMonth is "*" or "?", fields.DayOfWeek is "*" or "?");
        if (freeDay && freeWeekday)
        {
            return someMonths is null ? "" : $"in {someMonths}";
        }

        var ofMonth = freeDay ? null : MonthDays(fields, someMonths ?? "the month");
        var weekdays = freeWeekday ? null : Weekdays(fields, someMonths);
        if (freeDay || freeWeekday)
        {
            return ofMonth ?? weekdays;
        }

        // A field such as */2 restricts the day and yet begins with a star: then both must fit.
        return fields.EitherDay && ofMonth is not null && weekdays is not null ? $"{ofMonth} or {weekdays}" : null;
    }

    private static string? MonthDays(CronFields fields, string months)
    {
        if (fields.MonthDays is { } set)
        {
            var days = Wording.Members(set);
            return days.Length <= MaxListedDays ? $"{Wording.MonthDays(days)} of {months}" : null;
        }

        var text = fields.DayOfMonth.ToUpperInvariant();
        var named = text switch
        {
            "L" => "the last day",
            "LW" => "the last working day",
            _ when Number(text, "L-", "") is { } before => $"the {Wording.Place(-before - 1)} day",
            _ when Number(text, "", "W") is { } near => $"the working day nearest to the {Wording.Ordinal(near)}",
            _ => null,
        };
        return named is null ? null : $"{named} of {months}";
    }

    private static string? Weekdays(CronFields fields, string? someMonths)
    {
        if (fields.Weekdays is { } set)
        {
            var plural = Wording.WeekdayPlurals(Wording.Members(set).Select(day => (day + 6) % 7));
            return someMonths is null ? plural : $"{plural} in {someMonths}";
        }

        var text = fields.DayOfWeek;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (text.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        var day = Wording.Weekday((CronFields.WeekdayOf(hash < 0 ? text[..^1] : text[..hash]) + 6) % 7);
        var place = hash < 0 ? "last" : Wording.Place(text[hash + 1] - '0');
        return $"the {place} {day} of {someMonths ?? "the month"}";
    }

    private static int? Number(string text, string prefix, string suffix) =>
        text.StartsWith(prefix, StringComparison.Ordinal)
        && text.EndsWith(suffix, StringComparison.Ordinal)
        && int.TryParse(
            text.AsSpan(prefix.Length, Math.Max(0, text.Length - prefix.Length - suffix.Length)),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
}
