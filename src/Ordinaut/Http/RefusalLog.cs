using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>
/// Tells the log of who was turned away: without credentials that hold, without the right, or past a limit. In a second
/// it tells of the first few, and then how many more there were: nobody fills the disk by knocking.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider clock, ILogger<RefusalLog> log)
{
    /// <summary>Lines in a second; 20.</summary>
    public const int PerSecond = 20;

    private readonly Lock _turn = new();
    private long _since = clock.GetTimestamp();
    private int _told;
    private long _leftOut;

    public void Note(HttpContext http, Problem problem)
    {
        if (problem.Kind is ProblemKind.Unauthenticated or ProblemKind.Forbidden or ProblemKind.TooMany)
        {
            if (MayTell() is { } leftOut)
            {
                Tell(http, problem, leftOut);
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

    /// <summary>By the route, not the path: a path may hold anything, a token of ours among it.</summary>
    private void Tell(HttpContext http, Problem problem, long leftOut)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        var scope = problem.NeededScope ?? "";
        var agent = http.Features.Get<Caller>()?.AgentId;
        var from = http.Connection.RemoteIpAddress;
        var what = new Refusal(problem.Kind, http.Request.Method, route, scope, agent, from?.ToString());
        Log.Refused(log, what, http.TraceIdentifier, leftOut);
    }

    /// <param name="Scope">The one that was lacking.</param>
    /// <param name="Agent">Who it was, where that is known.</param>
    private sealed record Refusal(
        ProblemKind Kind,
        string Method,
        string Route,
        string Scope,
        Guid? Agent,
        string? Address
    )
    {
        public override string ToString() => $"{Kind} {Method} {Route} scope '{Scope}' agent '{Agent}' from {Address}";
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "access.refused: {What} request {RequestId}; {LeftOut} more before it")]
        public static partial void Refused(ILogger log, Refusal what, string requestId, long leftOut);
    }
}
