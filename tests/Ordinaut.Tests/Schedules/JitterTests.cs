using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class JitterTests
{
    [Fact]
    public void Jitter_never_changes_for_a_task()
    {
        // These figures are a promise: a new version must not move a task's runs.
        var id = new Guid("0192f3a0-7c1e-7000-8000-000000000001");

        Assert.Equal(Jitter.For(id, 300), Jitter.For(id, 300));
        Assert.Equal(TimeSpan.FromMilliseconds(161_908), Jitter.For(id, 300));
    }

    [Fact]
    public void Jitter_is_spread_evenly_from_zero_to_the_limit()
    {
        var buckets = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            var jitter = Jitter.For(new Guid(i, 0, 0, new byte[8]), 60);
            Assert.InRange(jitter, TimeSpan.Zero, TimeSpan.FromSeconds(60));
            Assert.Equal(0, jitter.Ticks % TimeSpan.TicksPerMillisecond);
            buckets[Math.Min(9, (int)(jitter.TotalSeconds / 6))]++;
        }

        Assert.All(buckets, count => Assert.InRange(count, 850, 1150));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Without_jitter_a_task_starts_on_time(int seconds) =>
        Assert.Equal(TimeSpan.Zero, Jitter.For(new Guid("0192f3a0-7c1e-7000-8000-000000000001"), seconds));
}
