using Microsoft.Extensions.Time.Testing;

namespace Ordinaut.Tests;

public sealed class LoopTests
{
    [Fact]
    public async Task A_round_that_fails_is_told_and_the_next_one_comes()
    {
        var clock = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        var told = new List<Exception>();
        var rounds = 0;
        var loop = Loop.Repeat(
            _ =>
                ++rounds switch
                {
                    1 => throw new Problem(ProblemKind.Unavailable, "away"),
                    2 => throw new InvalidOperationException("a defect"),
                    _ => stop.CancelAsync(),
                },
            told.Add,
            TimeSpan.FromSeconds(1),
            clock,
            stop.Token
        );

        for (var second = 1; second <= 2; second++)
        {
            Assert.Equal(second, rounds);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await loop;
        Assert.Equal(["away", "a defect"], told.Select(failure => failure.Message));
    }
}
