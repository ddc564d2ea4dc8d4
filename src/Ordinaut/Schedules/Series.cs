namespace Ordinaut.Schedules;

/// <summary>
/// A series of instants in <see cref="Seconds"/> of UTC: what a schedule does once its zone is known.
/// </summary>
internal abstract class Series
{
    /// <summary>The first instant later than the given one, or <see cref="Seconds.None"/>.</summary>
    public abstract long Next(long after);

    /// <summary>The number of instants in (after, through].</summary>
    public abstract long Count(long after, long through);

    /// <summary>Where the instant would have been if the clock had not been put forward over it, in words.</summary>
    public virtual string? MoveOf(long instant) => null;

    public bool Contains(long instant) => Next(instant - 1) == instant;
}

/// <summary>A series that ends: no instant later than <paramref name="until"/>.</summary>
internal sealed class EndingSeries(Series inner, long until) : Series
{
    public override long Next(long after)
    {
        var next = after < until ? inner.Next(after) : Seconds.None;
        return next <= until ? next : Seconds.None;
    }

    public override long Count(long after, long through)
    {
        var last = Math.Min(through, until);
        return after < last ? inner.Count(after, last) : 0;
    }

    public override string? MoveOf(long instant) => inner.MoveOf(instant);
}
