namespace Ordinaut.Schedules;

/// <summary>
/// Time as whole seconds since 0001-01-01T00:00:00: of UTC for an instant, of the wall clock for a local time.
/// Local times are plain numbers here, so that searching for one costs no more than integer arithmetic.
/// </summary>
internal static class Seconds
{
    public const int PerDay = 86_400;

    /// <summary>No such time: the answer of a search that ran out of calendar.</summary>
    public const long None = long.MaxValue;

    /// <summary>9999-12-31T23:59:59, the last second of the calendar.</summary>
    public const long Last = 315_537_897_599;

    /// <summary>9999-12-31 as a day number (<see cref="DateOnly.DayNumber"/>).</summary>
    public const int LastDay = 3_652_058;

    /// <summary>The largest COUNT that is found by stepping.</summary>
    public const int MaxStepped = 100;

    /// <summary>How far a larger COUNT is counted.</summary>
    public const int MaxCountedYears = 100;

    /// <summary>
    /// The instant with its fraction cut off: for whole n, n > instant is the same as n > Of(instant).
    /// </summary>
    public static long Of(DateTimeOffset instant) => instant.UtcTicks / TimeSpan.TicksPerSecond;

    public static DateTimeOffset ToInstant(long seconds) => new(seconds * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    public static DateTimeOffset? ToInstantOrNull(long seconds) =>
        seconds is >= 0 and <= Last ? ToInstant(seconds) : null;

    /// <summary>The time of day as 08:30, or 08:30:15 when there are seconds.</summary>
    public static string ClockText(long secondOfDay)
    {
        var (hour, minute, second) = (secondOfDay / 3600 % 24, secondOfDay / 60 % 60, secondOfDay % 60);
        return second == 0 ? $"{hour:00}:{minute:00}" : $"{hour:00}:{minute:00}:{second:00}";
    }

    /// <summary>The remainder that is never negative.</summary>
    public static long Modulo(long value, long divisor)
    {
        var rest = value % divisor;
        return rest < 0 ? rest + divisor : rest;
    }

    /// <summary>
    /// The n-th occurrence after <paramref name="start"/>, or <see cref="None"/> when there are fewer. Few are
    /// stepped through. Many are counted: the span is doubled until it holds them, then bisected, so that COUNT
    /// costs as much as counting the days once; those that <see cref="MaxCountedYears"/> do not hold are taken as
    /// endless.
    /// </summary>
    public static long Nth(Func<long, long> next, Func<long, long, long> count, long start, long n)
    {
        if (n > MaxStepped)
        {
            return NthByCount(count, start, n);
        }

        var found = start;
        for (var i = 0; i < n && found != None; i++)
        {
            found = next(found);
        }

        return found;
    }

    private static long NthByCount(Func<long, long, long> count, long start, long n)
    {
        var limit = Math.Min(Last, start + MaxCountedYears * 366L * PerDay);
        var low = start;
        for (var span = (long)PerDay; low < limit; span *= 2)
        {
            var high = Math.Min(low + span, limit);
            var counted = count(low, high);
            if (counted >= n)
            {
                return Bisect(count, (low, high), n);
            }

            n -= counted;
            low = high;
        }

        return None;
    }

    private static long Bisect(Func<long, long, long> count, (long Low, long High) within, long n)
    {
        var (low, high) = within;
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            var counted = count(low, middle);
            if (counted >= n)
            {
                high = middle;
            }
            else
            {
                n -= counted;
                low = middle;
            }
        }

        return high;
    }
}
