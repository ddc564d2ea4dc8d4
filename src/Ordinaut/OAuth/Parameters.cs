using Microsoft.Extensions.Primitives;

namespace Ordinaut.OAuth;

/// <summary>
/// What a request of the protocol carries, in its query or its form. An empty value counts as none, and names that
/// nobody knows are passed over (RFC 6749 §3.1).
/// </summary>
internal sealed class Parameters(IReadOnlyDictionary<string, StringValues> values)
{
    /// <summary>Characters of one value; the longest is an address.</summary>
    public const int MaxLength = 2_000;

    /// <exception cref="Problem">It is there twice, or too long.</exception>
    public string? One(string name) =>
        All(name) switch
        {
            [] => null,
            [{ Length: <= MaxLength } one] => one,
            [_] => throw Invalid($"{name} has at most {MaxLength} characters."),
            _ => throw Invalid($"{name} may be given once."),
        };

    /// <exception cref="Problem">It is not there, or as above.</exception>
    public string Required(string name) => One(name) ?? throw Invalid($"{name} is missing.");

    public IReadOnlyList<string> All(string name) =>
        values.TryGetValue(name, out var given) ? [.. given.Where(value => !string.IsNullOrEmpty(value))!] : [];

    private static Problem Invalid(string detail) => GrantProblems.Of("invalid_request", detail);
}
