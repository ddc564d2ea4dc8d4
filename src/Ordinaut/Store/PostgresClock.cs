namespace Ordinaut.Store;

/// <summary>
/// The database's clock as this process knows it: seen over a connection at most <see cref="MaxAge"/> ago, and
/// carried on by the machine's monotonic time, whatever its wall clock says. It counts from when the answer was
/// there, so it is behind the database's by at most a trip, and ahead of it by no more than the drift of a second.
/// </summary>
internal sealed class PostgresClock
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _machine;
    private readonly SteadyClock _steady;
    private Sight? _sight;

    public PostgresClock(TimeProvider machine)
    {
        _machine = machine;
        _steady = new SteadyClock(Carried);
    }

    public bool IsStale => _sight is not { } sight || _machine.GetElapsedTime(sight.Stamp) > MaxAge;

    public void Saw(DateTimeOffset instant) => _sight = new Sight(instant, _machine.GetTimestamp());

    public DateTimeOffset Now() => _steady.Now();

    private DateTimeOffset Carried() =>
        _sight is { } sight ? sight.Instant + _machine.GetElapsedTime(sight.Stamp) : _machine.GetUtcNow();

    private sealed record Sight(DateTimeOffset Instant, long Stamp);
}
