namespace Ordinaut.Schedules;

internal enum Frequency
{
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// <summary>
/// Every interval-th day, week, month or year, counted from the one that holds the anchor day. Days are
/// <see cref="DateOnly.DayNumber"/>s; answers may lie after the last day of the calendar.
/// </summary>
internal sealed class PeriodGrid(Frequency frequency, int interval, int anchor, int weekStart)
{
    public static readonly PeriodGrid EveryDay = new(Frequency.Daily, 1, 0, 0);

    public Frequency Frequency { get; } = frequency;

    /// <summary>Whether every period is on the grid.</summary>
    public bool IsDense { get; } = interval == 1;

    /// <summary>The most days that a period of this frequency has.</summary>
    public int LongestPeriod =>
        Frequency switch
        {
            Frequency.Weekly => 7,
            Frequency.Monthly => 31,
            Frequency.Yearly => 366,
            _ => 1,
        };

    /// <summary>
    /// The calendar repeats after 400 years, which are whole weeks; the periods of a grid with interval n repeat
    /// after n times that at the latest, and so after as many periods as there are in 400 years.
    /// </summary>
    public int PeriodsPerCycle =>
        Frequency switch
        {
            Frequency.Weekly => 20_871,
            Frequency.Monthly => 4800,
            Frequency.Yearly => 400,
            _ => 146_097,
        };

    /// <summary>How many months on the grid have to be seen to know that a day rule meets none of them.</summary>
    public int MonthsPerCycle =>
        IsDense || Frequency is Frequency.Monthly or Frequency.Yearly ? 400 * 12 + 1 : int.MaxValue;

    /// <summary>The first day that is no longer in the period that begins with the given day.</summary>
    public int EndOf(int start)
    {
        var date = DateOnly.FromDayNumber(start);
        return Frequency switch
        {
            Frequency.Weekly => start + 7,
            Frequency.Monthly => start + DateTime.DaysInMonth(date.Year, date.Month),
            Frequency.Yearly => start + (DateTime.IsLeapYear(date.Year) ? 366 : 365),
            _ => start + 1,
        };
    }

    /// <summary>The first day of the period that holds the day.</summary>
    public int StartOf(int day)
    {
        switch (Frequency)
        {
            case Frequency.Weekly:
                return day - (day - weekStart + 7) % 7;
            case Frequency.Monthly:
                return day - (DateOnly.FromDayNumber(day).Day - 1);
            case Frequency.Yearly:
                return day - (DateOnly.FromDayNumber(day).DayOfYear - 1);
            default:
                return day;
        }
    }

    /// <summary>The first day that is not earlier than the given one and lies in a period of the grid.</summary>
    public int Align(int day)
    {
        if (IsDense)
        {
            return day;
        }

        return Frequency switch
        {
            Frequency.Weekly => AlignBySpan(day, 7),
            Frequency.Monthly => AlignByMonth(day, interval),
            Frequency.Yearly => AlignByMonth(day, 12L * interval),
            _ => AlignBySpan(day, 1),
        };
    }

    /// <summary>The first day of the next period of the grid.</summary>
    public int StartAfter(int day)
    {
        var next = EndOf(StartOf(day));
        return next > Seconds.LastDay ? next : Align(next);
    }

    /// <summary>
    /// The days of one month that are on the grid, given that its month and year are; bit 0 is the first.
    /// </summary>
    public uint InMonth(int first, int length)
    {
        if (IsDense || Frequency is Frequency.Monthly or Frequency.Yearly)
        {
            return uint.MaxValue;
        }

        var mask = 0u;
        for (var day = Align(first); day < first + length; day = Align(day + 1))
        {
            mask |= 1u << (day - first);
        }

        return mask;
    }

    private static long MonthOf(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return date.Year * 12L + date.Month - 1;
    }

    private static int FirstOfMonth(long month) =>
        month / 12 > 9999 ? int.MaxValue : new DateOnly((int)(month / 12), (int)(month % 12) + 1, 1).DayNumber;

    private int AlignBySpan(int day, int length)
    {
        var start = StartOf(day);
        var off = Seconds.Modulo((long)StartOf(anchor) - start, (long)interval * length);
        return off == 0 ? day : (int)Math.Min(start + off, int.MaxValue);
    }

    private int AlignByMonth(int day, long months)
    {
        var month = MonthOf(day);
        var unit = Frequency == Frequency.Yearly ? 12 : 1;
        var period = month - month % unit;
        var anchorMonth = MonthOf(anchor);
        var off = Seconds.Modulo(anchorMonth - anchorMonth % unit - period, months);
        return off == 0 ? day : FirstOfMonth(period + off);
    }
}
