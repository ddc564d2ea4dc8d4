namespace Ordinaut.Tests;

public sealed class InstantsTests
{
    private static readonly DateTimeOffset Last = DateTimeOffset.MaxValue;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 3)]
    [InlineData(10, 10)]
    public void Later_is_a_sum_up_to_the_last_instant(int ticksLeft, int ticks) =>
        Assert.Equal(Last.AddTicks(ticks - ticksLeft), Instants.Later(Last.AddTicks(-ticksLeft), new TimeSpan(ticks)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 11)]
    [InlineData(10, long.MaxValue)]
    public void And_nothing_is_later_than_that(int ticksLeft, long ticks) =>
        Assert.Equal(Last, Instants.Later(Last.AddTicks(-ticksLeft), new TimeSpan(ticks)));
}
