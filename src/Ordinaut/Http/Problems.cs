using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>
/// The one place where failures become answers: RFC 9457 <c>application/problem+json</c> with a stable type, the
/// findings by JSON Pointer and the request's id, and nothing of the server's inside.
/// </summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    private static readonly FrozenDictionary<ProblemKind, Shape> Shapes = new Dictionary<ProblemKind, Shape>
    {
        [ProblemKind.Malformed] = new("malformed", "The request cannot be read", 400),
        [ProblemKind.Unauthenticated] = new("unauthenticated", "Valid credentials are needed", 401),
        [ProblemKind.Forbidden] = new("forbidden", "The token does not allow this", 403),
        [ProblemKind.NotFound] = new("not-found", "Not found", 404),
        [ProblemKind.Conflict] = new("conflict", "The present state does not allow this", 409),
        [ProblemKind.PreconditionFailed] = new("precondition-failed", "There is a newer version", 412),
        [ProblemKind.TooLarge] = new("too-large", "Larger than allowed", 413),
        [ProblemKind.UnsupportedMedia] = new("unsupported-media-type", "The body's form is not supported", 415),
        [ProblemKind.Invalid] = new("invalid", "A value is not acceptable", 422),
        [ProblemKind.TooMany] = new("too-many", "Too many requests", 429),
        [ProblemKind.Unavailable] = new("unavailable", "Not available at the moment", 503),
        [ProblemKind.OutOfSpace] = new("out-of-space", "The disk is full", 507),
    }.ToFrozenDictionary();

    private static readonly Shape NoRoute = new("not-found", "Not found", 404);
    private static readonly Shape WrongMethod = new("method-not-allowed", "The method is not allowed here", 405);
    private static readonly Shape Timeout = new("timeout", "The request took too long to arrive", 408);
    private static readonly Shape Defect = new("internal", "Something went wrong in the server", 500);

    public static Task Write(HttpContext http, Problem problem)
    {
        if (problem.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Kind == ProblemKind.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"ordinaut\"";
        }

        var errors = problem.Errors.Select(e => new ProblemError(e.Pointer, Field(e.Pointer), e.Detail)).ToList();
        return Write(http, Shapes[problem.Kind], problem.Message, errors);
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
            405 => Write(http, WrongMethod, $"{http.Request.Method} is not allowed at {path}; allowed: {allow}.", []),
            415 => Write(http, Media()),
            _ => Write(http, NoRoute, $"There is nothing at {path}; see /docs for what there is.", []),
        };
    }

    public static Problem Media() =>
        new(
            ProblemKind.UnsupportedMedia,
            "The body must be JSON in UTF-8, not compressed, sent with Content-Type: application/json."
        );

    /// <summary>What the web server itself refused while reading the request.</summary>
    public static Task WriteRefusal(HttpContext http, int status) =>
        status switch
        {
            413 => Write(http, TooLarge(http)),
            408 => Write(http, Timeout, "The body did not arrive in time.", []),
            _ => Write(http, new Problem(ProblemKind.Malformed, "The request is not valid HTTP.")),
        };

    public static Task WriteDefect(HttpContext http) =>
        Write(
            http,
            Defect,
            "This is a defect of the server, not of the request. Its log tells more under this request_id.",
            []
        );

    private static Problem TooLarge(HttpContext http)
    {
        var limit =
            http.GetEndpoint()?.Metadata.GetMetadata<EndpointRule>()?.BodyLimit ?? EndpointRule.DefaultBodyLimit;
        return new Problem(ProblemKind.TooLarge, $"The body is larger than the {limit:N0} bytes allowed here.");
    }

    private static Task Write(HttpContext http, Shape shape, string detail, IReadOnlyList<ProblemError> errors)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        var view = new ProblemView(
            "/problems/" + shape.Name,
            shape.Title,
            shape.Status,
            detail,
            errors,
            http.TraceIdentifier
        );
        return JsonAnswer.Write(http.Response, view, shape.Status, ContentType);
    }

    /// <summary>
    /// A pointer as people write paths: <c>/payload/pipeline/0/uses</c> is <c>payload.pipeline[0].uses</c>.
    /// </summary>
    internal static string Field(string pointer)
    {
        var path = new StringBuilder();
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (name.Length > 0 && name.All(char.IsAsciiDigit))
            {
                path.Append('[').Append(name).Append(']');
            }
            else
            {
                path.Append(path.Length == 0 ? "" : ".").Append(name);
            }
        }

        return path.Length == 0 ? pointer : path.ToString();
    }

    private sealed record Shape(string Name, string Title, int Status);
}
