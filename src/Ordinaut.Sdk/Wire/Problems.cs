namespace Ordinaut.Sdk.Wire;

/// <summary>An error answer (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    IReadOnlyList<ProblemError> Errors,
    string RequestId
);

/// <summary>One finding.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901) to the value, or the parameter's name for path and query.</param>
/// <param name="Field">The same as a dotted path, for people.</param>
public sealed record ProblemError(string Pointer, string Field, string Detail);

/// <summary>How the server is.</summary>
public sealed record HealthView(
    string Status,
    string Version,
    DateTimeOffset Timestamp,
    IReadOnlyDictionary<string, HealthCheck> Checks
);

/// <summary>One thing looked at.</summary>
public sealed record HealthCheck(string Status, string? Detail = null);
