using System.Collections.Frozen;
using System.Text;
using Ordinaut.Sdk.Wire;

namespace Ordinaut;

/// <summary>
/// Failures as every face shows them: a stable type, the findings by JSON Pointer and the request's id, and nothing of
/// the server's inside.
/// </summary>
internal static class ProblemViews
{
    private static readonly FrozenDictionary<ProblemKind, ProblemShape> Shapes = new Dictionary<
        ProblemKind,
        ProblemShape
    >
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

    private static readonly ProblemShape InServer = new("internal", "Something went wrong in the server", 500);

    public static ProblemView Of(Problem problem, string requestId)
    {
        var errors = problem.Errors.Select(e => new ProblemError(e.Pointer, Field(e.Pointer), e.Detail)).ToList();
        return Of(Shapes[problem.Kind], problem.Message, errors, requestId);
    }

    /// <summary>For what nobody expected; its log line has the rest.</summary>
    public static ProblemView OfDefect(string requestId) =>
        Of(
            InServer,
            "This is a defect of the server, not of the request. Its log tells more under this request_id.",
            [],
            requestId
        );

    public static ProblemView Of(
        ProblemShape shape,
        string detail,
        IReadOnlyList<ProblemError> errors,
        string requestId
    ) => new("/problems/" + shape.Name, shape.Title, shape.Status, detail, errors, requestId);

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
}

/// <summary>One kind of failure.</summary>
/// <param name="Name">The last part of its type.</param>
/// <param name="Status">As HTTP has it.</param>
internal sealed record ProblemShape(string Name, string Title, int Status);
