namespace Ordinaut.Schedules;

/// <summary>UNTIL: the last moment that may be an occurrence.</summary>
/// <param name="Seconds">Of UTC, or of the rule's wall clock (a date means the end of that day).</param>
/// <param name="IsUtc">Which of the two.</param>
internal sealed record RecurrenceEnd(long Seconds, bool IsUtc);

/// <summary>One RRULE as written (RFC 5545 3.3.10), checked for ranges and for parts that do not go together.</summary>
internal sealed record RecurrenceRule
{
    /// <summary>The text after <c>RRULE:</c>.</summary>
    public required string Text { get; init; }

    public Frequency Frequency { get; set; }

    public int Interval { get; set; } = 1;

    public int? Count { get; set; }

    public RecurrenceEnd? Until { get; set; }

    /// <summary>0 is Monday.</summary>
    public int WeekStart { get; set; }

    public int[] Months { get; set; } = [];

    public int[] MonthDays { get; set; } = [];

    public int[] YearDays { get; set; } = [];

    public int[] WeekNumbers { get; set; } = [];

    public WeekdayPlace[] Weekdays { get; set; } = [];

    public int[] Hours { get; set; } = [];

    public int[] Minutes { get; set; } = [];

    public int[] Seconds { get; set; } = [];

    public int[] Positions { get; set; } = [];

    public bool IsFinerThanDaily => Frequency < Frequency.Daily;

    /// <summary>The days that the rule means, with what it leaves out taken from DTSTART.</summary>
    public DayRule DaysFrom(DateOnly start)
    {
        var saysDays = MonthDays.Length + YearDays.Length + WeekNumbers.Length + Weekdays.Length > 0;
        var fromMonthDay = !saysDays && Frequency is Frequency.Monthly or Frequency.Yearly;
        var fromWeekday =
            Weekdays.Length == 0
            && (Frequency == Frequency.Weekly || (WeekNumbers.Length > 0 && MonthDays.Length + YearDays.Length == 0));
        var months = Frequency == Frequency.Yearly && !saysDays && Months.Length == 0 ? [start.Month] : Months;
        return new DayRule
        {
            Months = months.Aggregate(0, (set, month) => set | 1 << month),
            MonthDays = fromMonthDay && !saysDays ? [start.Day] : MonthDays,
            YearDays = YearDays,
            WeekNumbers = WeekNumbers,
            Weekdays = fromWeekday ? [new WeekdayPlace(start.DayNumber % 7, 0)] : Weekdays,
            PlacesInMonth = Frequency != Frequency.Yearly || Months.Length > 0,
            WeekStart = WeekStart,
        };
    }

    /// <summary>The times of day of a rule of DAILY or coarser, with what it leaves out taken from DTSTART.</summary>
    public TimesOfDay TimesFrom(int secondOfDay) =>
        new(SetOf(Hours, secondOfDay / 3600), SetOf(Minutes, secondOfDay / 60 % 60), SetOf(Seconds, secondOfDay % 60));

    public static ulong SetOf(int[] values, int otherwise) =>
        values.Length == 0 ? 1UL << otherwise : values.Aggregate(0UL, (set, value) => set | 1UL << value);
}
