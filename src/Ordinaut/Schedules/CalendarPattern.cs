namespace Ordinaut.Schedules;

/// <summary>Some days, each at the same times: every rule of DAILY and coarser that has no BYSETPOS.</summary>
internal sealed class CalendarPattern(DayWalk days, TimesOfDay times) : LocalPattern
{
    public override long Next(long after)
    {
        var from = Math.Max(after, -1);
        if (from >= Seconds.Last)
        {
            return Seconds.None;
        }

        // -1 is the last second before the calendar begins.
        var today = from < 0 ? 0 : (int)(from / Seconds.PerDay);
        var second = from < 0 ? -1 : (int)(from % Seconds.PerDay);
        var day = days.AtOrAfter(today);
        if (day == today)
        {
            var time = times.After(second);
            if (time >= 0)
            {
                return (long)day * Seconds.PerDay + time;
            }

            day = days.AtOrAfter(today + 1);
        }

        return day < 0 ? Seconds.None : (long)day * Seconds.PerDay + times.First;
    }

    public override long Count(long after, long through)
    {
        var (low, high) = (Math.Max(after, -1), Math.Min(through, Seconds.Last));
        if (low >= high)
        {
            return 0;
        }

        // Whole days from the one after low's to the one before high's, then the two ends.
        var firstDay = low < 0 ? -1 : (int)(low / Seconds.PerDay);
        var lastDay = (int)(high / Seconds.PerDay);
        var upToLow = firstDay >= 0 && days.Contains(firstDay) ? times.CountThrough((int)(low % Seconds.PerDay)) : 0;
        var upToHigh = days.Contains(lastDay) ? times.CountThrough((int)(high % Seconds.PerDay)) : 0;
        return days.Count(Math.Max(firstDay, 0), lastDay) * times.Count - upToLow + upToHigh;
    }
}
