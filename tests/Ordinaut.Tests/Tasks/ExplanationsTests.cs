using Ordinaut.Tasks;

namespace Ordinaut.Tests.Tasks;

/// <summary>Each reason in words.</summary>
public sealed class ExplanationsTests
{
    private static readonly DateTimeOffset At = CoreBundle.At(CoreBundle.Monday);

    [Theory]
    [InlineData(SkipReason.Overlap, "the one before it had not finished")]
    [InlineData(SkipReason.Paused, "the task was paused")]
    [InlineData(SkipReason.Misfire, "it was looked at too late")]
    [InlineData(SkipReason.Stale, "it was older than expires_after_seconds")]
    [InlineData(SkipReason.Excluded, "the day is excluded")]
    [InlineData(SkipReason.Dedupe, "a run with the same dedupe_key was within the window")]
    [InlineData(SkipReason.Budget, "a limit was reached")]
    [InlineData(SkipReason.Superseded, "something newer took its place")]
    [InlineData(SkipReason.Condition, "the condition did not fire")]
    [InlineData(SkipReason.Filter, "event_filter could not be evaluated")]
    public void A_skipped_occurrence_says_why(string reason, string words)
    {
        var explained = Explanations.OfLine(
            new Occurrence
            {
                ScheduledFor = At,
                Reason = reason,
                Detail = "So it is.",
            }
        );

        Assert.StartsWith("The occurrence of 2027-01-04T00:00:00Z was skipped: ", explained.Words);
        Assert.Contains(words, explained.Words);
        Assert.EndsWith("(So it is).", explained.Words);
        Assert.Equal(("skipped", reason), (explained.Outcome, explained.Reason));
    }

    [Theory]
    [InlineData("queued", "waits in the queue")]
    [InlineData("running", "is running now")]
    [InlineData("failed", "ran and ended as failed")]
    [InlineData(null, "its record has passed its retention time")]
    public void A_run_says_how_it_stands(string? state, string words)
    {
        var line = new Occurrence
        {
            ScheduledFor = At,
            RunId = Guid.Empty,
            RunState = state,
        };

        var explained = Explanations.OfLine(line);

        Assert.Contains(words, explained.Words);
        Assert.Equal(state ?? "expired", explained.Outcome);
    }

    [Fact]
    public void A_stretch_says_how_many()
    {
        var line = new Occurrence
        {
            ScheduledFor = At,
            Through = At.AddHours(2),
            Count = 3,
            Reason = SkipReason.Paused,
        };

        Assert.Equal(
            "3 occurrences from 2027-01-04T00:00:00Z through 2027-01-04T02:00:00Z were skipped: the task was paused.",
            Explanations.OfLine(line).Words
        );
    }
}
