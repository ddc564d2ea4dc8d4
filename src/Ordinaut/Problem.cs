namespace Ordinaut;

/// <summary>
/// The one exception for expected failures: something the caller did, asked for or may retry.
/// Every part of it is safe to show. Faces turn it into their own error shape
/// (HTTP: RFC 9457 in <c>Http/Problems.cs</c>; MCP: <c>Mcp/ToolAnswers.cs</c>).
/// </summary>
internal sealed class Problem : Exception
{
    public Problem(ProblemKind kind, string detail, params IReadOnlyList<FieldError> errors)
        : base(detail)
    {
        Kind = kind;
        Errors = errors;
    }

    public ProblemKind Kind { get; }

    /// <summary>What is wrong with which member, one entry per finding; may be empty.</summary>
    public IReadOnlyList<FieldError> Errors { get; }

    /// <summary>When the caller may try again; null when trying again will not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The scope whose lack this is about.</summary>
    public string? NeededScope { get; init; }

    /// <summary>What RFC 6749 calls it, where a token was asked for; such as <c>invalid_grant</c>.</summary>
    public string? GrantError { get; init; }

    /// <summary>The agent that the refused credentials are of, for the log of refusals; no face shows it.</summary>
    public Guid? Claimed { get; init; }

    /// <summary>A value the caller sent is not acceptable (HTTP 422).</summary>
    /// <param name="pointer">JSON Pointer (RFC 6901) to the value, for example <c>/schedule_expr</c>.</param>
    /// <param name="detail">What is wrong with it and what would be right.</param>
    public static Problem Invalid(string pointer, string detail) =>
        new(ProblemKind.Invalid, detail, new FieldError(pointer, detail));

    public static Problem Invalid(IReadOnlyList<FieldError> errors) =>
        new(
            ProblemKind.Invalid,
            errors.Count == 1 ? errors[0].Detail : $"{errors.Count} values are not valid.",
            errors
        );

    /// <summary>Nothing when there are no findings.</summary>
    /// <exception cref="Problem">Tells all findings at once.</exception>
    public static void Refuse(IReadOnlyList<FieldError> findings)
    {
        if (findings.Count > 0)
        {
            throw Invalid(findings);
        }
    }

    public static Problem NotFound(string noun, string id) =>
        new(ProblemKind.NotFound, $"There is no {noun} {Quoted.Of(id)} that you may see.");

    public static Problem Conflict(string detail) => new(ProblemKind.Conflict, detail);

    /// <param name="neededScope">The scope that would allow it.</param>
    public static Problem Forbidden(string detail, string neededScope) =>
        new(ProblemKind.Forbidden, detail) { NeededScope = neededScope };
}

/// <summary>The closed set of expected failures; each maps to one HTTP status and one problem type.</summary>
internal enum ProblemKind
{
    /// <summary>400: the request cannot be read (malformed JSON, unknown member, bad cursor).</summary>
    Malformed,

    /// <summary>401: no valid credentials.</summary>
    Unauthenticated,

    /// <summary>403: the credentials do not carry the scope.</summary>
    Forbidden,

    /// <summary>404: nothing there that the caller may see.</summary>
    NotFound,

    /// <summary>409: the thing is in a state that does not allow the operation.</summary>
    Conflict,

    /// <summary>412: If-Match does not name the current version.</summary>
    PreconditionFailed,

    /// <summary>413: larger than a named limit.</summary>
    TooLarge,

    /// <summary>415: the body is in a form the operation does not read.</summary>
    UnsupportedMedia,

    /// <summary>422: readable, but a value is not acceptable.</summary>
    Invalid,

    /// <summary>429: too many requests or a quota is used up.</summary>
    TooMany,

    /// <summary>503: the store or another dependency is not available.</summary>
    Unavailable,

    /// <summary>507: the disk is full or nearly so.</summary>
    OutOfSpace,
}

/// <summary>One finding about one value.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901) to the value; empty for the whole document.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
internal sealed record FieldError(string Pointer, string Detail);
