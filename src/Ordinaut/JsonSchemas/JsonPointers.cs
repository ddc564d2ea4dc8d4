namespace Ordinaut.JsonSchemas;

/// <summary>JSON Pointer (RFC 6901).</summary>
internal static class JsonPointers
{
    /// <summary>A member name as a reference token.</summary>
    public static string Escape(string name) =>
        name.AsSpan().ContainsAny('~', '/')
            ? name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
            : name;

    public static string Unescape(string token) =>
        token.Contains('~', StringComparison.Ordinal)
            ? token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : token;
}
