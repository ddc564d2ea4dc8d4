namespace Ordinaut.Schedules;

/// <summary>One rule in words. A rule that has no short and true words is shown as it was written.</summary>
internal static class RuleWording
{
    private const int MaxListedDays = 16;

    private static readonly int[] AllWeekdays = [0, 1, 2, 3, 4, 5, 6];

    public static string Of(RecurrenceRule rule, long start)
    {
        var text = rule.IsFinerThanDaily ? Ticks(rule) : Calendar(rule, start);
        return text is null ? $"by the rule {rule.Text}" : text + End(rule);
    }

    private static string End(RecurrenceRule rule)
    {
        if (rule.Count is { } count)
        {
            return count == 1 ? ", once" : $", {count} times";
        }

        if (rule.Until is not { } until)
        {
            return "";
        }

        var time = until.Seconds % Seconds.PerDay;
        var shown = time == Seconds.PerDay - 1 ? "" : $" {Seconds.ClockText(time)}";
        return $", until {Wording.Date(until.Seconds)}{shown}{(until.IsUtc ? " UTC" : "")}";
    }

    private static string? Ticks(RecurrenceRule rule)
    {
        var (size, minutesFilter, secondsFilter) = rule.Frequency switch
        {
            Frequency.Hourly => (3600L, rule.Interval == 1, false),
            Frequency.Minutely => (60L, false, false),
            _ => (1L, false, false),
        };
        var isPlain =
            rule.Positions.Length + rule.YearDays.Length + rule.MonthDays.Length == 0
            && (minutesFilter || rule.Minutes.Length == 0)
            && (secondsFilter || rule.Seconds.Length == 0);
        if (!isPlain)
        {
            return null;
        }

        var text =
            rule.Minutes.Length == 0
                ? Wording.Every(size * rule.Interval)
                : $"at minute{(rule.Minutes.Length == 1 ? "" : "s")} {Numbers(rule.Minutes)} of every hour";
        text += rule.Hours.Length == 0 ? "" : $" {TimesWording.DuringHours(rule.Hours)}";
        text += rule.Weekdays.Length == 0 ? "" : $" on {Plurals(rule)}";
        return rule.Months.Length == 0 ? text : $"{text} in {Wording.MonthList(rule.Months)}";
    }

    private static string? Calendar(RecurrenceRule rule, long start)
    {
        var timesOfDay = rule.TimesFrom((int)(start % Seconds.PerDay));
        var date = DateOnly.FromDayNumber((int)(start / Seconds.PerDay));

        // A position counts times; with one time a day it counts days, and only then there are words for it.
        var canPosition = rule.Positions.Length == 0 || (rule.Positions.Length == 1 && timesOfDay.Count == 1);
        var isOther = rule.WeekNumbers.Length + rule.YearDays.Length > 0;
        var times = TimesWording.Of(timesOfDay);
        if (!canPosition || isOther || times is null)
        {
            return null;
        }

        var days = rule.Frequency switch
        {
            Frequency.Daily => Daily(rule),
            Frequency.Weekly => Weekly(rule, date),
            Frequency.Monthly => Monthly(rule, date),
            _ => Yearly(rule, date),
        };
        return (days, times.IsEvery) switch
        {
            (null, _) => null,
            ("every day", true) => times.Text,
            (_, true) when !days.StartsWith("every ", StringComparison.Ordinal) => $"{times.Text} on {days}",
            (_, true) => $"{days}, {times.Text}",
            _ => $"{days} {times.Text}",
        };
    }

    private static string? Daily(RecurrenceRule rule)
    {
        if (rule.MonthDays.Length + rule.Positions.Length > 0)
        {
            return null;
        }

        if (rule.Interval == 1)
        {
            return InMonths(rule.Weekdays.Length == 0 ? "every day" : Plurals(rule), rule);
        }

        return rule.Weekdays.Length + rule.Months.Length > 0 ? null : Wording.Every(rule.Interval, "day");
    }

    private static string? Weekly(RecurrenceRule rule, DateOnly start)
    {
        int[] days = rule.Weekdays.Length == 0 ? [start.DayNumber % 7] : [.. rule.Weekdays.Select(day => day.Day)];
        if (rule.Positions.Length > 0 || (rule.Interval > 1 && rule.Months.Length > 0))
        {
            return null;
        }

        return rule.Interval switch
        {
            1 => InMonths(Wording.WeekdayPlurals(days), rule),
            2 when days.Length == 1 => $"every other {Wording.Weekday(days[0])}",
            _ => $"{Wording.Every(rule.Interval, "week")} on {Wording.WeekdayPlurals(days)}",
        };
    }

    private static string? Monthly(RecurrenceRule rule, DateOnly start)
    {
        if (rule.Interval > 1 && rule.Months.Length > 0)
        {
            return null;
        }

        var ofMonth = rule.Interval switch
        {
            1 => rule.Months.Length == 0 ? "the month" : Wording.MonthList(rule.Months),
            2 => "every other month",
            _ => $"every {Wording.Ordinal(rule.Interval)} month",
        };
        return InMonth(rule, start, ofMonth);
    }

    private static string? Yearly(RecurrenceRule rule, DateOnly start)
    {
        var saysDays = rule.MonthDays.Length + rule.Weekdays.Length > 0;
        var every = rule.Interval switch
        {
            1 => "",
            2 => " of every other year",
            _ => $" of every {Wording.Ordinal(rule.Interval)} year",
        };
        if (rule.Positions.Length > 0)
        {
            return null;
        }

        if (rule.Months.Length > 0)
        {
            return InMonth(rule, start, Wording.MonthList(rule.Months) + every);
        }

        if (!saysDays)
        {
            return $"the {Wording.Ordinal(start.Day)} of {Wording.Month(start.Month)}{every}";
        }

        if (rule.Weekdays.Length > 0)
        {
            var isPlain = rule.MonthDays.Length == 0 && Array.TrueForAll(rule.Weekdays, day => day.Place == 0);
            return isPlain && rule.Interval == 1 ? Plurals(rule) : Placed(rule, "the year" + every);
        }

        return InMonth(rule, start, "the month" + every);
    }

    /// <summary>What the rule means within each of the months it is about.</summary>
    private static string? InMonth(RecurrenceRule rule, DateOnly start, string ofMonth)
    {
        if (rule.Weekdays.Length == 0)
        {
            var days = rule.MonthDays.Length == 0 ? [start.Day] : rule.MonthDays;
            var isShort = days.Length <= MaxListedDays && rule.Positions.Length == 0;
            return isShort ? $"{Wording.MonthDays(days)} of {ofMonth}" : null;
        }

        if (Array.Exists(rule.Weekdays, day => day.Place != 0))
        {
            return Placed(rule, ofMonth);
        }

        if (rule.Positions is [var position])
        {
            var noun = PositionedNoun(rule);
            return noun is null ? null : $"the {Wording.Place(position)} {noun} of {ofMonth}";
        }

        if (rule.MonthDays.Length == 0)
        {
            return ofMonth == "the month" ? Plurals(rule) : $"{Plurals(rule)} of {ofMonth}";
        }

        // "The 13th when it is a Friday": for one day of each kind, or it would not say which goes with which.
        return rule.MonthDays.Length == 1 && rule.Weekdays.Length == 1
            ? $"{Wording.MonthDays(rule.MonthDays)} of {ofMonth} when it is a {Wording.Weekday(rule.Weekdays[0].Day)}"
            : null;
    }

    private static string? PositionedNoun(RecurrenceRule rule)
    {
        int[] days = [.. rule.Weekdays.Select(day => day.Day).Order()];
        return (rule.MonthDays.Length, days) switch
        {
            (> 0, _) => null,
            (_, [0, 1, 2, 3, 4]) => "working day",
            (_, [5, 6]) => "weekend day",
            (_, [0, 1, 2, 3, 4, 5, 6]) => "day",
            (_, [var day]) => Wording.Weekday(day),
            _ => null,
        };
    }

    private static string? Placed(RecurrenceRule rule, string of)
    {
        var isPlaced = Array.TrueForAll(rule.Weekdays, day => day.Place != 0);
        if (!isPlaced || rule.MonthDays.Length + rule.Positions.Length > 0)
        {
            return null;
        }

        var named = rule.Weekdays.Select(day => $"the {Wording.Place(day.Place)} {Wording.Weekday(day.Day)}");
        return $"{Wording.And([.. named])} of {of}";
    }

    private static string InMonths(string days, RecurrenceRule rule) =>
        rule.Months.Length == 0 ? days : $"{days} in {Wording.MonthList(rule.Months)}";

    private static string Plurals(RecurrenceRule rule) =>
        rule.Weekdays.Length == 0
            ? Wording.WeekdayPlurals(AllWeekdays)
            : Wording.WeekdayPlurals(rule.Weekdays.Select(day => day.Day));

    private static string Numbers(int[] numbers) => Wording.And([.. numbers.Select(number => $"{number}")]);
}
