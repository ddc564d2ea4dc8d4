namespace Ordinaut.Agents;

/// <summary>
/// Lets through a number of requests a second, and as many at once. Untouched for a second it is full, as a new one.
/// </summary>
internal sealed class TokenBucket(int capacity, TimeProvider clock)
{
    private readonly Lock _turn = new();
    private double _tokens = capacity;
    private long _at = clock.GetTimestamp();

    // Drawn from a bucket that nodes share, and good for a second.
    private int _drawn;
    private double _left;
    private long _drawnAt;

    public bool IsFull => clock.GetElapsedTime(Volatile.Read(ref _at)) >= TimeSpan.FromSeconds(1);

    public RateStanding Take()
    {
        lock (_turn)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(capacity, _tokens + clock.GetElapsedTime(_at, now).TotalSeconds * capacity);
            _at = now;
            if (_tokens < 1)
            {
                return new RateStanding(false, capacity, _tokens);
            }

            _tokens--;
            return new RateStanding(true, capacity, _tokens);
        }
    }

    /// <summary>Takes of what was drawn; null when there is none.</summary>
    public RateStanding? TakeDrawn()
    {
        lock (_turn)
        {
            if (_drawn == 0 || clock.GetElapsedTime(_drawnAt) >= TimeSpan.FromSeconds(1))
            {
                return null;
            }

            _drawn--;
            return new RateStanding(true, capacity, _drawn + _left);
        }
    }

    /// <summary>Keeps what was drawn and takes one of it, if there is one.</summary>
    public RateStanding TakeOf(int drawn, double left)
    {
        lock (_turn)
        {
            // What was drawn earlier and is older than a second is gone already.
            _drawn = (clock.GetElapsedTime(_drawnAt) < TimeSpan.FromSeconds(1) ? _drawn : 0) + drawn;
            _left = left;
            _drawnAt = _at = clock.GetTimestamp();
            if (_drawn == 0)
            {
                return new RateStanding(false, capacity, left);
            }

            _drawn--;
            return new RateStanding(true, capacity, _drawn + left);
        }
    }
}

/// <summary>What became of a request, and how the bucket stands after it.</summary>
/// <param name="Limit">Requests a second.</param>
/// <param name="Tokens">What is left, with fractions.</param>
internal readonly record struct RateStanding(bool IsLet, int Limit, double Tokens)
{
    /// <summary>Requests that may follow at once.</summary>
    public int Remaining => (int)Math.Max(0, Tokens);

    /// <summary>Until the next request is let through.</summary>
    public TimeSpan UntilNext => TimeSpan.FromSeconds(Math.Max(0, 1 - Tokens) / Limit);

    /// <summary>Until as many as the limit are.</summary>
    public TimeSpan UntilFull => TimeSpan.FromSeconds(Math.Max(0, Limit - Tokens) / Limit);
}
