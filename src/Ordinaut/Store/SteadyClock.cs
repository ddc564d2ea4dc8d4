namespace Ordinaut.Store;

/// <summary>
/// A clock that never goes backward: one that jumps back stands still here until it has caught up, so that no lease
/// or due time is ever decided twice. Whole microseconds, as the databases keep them.
/// </summary>
internal sealed class SteadyClock(Func<DateTimeOffset> source)
{
    private long _seenTicks;

    public DateTimeOffset Now()
    {
        var ticks = source().UtcTicks;
        var seen = Interlocked.Read(ref _seenTicks);
        while (ticks > seen)
        {
            var before = Interlocked.CompareExchange(ref _seenTicks, ticks, seen);
            if (before == seen)
            {
                seen = ticks;
                break;
            }

            seen = before;
        }

        return new DateTimeOffset(seen - seen % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}
