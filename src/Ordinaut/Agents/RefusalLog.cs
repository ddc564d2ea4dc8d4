namespace Ordinaut.Agents;

/// <summary>
/// Tells the log, and the figures, of who was turned away: without credentials that hold, without the right, or past a
/// limit. In a second it tells the log of the first few; how many more there were, the next line tells whenever it
/// comes: nobody fills the disk by knocking.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider clock, ILogger<RefusalLog> log)
{
    /// <summary>Lines in a second; 20.</summary>
    public const int PerSecond = 20;

    private readonly Lock _turn = new();
    private long _since = clock.GetTimestamp();
    private int _told;
    private long _leftOut;

    /// <summary>Tells of it where it is a refusal and no mistake.</summary>
    public void Note(Problem problem, Knock knock)
    {
        // The protocol's word for a code or a refresh token that does not hold.
        var isGrant = problem.GrantError == "invalid_grant";
        if (isGrant || problem.Kind is ProblemKind.Unauthenticated or ProblemKind.Forbidden or ProblemKind.TooMany)
        {
            Meters.AccessRefused(
                problem.Kind switch
                {
                    ProblemKind.TooMany => "too_many",
                    ProblemKind.Forbidden => "forbidden",
                    _ => "unauthenticated",
                }
            );
            if (MayTell() is { } leftOut)
            {
                Log.Refused(log, new Refusal(problem, knock), knock.RequestId, leftOut);
            }
        }
    }

    /// <returns>How many were left out before this one; null: leave it out, too.</returns>
    private long? MayTell()
    {
        lock (_turn)
        {
            if (clock.GetElapsedTime(_since) >= TimeSpan.FromSeconds(1))
            {
                _since = clock.GetTimestamp();
                _told = 0;
            }

            if (_told == PerSecond)
            {
                _leftOut++;
                return null;
            }

            _told++;
            var leftOut = _leftOut;
            _leftOut = 0;
            return leftOut;
        }
    }

    private sealed record Refusal(Problem Problem, Knock Knock)
    {
        public override string ToString() =>
            $"{Problem.Kind} {Knock.Method} {Knock.Route} scope '{Problem.NeededScope}' agent "
            + $"'{Knock.Agent ?? Problem.Claimed}' from {Knock.Address}";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "access.refused: {What} request {RequestId}; {LeftOut} more before it")]
        public static partial void Refused(ILogger log, Refusal what, string requestId, long leftOut);
    }
}

/// <summary>What was turned away.</summary>
/// <param name="Route">Not the path: that may hold anything, a token of ours among it. Over MCP the tool.</param>
/// <param name="Agent">Who it was, where that is known; whose credentials did not hold, the problem says.</param>
internal sealed record Knock(string Method, string Route, Guid? Agent, string? Address, string RequestId);
