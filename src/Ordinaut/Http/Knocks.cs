using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>Requests as the log of refusals tells of them.</summary>
internal static class Knocks
{
    public static void Note(this RefusalLog refusals, HttpContext http, Problem problem) =>
        refusals.Note(
            problem,
            new Knock(
                http.Request.Method,
                (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "",
                http.Features.Get<Caller>()?.AgentId,
                http.Connection.RemoteIpAddress?.ToString(),
                http.TraceIdentifier
            )
        );
}
