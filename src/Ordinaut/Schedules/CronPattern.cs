using Cronos;

namespace Ordinaut.Schedules;

/// <summary>
/// The local times of a cron expression. Cronos reads the text and steps through the wall clock, which is handed
/// to it dressed as UTC: its own handling of zones relies on TimeZoneInfo, which misses many changes.
/// </summary>
/// <param name="expressions">One, or two for the POSIX rule: a day that fits either day field.</param>
/// <param name="days">The same for the days alone, at midnight.</param>
/// <param name="times">The times of each of those days.</param>
internal sealed class CronPattern(CronExpression[] expressions, CronExpression[] days, TimesOfDay times) : LocalPattern
{
    public override long Next(long after) => Earliest(expressions, after);

    public override long Count(long after, long through)
    {
        var (low, high) = (Math.Max(after, -1), Math.Min(through, Seconds.Last));
        var count = 0L;
        var midnight = low < 0 ? -1 : low - low % Seconds.PerDay - 1;
        for (var day = Earliest(days, midnight); day <= high; day = Earliest(days, day))
        {
            var upToLow = low < day ? 0 : times.CountThrough((int)(low - day));
            count += times.CountThrough((int)Math.Min(high - day, Seconds.PerDay - 1)) - upToLow;
        }

        return count;
    }

    private static long Earliest(CronExpression[] expressions, long after)
    {
        if (after >= Seconds.Last)
        {
            return Seconds.None;
        }

        var isBeforeAll = after < 0;
        var from = new DateTime(isBeforeAll ? 0 : after * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        var earliest = Seconds.None;
        foreach (var expression in expressions)
        {
            if (expression.GetNextOccurrence(from, isBeforeAll) is { } next)
            {
                earliest = Math.Min(earliest, next.Ticks / TimeSpan.TicksPerSecond);
            }
        }

        return earliest;
    }
}
