using System.Diagnostics;
using System.Globalization;
using Ordinaut.Agents;

namespace Ordinaut.Http;

/// <summary>
/// What the span of a request says: its route, never its path or query, for a path may hold what opens a door.
/// </summary>
internal static class RequestTrace
{
    public static void End(HttpContext http)
    {
        if (!Tracing.IsOn || Activity.Current is not { IsAllDataRequested: true } span)
        {
            return;
        }

        var (method, route) = NameOf(http);
        span.SetTag(Tracing.Method, method);
        span.SetTag(Tracing.Status, http.Response.StatusCode);
        span.DisplayName = method;
        if (route is not null)
        {
            span.SetTag(Tracing.Route, route);
            span.DisplayName = $"{method} {route}";
        }

        if (http.Features.Get<Caller>() is { } caller)
        {
            span.SetTag(Tracing.AgentId, caller.AgentId.ToString());
        }

        // What a client does wrong is no error of the server's span.
        var isOurs = http.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        Tracing.Fail(span, isOurs ? http.Response.StatusCode.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>What was asked, in words of ours.</summary>
    public static (string Method, string? Route) NameOf(HttpContext http) =>
        (MethodOf(http.Request), (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);

    /// <summary>A client may make up its methods.</summary>
    private static string MethodOf(HttpRequest request) =>
        request.Method is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" or "HEAD"
            ? request.Method
            : "_OTHER";
}
