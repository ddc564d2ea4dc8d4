using System.Numerics;

namespace Ordinaut.Schedules;

/// <summary>The days of a <see cref="DayRule"/> on a <see cref="PeriodGrid"/>, found month by month.</summary>
internal sealed class DayWalk(DayRule rule, PeriodGrid grid)
{
    private readonly bool _isEmpty = !rule.HasDays();

    /// <summary>Whether every day of the calendar is meant.</summary>
    public bool IsEveryDay { get; } = rule.IsEveryDay && grid.IsDense;

    /// <summary>The first day that is not earlier than the given one, or -1.</summary>
    public int AtOrAfter(int day)
    {
        if (IsEveryDay)
        {
            return day <= Seconds.LastDay ? day : -1;
        }

        var months = _isEmpty ? 0 : grid.MonthsPerCycle;
        while (months-- > 0 && day <= Seconds.LastDay)
        {
            day = grid.Align(day);
            if (day > Seconds.LastDay)
            {
                return -1;
            }

            var (year, month, number) = DateOnly.FromDayNumber(day);
            var first = day - number + 1;
            var length = DateTime.DaysInMonth(year, month);
            var mask = rule.InMonth(year, month);
            mask = mask == 0 ? 0 : (mask & grid.InMonth(first, length)) >> (number - 1);
            if (mask != 0)
            {
                return day + BitOperations.TrailingZeroCount(mask);
            }

            day = first + length;
        }

        return -1;
    }

    public bool Contains(int day) => AtOrAfter(day) == day;

    /// <summary>The number of days in [from, to).</summary>
    public long Count(int from, int to)
    {
        if (IsEveryDay)
        {
            return Math.Max(0, to - from);
        }

        var count = 0L;
        to = Math.Min(to, Seconds.LastDay + 1);
        for (var day = from; day < to; )
        {
            day = grid.Align(day);
            if (day >= to)
            {
                break;
            }

            var (year, month, number) = DateOnly.FromDayNumber(day);
            var first = day - number + 1;
            var length = DateTime.DaysInMonth(year, month);
            var mask = rule.InMonth(year, month) & (uint.MaxValue << (number - 1));
            mask &= to - first < 32 ? (1u << (to - first)) - 1 : uint.MaxValue;
            count += mask == 0 ? 0 : BitOperations.PopCount(mask & grid.InMonth(first, length));
            day = first + length;
        }

        return count;
    }
}
