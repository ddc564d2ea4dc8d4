namespace Ordinaut.Tests.Runs;

/// <summary>Time that stands still until the story moves it, and then goes from timer to timer.</summary>
internal sealed class StoryClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _turn = new();
    private readonly List<Alarm> _alarms = [];
    private DateTimeOffset _now = start;

    /// <summary>When the next timer fires; null when none is set.</summary>
    public DateTimeOffset? NextAlarm => _alarms.Count == 0 ? null : _alarms.Min(alarm => alarm.Due);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    /// <summary>Moves to an instant and fires what is due by then.</summary>
    public void MoveTo(DateTimeOffset instant)
    {
        _now = instant > _now ? instant : _now;
        while (_alarms.Find(alarm => alarm.Due <= _now) is { } due)
        {
            _alarms.Remove(due);
            due.Ring();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    private sealed class Alarm(StoryClock clock, Action ring) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._turn)
            {
                clock._alarms.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    clock._alarms.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._turn)
            {
                clock._alarms.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
