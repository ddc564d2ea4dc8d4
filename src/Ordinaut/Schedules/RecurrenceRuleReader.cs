using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>Reads the value of an RRULE or EXRULE.</summary>
/// <param name="pointer">Where the text stands in the request.</param>
internal sealed class RecurrenceRuleReader(string pointer)
{
    /// <summary>INTERVAL and COUNT may be this large; any interval beyond it outlasts the calendar.</summary>
    public const int MaxNumber = int.MaxValue;

    private static readonly string[] WeekdayCodes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

    private static readonly string[] Frequencies =
    [
        "SECONDLY",
        "MINUTELY",
        "HOURLY",
        "DAILY",
        "WEEKLY",
        "MONTHLY",
        "YEARLY",
    ];

    public RecurrenceRule Read(string text)
    {
        var rule = new RecurrenceRule { Text = text };
        var seen = new HashSet<string>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw Refuse($"{Quoted.Of(part)} is not a part of a rule; a part is NAME=value, such as FREQ=DAILY.");
            }

            var name = part[..equals].Trim().ToUpperInvariant();
            if (!seen.Add(name))
            {
                throw Refuse($"The part {Quoted.Of(name)} stands twice in the rule; say it once.");
            }

            Set(rule, name, part[(equals + 1)..].Trim().ToUpperInvariant());
        }

        if (!seen.Contains("FREQ"))
        {
            throw Refuse("A rule needs FREQ, such as FREQ=DAILY.");
        }

        Check(rule);
        return rule;
    }

    private void Set(RecurrenceRule rule, string name, string value)
    {
        switch (name)
        {
            case "FREQ":
                rule.Frequency = FrequencyOf(value);
                break;
            case "INTERVAL":
                rule.Interval = Number(name, value, 1, MaxNumber);
                break;
            case "COUNT":
                rule.Count = Number(name, value, 1, MaxNumber);
                break;
            case "UNTIL":
                rule.Until = Until(value);
                break;
            case "WKST":
                rule.WeekStart = WeekdayOf(value);
                break;
            case "BYDAY":
                rule.Weekdays = [.. value.Split(',').Select(Place).Distinct()];
                break;
            default:
                SetNumbers(rule, name, value);
                break;
        }
    }

    private void SetNumbers(RecurrenceRule rule, string name, string value)
    {
        switch (name)
        {
            case "BYSECOND":
                rule.Seconds = Numbers(name, value, 0, 59);
                break;
            case "BYMINUTE":
                rule.Minutes = Numbers(name, value, 0, 59);
                break;
            case "BYHOUR":
                rule.Hours = Numbers(name, value, 0, 23);
                break;
            case "BYMONTH":
                rule.Months = Numbers(name, value, 1, 12);
                break;
            case "BYMONTHDAY":
                rule.MonthDays = NumbersFromEitherEnd(name, value, 31);
                break;
            case "BYYEARDAY":
                rule.YearDays = NumbersFromEitherEnd(name, value, 366);
                break;
            case "BYWEEKNO":
                rule.WeekNumbers = NumbersFromEitherEnd(name, value, 53);
                break;
            case "BYSETPOS":
                rule.Positions = NumbersFromEitherEnd(name, value, 366);
                break;
            default:
                throw Refuse(
                    $"{Quoted.Of(name)} is not a part of a rule. There are FREQ, INTERVAL, COUNT, UNTIL, WKST, "
                        + "BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSECOND and BYSETPOS."
                );
        }
    }

    /// <summary>The combinations that RFC 5545 3.3.10 forbids, and nothing else.</summary>
    private void Check(RecurrenceRule rule)
    {
        var frequency = rule.Frequency;
        Forbid(rule.Count is not null && rule.Until is not null, "COUNT and UNTIL exclude each other; say one.");
        Forbid(rule.WeekNumbers.Length > 0 && frequency != Frequency.Yearly, "BYWEEKNO goes with FREQ=YEARLY only.");
        Forbid(
            rule.YearDays.Length > 0 && frequency is Frequency.Daily or Frequency.Weekly or Frequency.Monthly,
            "BYYEARDAY does not go with FREQ=DAILY, WEEKLY or MONTHLY; use FREQ=YEARLY."
        );
        Forbid(
            rule.MonthDays.Length > 0 && frequency == Frequency.Weekly,
            "BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=DAILY or MONTHLY."
        );
        var placed = rule.Weekdays.Any(day => day.Place != 0);
        Forbid(
            placed && frequency is not (Frequency.Monthly or Frequency.Yearly),
            "A numbered BYDAY such as 1MO goes with FREQ=MONTHLY or YEARLY only."
        );
        Forbid(
            placed && rule.WeekNumbers.Length > 0,
            "A numbered BYDAY such as 1MO does not go with BYWEEKNO; leave the number out."
        );
        var saysBy =
            rule.Months.Length
            + rule.MonthDays.Length
            + rule.YearDays.Length
            + rule.WeekNumbers.Length
            + rule.Weekdays.Length
            + rule.Hours.Length
            + rule.Minutes.Length
            + rule.Seconds.Length;
        Forbid(
            rule.Positions.Length > 0 && saysBy == 0,
            "BYSETPOS picks from what another BY part gives; add one, such as BYDAY=MO,TU,WE,TH,FR."
        );
    }

    private void Forbid(bool broken, string message)
    {
        if (broken)
        {
            throw Refuse(message);
        }
    }

    private Frequency FrequencyOf(string value)
    {
        var index = Array.IndexOf(Frequencies, value);
        return index >= 0
            ? (Frequency)index
            : throw Refuse($"FREQ={Quoted.Of(value)} is unknown; say one of {string.Join(", ", Frequencies)}.");
    }

    private int WeekdayOf(string value)
    {
        var index = Array.IndexOf(WeekdayCodes, value);
        return index >= 0
            ? index
            : throw Refuse($"{Quoted.Of(value)} is not a week day; say one of {string.Join(", ", WeekdayCodes)}.");
    }

    private WeekdayPlace Place(string item)
    {
        var text = item.Trim();
        var digits = Math.Max(0, text.Length - 2);
        var place = digits == 0 ? 0 : Number("BYDAY", text[..digits], -53, 53);
        if (digits > 0 && place == 0)
        {
            throw Refuse($"BYDAY={Quoted.Of(text)}: the number is 1 to 53, or -1 to -53 from the end.");
        }

        return new WeekdayPlace(WeekdayOf(text[digits..]), place);
    }

    private int[] Numbers(string name, string value, int least, int most) =>
        [.. value.Split(',').Select(item => Number(name, item.Trim(), least, most)).Distinct().Order()];

    private int[] NumbersFromEitherEnd(string name, string value, int most)
    {
        var numbers = Numbers(name, value, -most, most);
        return numbers.Contains(0)
            ? throw Refuse($"{name} counts from 1, or from -1 at the end; 0 is neither.")
            : numbers;
    }

    private int Number(string name, string value, int least, int most)
    {
        var read = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        return read && number >= least && number <= most
            ? number
            : throw Refuse($"{name}: {Quoted.Of(value)} is not a whole number from {least} to {most}.");
    }

    private RecurrenceEnd Until(string value)
    {
        var until = RecurrenceTime.Read(value, pointer, "UNTIL");
        var seconds = until.IsDate ? until.Local + Schedules.Seconds.PerDay - 1 : until.Local;
        return new RecurrenceEnd(seconds, until.IsUtc);
    }

    private Problem Refuse(string message) => Problem.Invalid(pointer, message);
}
