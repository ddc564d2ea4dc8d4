namespace Ordinaut.Tools;

/// <summary>
/// Lists of what may be used, and null for everything. Of tools: a name, or one that ends in <c>*</c>, such as
/// <c>weather.*</c>. Of hosts: a name, or one that begins with <c>*.</c> and stands for all below it. Two patterns lie
/// one within the other or apart, so what two lists have in common is a list again.
/// </summary>
internal static class Patterns
{
    /// <summary>How many one list may have.</summary>
    public const int Max = 100;

    public static bool AllowsTool(IReadOnlyList<string>? allowed, string name) =>
        allowed is null || allowed.Any(pattern => CoversTool(pattern, name));

    public static bool AllowsHost(IReadOnlyList<string>? allowed, string host) =>
        allowed is null || allowed.Any(pattern => CoversHost(pattern, host.ToLowerInvariant()));

    /// <summary>Whether the first pattern stands for all that the second, or a name, stands for.</summary>
    public static bool CoversTool(string pattern, string other) =>
        pattern == other || pattern.EndsWith('*') && other.StartsWith(pattern[..^1], StringComparison.Ordinal);

    public static bool CoversHost(string pattern, string other) =>
        pattern == other || pattern.StartsWith("*.", StringComparison.Ordinal) && IsBelow(other, pattern[1..]);

    public static bool Covers(
        IReadOnlyList<string>? list,
        IReadOnlyList<string>? other,
        Func<string, string, bool> covers
    ) => list is null || other is not null && other.All(one => list.Any(pattern => covers(pattern, one)));

    /// <summary>What both lists allow.</summary>
    public static IReadOnlyList<string>? Both(
        IReadOnlyList<string>? list,
        IReadOnlyList<string>? other,
        Func<string, string, bool> covers
    )
    {
        if (list is null || other is null)
        {
            return list ?? other;
        }

        var inner = other.Where(one => list.Any(pattern => covers(pattern, one)));
        return [.. inner.Union(list.Where(one => other.Any(pattern => covers(pattern, one))))];
    }

    public static bool IsTool(string pattern) =>
        pattern == "*"
        || ToolCatalog.IsName(pattern)
        || pattern.EndsWith(".*", StringComparison.Ordinal) && ToolCatalog.IsProvider(pattern[..^2]);

    public static bool IsHost(string pattern)
    {
        var name = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern[2..] : pattern;
        return name.Length is > 0 and <= EgressUrl.MaxHostLength
            && !name.Any(char.IsUpper)
            && Uri.CheckHostName(name) is not UriHostNameType.Unknown;
    }

    private static bool IsBelow(string host, string suffix) =>
        host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.Ordinal);
}
