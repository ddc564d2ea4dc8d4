using Microsoft.Extensions.Time.Testing;

namespace Ordinaut.Tests;

public sealed class LoopTests
{
    [Fact]
    public async Task A_problem_is_told_and_waited_out_and_a_defect_ends_the_loop()
    {
        var clock = new FakeTimeProvider();
        var told = new List<Problem>();
        var rounds = 0;
        var loop = Loop.Repeat(
            _ =>
                ++rounds == 1
                    ? throw new Problem(ProblemKind.Unavailable, "away")
                    : throw new InvalidOperationException("a defect"),
            told.Add,
            TimeSpan.FromSeconds(1),
            clock,
            CancellationToken.None
        );

        Assert.Equal((1, "away"), (rounds, Assert.Single(told).Message));
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => loop);
        Assert.Equal(2, rounds);
    }
}
