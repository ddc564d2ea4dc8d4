namespace Ordinaut.OAuth;

/// <summary>Failures in the protocol's own words (RFC 6749 §4.1.2.1 and §5.2).</summary>
internal static class GrantProblems
{
    /// <param name="error">Such as <c>invalid_grant</c>.</param>
    public static Problem Of(string error, string detail) =>
        new(error == "invalid_client" ? ProblemKind.Unauthenticated : ProblemKind.Malformed, detail)
        {
            GrantError = error,
        };
}
