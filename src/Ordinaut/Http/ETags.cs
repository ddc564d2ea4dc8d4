using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Ordinaut.Http;

/// <summary>Versions as entity tags (RFC 9110 §8.8.3): version 3 is <c>"3"</c>.</summary>
internal static class ETags
{
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version <c>If-Match</c> demands; null when it is absent or <c>*</c>.</summary>
    public static long? IfMatch(StringValues header)
    {
        var text = header.ToString().Trim();
        if (text is "" or "*")
        {
            return null;
        }

        var quoted = text.Length >= 3 && text[0] == '"' && text[^1] == '"';
        return quoted && long.TryParse(text.AsSpan(1, text.Length - 2), CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new Problem(
                ProblemKind.Malformed,
                "If-Match must be one ETag as it was answered, such as \"3\", or *."
            );
    }

    /// <summary>Whether <c>If-None-Match</c> names this version, so that the client has it already.</summary>
    public static bool IsKnown(StringValues header, string tag) =>
        header.Count > 0
        && header
            .ToString()
            .Split(',', StringSplitOptions.TrimEntries)
            .Any(known => known == "*" || known == tag || known == "W/" + tag);
}
