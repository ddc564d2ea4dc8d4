using System.Globalization;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>
/// The one place where failures become answers: RFC 9457 <c>application/problem+json</c>.
/// </summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    private static readonly ProblemShape NoRoute = new("not-found", "Not found", 404);
    private static readonly ProblemShape WrongMethod = new("method-not-allowed", "The method is not allowed here", 405);
    private static readonly ProblemShape Timeout = new("timeout", "The request took too long to arrive", 408);

    public static Task Write(HttpContext http, Problem problem)
    {
        TellWait(http, problem);
        return Write(http, ProblemViews.Of(problem, http.TraceIdentifier));
    }

    /// <summary>Says when to try again, where that helps.</summary>
    public static void TellWait(HttpContext http, Problem problem)
    {
        if (problem.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Turns what routing answered by status alone (404, 405, 415) into a problem.</summary>
    public static Task WriteStatus(HttpContext http)
    {
        var path = http.Request.Path.Value;
        var allow = http.Response.Headers.Allow.ToString();
        if (allow.Contains(HttpMethods.Get, StringComparison.Ordinal))
        {
            allow += $", {HttpMethods.Head}";
            http.Response.Headers.Allow = allow;
        }

        return http.Response.StatusCode switch
        {
            405 => Write(http, WrongMethod, $"{http.Request.Method} is not allowed at {path}; allowed: {allow}."),
            415 => Write(http, Media()),
            _ => Write(http, NoRoute, $"There is nothing at {path}; see /docs for what there is."),
        };
    }

    /// <param name="wanted">The media types that are read there; JSON when nobody knows.</param>
    public static Problem Media(IReadOnlyList<string>? wanted = null) =>
        new(
            ProblemKind.UnsupportedMedia,
            wanted is [Route.FormType]
                ? $"The body must be a form in UTF-8, not compressed, sent with Content-Type: {Route.FormType}."
                : "The body must be JSON in UTF-8, not compressed, sent with Content-Type: application/json."
        );

    /// <summary>What the web server itself refused while reading the request.</summary>
    public static Task WriteRefusal(HttpContext http, int status) =>
        status switch
        {
            413 => Write(http, TooLarge(http)),
            408 => Write(http, Timeout, "The body did not arrive in time."),
            _ => Write(http, new Problem(ProblemKind.Malformed, "The request is not valid HTTP.")),
        };

    public static Task WriteDefect(HttpContext http) => Write(http, ProblemViews.OfDefect(http.TraceIdentifier));

    private static Problem TooLarge(HttpContext http)
    {
        var limit =
            http.GetEndpoint()?.Metadata.GetMetadata<EndpointRule>()?.BodyLimit ?? EndpointRule.DefaultBodyLimit;
        return new Problem(ProblemKind.TooLarge, $"The body is larger than the {limit:N0} bytes allowed here.");
    }

    private static Task Write(HttpContext http, ProblemShape shape, string detail) =>
        Write(http, ProblemViews.Of(shape, detail, [], http.TraceIdentifier));

    private static Task Write(HttpContext http, ProblemView view)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        return JsonAnswer.Write(http.Response, view, view.Status, ContentType);
    }
}
