namespace Ordinaut.Tests.Simulation;

/// <summary>The clock of one process: its wall clock may be wrong, its monotonic clock is not.</summary>
internal class SimClock(World world, Strand strand) : TimeProvider
{
    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => world.Now + Skew;

    public override long GetTimestamp() => world.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        world.AssertThread();
        var timer = new SimTimer(world, strand, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(World world, Strand strand, Action fire) : ITimer
    {
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            world.AssertThread();
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                // The callback runs on the strand, so a frozen process hears of it when it thaws, a dead one never.
                world.At(dueTime, () => strand.Post(_ => Fire(setting), null));
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int setting)
        {
            if (setting == _setting)
            {
                fire();
            }
        }
    }
}

/// <summary>A mutant's clock: its monotonic time stands still, so no lease deadline is ever seen to pass.</summary>
internal sealed class StoppedClock(World world, Strand strand) : SimClock(world, strand)
{
    public override long GetTimestamp() => 0;
}
