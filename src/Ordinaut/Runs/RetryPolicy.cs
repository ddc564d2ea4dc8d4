using Ordinaut.Pipelines;
using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>
/// When a failed attempt is tried again. Pure. Exponential with full jitter over the upper half
/// (attempt 1: 0.5–1 s, 2: 1–2 s, 3: 2–4 s), or linear, or fixed, never more than a minute.
/// </summary>
internal static class RetryPolicy
{
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);

    /// <summary>A <c>Retry-After</c> longer than this ends the run instead of parking it.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>The wait before the next attempt; null when there is none.</summary>
    /// <param name="settings">The task's retries and curve; the failed step's own retries take precedence.</param>
    public static TimeSpan? Next(RunOutcome.Failed failed, TaskSettings settings, Random random)
    {
        var retries = failed.StepRetries ?? settings.MaxRetries;
        if (!failed.Retryable || failed.StepAttempt > retries || failed.RetryAfter > LongestRetryAfter)
        {
            return null;
        }

        var backoff = Wait(failed.StepBackoff ?? settings.BackoffStrategy, failed.StepAttempt, random);
        return failed.RetryAfter > backoff ? failed.RetryAfter : backoff;
    }

    /// <param name="attempt">The attempt that failed, from 1.</param>
    public static TimeSpan Wait(Backoff strategy, int attempt, Random random) =>
        strategy switch
        {
            Backoff.Fixed => TimeSpan.FromSeconds(1),
            Backoff.Linear => Least(TimeSpan.FromSeconds(attempt)),
            _ => Least(TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempt, 16) - 1))) * (0.5 + random.NextDouble() / 2),
        };

    private static TimeSpan Least(TimeSpan backoff) => backoff < Cap ? backoff : Cap;
}
