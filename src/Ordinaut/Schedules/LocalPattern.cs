namespace Ordinaut.Schedules;

/// <summary>
/// A repeating set of local times, as if every day had 24 hours: what a rule means before any zone is asked.
/// Times are <see cref="Schedules.Seconds"/> of the wall clock.
/// </summary>
internal abstract class LocalPattern
{
    /// <summary>The first time later than the given one, or <see cref="Schedules.Seconds.None"/>.</summary>
    public abstract long Next(long after);

    /// <summary>The number of times in (after, through].</summary>
    public abstract long Count(long after, long through);
}

/// <summary>A pattern cut to the times from <paramref name="start"/> to <paramref name="until"/>, both in it.</summary>
internal sealed class BoundedPattern(LocalPattern inner, long start, long until) : LocalPattern
{
    public override long Next(long after)
    {
        var next = inner.Next(Math.Max(after, start - 1));
        return next <= until ? next : Seconds.None;
    }

    public override long Count(long after, long through)
    {
        var (low, high) = (Math.Max(after, start - 1), Math.Min(through, until));
        return low < high ? inner.Count(low, high) : 0;
    }
}
