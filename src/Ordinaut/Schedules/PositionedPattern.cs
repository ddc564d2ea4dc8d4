namespace Ordinaut.Schedules;

/// <summary>
/// A rule with BYSETPOS over weeks, months or years: of all times of a period, in order, those at the given
/// positions. The times are never written out: a position is a day's rank and a time's rank.
/// </summary>
internal sealed class PositionedPattern(DayRule rule, PeriodGrid grid, TimesOfDay times, IReadOnlyList<int> positions)
    : LocalPattern
{
    // The grid picks the periods here; within a period every day is as good as another.
    private readonly DayWalk _days = new(rule, PeriodGrid.EveryDay);

    /// <summary>The fewest times a period must have to hold a wanted one.</summary>
    private readonly long _least = positions.Min(position => Math.Abs((long)position));

    private Picks _lastPicks = new(-1, []);

    public override long Next(long after)
    {
        var from = Math.Max(after, -1);
        var looked = 0;
        for (var start = StartFor(from); start <= Seconds.LastDay; start = NextStart(start))
        {
            // The first period may be cut by "after"; from then on, one cycle without a find proves there is none.
            if (looked++ > grid.PeriodsPerCycle)
            {
                break;
            }

            var period = new PeriodDays(rule, grid, start);
            var indices = PicksOf(period).Indices;
            var index = Array.BinarySearch(indices, Passed(period, from));
            index = index < 0 ? ~index : index;
            if (index < indices.Length)
            {
                var (day, time) = Math.DivRem(indices[index], times.Count);
                return (long)period.Select((int)day) * Seconds.PerDay + times[(int)time];
            }
        }

        return Seconds.None;
    }

    public override long Count(long after, long through)
    {
        var count = 0L;
        var from = Math.Max(after, -1);
        for (var start = StartFor(from); start <= Seconds.LastDay; start = NextStart(start))
        {
            if ((long)start * Seconds.PerDay > through)
            {
                break;
            }

            var period = new PeriodDays(rule, grid, start);
            var (low, high) = (Passed(period, from), Passed(period, through));
            foreach (var index in PicksOf(period).Indices)
            {
                count += index >= low && index < high ? 1 : 0;
            }
        }

        return count;
    }

    private int StartFor(long from)
    {
        if (_least > (long)grid.LongestPeriod * times.Count)
        {
            return int.MaxValue;
        }

        var day = from < 0 ? 0 : (int)Math.Min(from / Seconds.PerDay, Seconds.LastDay);
        var aligned = grid.Align(day);
        return aligned > Seconds.LastDay ? aligned : grid.StartOf(aligned);
    }

    /// <summary>The start of the next period that has a day at all: this skips years of empty months.</summary>
    private int NextStart(int start)
    {
        while (true)
        {
            start = grid.StartAfter(start);
            var day = start > Seconds.LastDay ? -1 : _days.AtOrAfter(start);
            if (day < 0)
            {
                return int.MaxValue;
            }

            var aligned = grid.Align(day);
            if (aligned == day)
            {
                return grid.StartOf(day);
            }

            if (aligned > Seconds.LastDay)
            {
                return aligned;
            }

            // The day lies in a period off the grid: go on from the last day before the next one on it.
            start = Math.Max(start, aligned - 1);
        }
    }

    /// <summary>How many times of the period are not later than the given local time.</summary>
    private long Passed(in PeriodDays period, long local)
    {
        if (local < (long)period.Start * Seconds.PerDay)
        {
            return 0;
        }

        var day = (int)Math.Min(local / Seconds.PerDay - period.Start, PeriodDays.Capacity - 1);
        var today = period.Contains(day) ? times.CountThrough((int)(local % Seconds.PerDay)) : 0;
        return (long)period.CountBefore(day) * times.Count + today;
    }

    /// <summary>Most periods have as many times as the last one had, so its picks are kept.</summary>
    private Picks PicksOf(in PeriodDays period)
    {
        var total = (long)period.Count * times.Count;
        var picks = _lastPicks;
        if (picks.Total != total)
        {
            var indices = positions.Select(position => position > 0 ? position - 1 : total + position);
            picks = new Picks(total, [.. indices.Where(index => index >= 0 && index < total).Distinct().Order()]);
            _lastPicks = picks;
        }

        return picks;
    }

    /// <summary>The picked indices among so many times, in order.</summary>
    private sealed record Picks(long Total, long[] Indices);
}
