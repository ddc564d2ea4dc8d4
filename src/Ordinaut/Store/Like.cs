namespace Ordinaut.Store;

/// <summary>Patterns for <c>like … escape '\'</c>.</summary>
internal static class Like
{
    /// <summary>Matches text that contains <paramref name="part"/>, in lower case, with no letter special.</summary>
    public static string Contains(string part)
    {
        var escaped = part.ToLowerInvariant()
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
        return $"%{escaped}%";
    }
}
