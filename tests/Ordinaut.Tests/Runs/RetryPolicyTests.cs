using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Runs;

/// <summary>When a failed attempt is tried again.</summary>
public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData("exponential_jitter", 1, 0.5, 1)]
    [InlineData("exponential_jitter", 2, 1, 2)]
    [InlineData("exponential_jitter", 3, 2, 4)]
    [InlineData("exponential_jitter", 6, 16, 32)]
    [InlineData("exponential_jitter", 7, 30, 60)]
    [InlineData("exponential_jitter", 11, 30, 60)]
    [InlineData("exponential_jitter", int.MaxValue, 30, 60)]
    [InlineData("linear", 1, 1, 1)]
    [InlineData("linear", 7, 7, 7)]
    [InlineData("linear", 60, 60, 60)]
    [InlineData("linear", 61, 60, 60)]
    [InlineData("fixed", 1, 1, 1)]
    [InlineData("fixed", 11, 1, 1)]
    public void The_wait_lies_within_the_bounds_of_its_curve(string curve, int attempt, double least, double most)
    {
        var strategy = Word<Backoff>.Parse(curve);
        var random = new Random(1);

        var waits = Enumerable
            .Range(0, 1_000)
            .Select(_ => RetryPolicy.Wait(strategy, attempt, random).TotalSeconds)
            .ToList();

        Assert.All(waits, wait => Assert.InRange(wait, least, most));
        Assert.InRange(waits.Max() - waits.Min(), (most - least) * 0.9, most - least);
    }

    [Theory]
    [InlineData(3, 3, null, true)]
    [InlineData(3, 4, null, false)]
    [InlineData(0, 1, null, false)]
    [InlineData(0, 2, 2, true)]
    [InlineData(10, 1, 0, false)]
    public void The_steps_own_retries_stand_above_the_tasks(int ofTask, int attempt, int? ofStep, bool again)
    {
        var failed = new RunOutcome.Failed(new Failure("busy", "Not now."), true)
        {
            StepAttempt = attempt,
            StepRetries = ofStep,
        };

        Assert.Equal(again, RetryPolicy.Next(failed, Settings(ofTask), new Random(1)) is not null);
    }

    [Theory]
    [InlineData(null, 1.0)]
    [InlineData(Backoff.Linear, 4.0)]
    public void The_steps_own_curve_stands_above_the_tasks(object? ofStep, double wait)
    {
        var failed = new RunOutcome.Failed(new Failure("busy", "Not now."), true)
        {
            StepAttempt = 4,
            StepBackoff = (Backoff?)ofStep,
        };

        Assert.Equal(wait, RetryPolicy.Next(failed, Settings(4), new Random(1))!.Value.TotalSeconds);
    }

    [Theory]
    [InlineData(30, 30.0)]
    [InlineData(0.1, 1.0)]
    [InlineData(3600, 3600.0)]
    [InlineData(3601, null)]
    public void A_retry_after_is_honoured_up_to_an_hour(double asked, double? wait)
    {
        var failed = new RunOutcome.Failed(new Failure("busy", "Not now."), true)
        {
            RetryAfter = TimeSpan.FromSeconds(asked),
        };

        Assert.Equal(wait, RetryPolicy.Next(failed, Settings(3), new Random(1))?.TotalSeconds);
    }

    [Fact]
    public void What_cannot_get_better_is_not_tried_again() =>
        Assert.Null(
            RetryPolicy.Next(new RunOutcome.Failed(new Failure("no", "No."), false), Settings(3), new Random(1))
        );

    private static TaskSettings Settings(int retries) =>
        new TaskCheck(Idle() with { MaxRetries = retries, BackoffStrategy = "fixed" }, "UTC").Settings();
}
