using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>
/// Reads a URL for an outbound request. Anything two parsers could read differently is refused, because the
/// person who approved the text and the machine that connects must mean the same host.
/// </summary>
internal static class EgressUrl
{
    /// <summary>The longest URL in characters, query included; 8,192.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>The longest host name in characters; 253.</summary>
    public const int MaxHostLength = 253;

    /// <summary>A URL that may be asked for, or the failure that says what is wrong with it.</summary>
    public static (Uri? Url, ToolResult.Failed? Failure) Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return (null, Invalid($"The URL has {text.Length} characters; at most {MaxLength} are allowed."));
        }

        // Uri trims blanks and turns '\' into '/': "http://a\@b" names another host in another parser.
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.Contains('\\') || text.Contains('\u007f'))
        {
            return (null, Invalid("The URL holds a blank, a control character or '\\'; percent-encode it."));
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return (null, Invalid("The URL is not absolute; write it as https://host/path."));
        }

        return Check(url) is { } failure ? (null, failure) : (url, null);
    }

    /// <summary>The host of an input's <c>url</c>; empty when that is none.</summary>
    public static string HostIn(JsonElement input) =>
        input.TryGetProperty("url", out var text) && text.ValueKind == JsonValueKind.String
            ? HostOf(text.GetString())
            : "";

    /// <summary>The host of a URL; empty when it is none that may be asked for.</summary>
    public static string HostOf(string? url) => Parse(url ?? "").Url?.IdnHost ?? "";

    /// <summary>What forbids this URL, or null. Each hop of a redirect passes here again.</summary>
    public static ToolResult.Failed? Check(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
        {
            return Invalid($"The scheme '{url.Scheme}' is not allowed; use http or https.");
        }

        if (url.UserInfo.Length > 0)
        {
            return Invalid("The URL carries a user name or password; send an Authorization header instead.");
        }

        // RFC 1035 §2.3.4; the resolver throws on more.
        if (url.IdnHost.Length > MaxHostLength)
        {
            return Invalid($"The host has {url.IdnHost.Length} characters; a name has at most {MaxHostLength}.");
        }

        // A zone id (RFC 6874) picks one of this machine's own links: never a destination an agent may name.
        return url.IdnHost.Contains('%')
            ? Invalid("The address carries a zone id, which has a meaning on one machine only.")
            : null;
    }

    private static ToolResult.Failed Invalid(string message) => new("url_invalid", message, Retryable: false);
}
