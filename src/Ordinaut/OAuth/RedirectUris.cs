namespace Ordinaut.OAuth;

/// <summary>
/// Where people may be sent back to with a code. Compared as text, character for character: whoever compares less (a
/// prefix, a host) sends codes to strangers sooner or later. Pure.
/// </summary>
internal static class RedirectUris
{
    /// <summary>Characters of one.</summary>
    public const int MaxLength = 500;

    /// <summary>How many one client has.</summary>
    public const int Most = 20;

    private static readonly string[] Loopbacks = ["127.0.0.1", "[::1]", "localhost"];

    /// <summary>
    /// Whether a client may have it: https; http on this machine alone, where nobody else can listen (RFC 8252 §7.3);
    /// or a scheme of the program's own, which has a dot in it (§7.1), so that none of the browser's is one.
    /// </summary>
    public static bool IsAcceptable(string? text)
    {
        if (
            text is null or { Length: 0 or > MaxLength }
            || text.Any(c => c is <= ' ' or > '~' or '#' or '\\' or '"' or '<' or '>' or '*')
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0
        )
        {
            return false;
        }

        return url.Scheme switch
        {
            "https" => url.Host.Length > 0,
            "http" => IsLoopback(url),
            var own => own.Contains('.'),
        };
    }

    /// <summary>
    /// Whether an address is one of those a client has. On this machine the port is free: a program takes whichever it
    /// gets (RFC 8252 §7.3).
    /// </summary>
    public static bool Matches(IEnumerable<string> known, string given) =>
        IsAcceptable(given)
        && known.Any(one => one == given || WithoutPort(one) is { } bare && bare == WithoutPort(given));

    /// <summary>Whether it is of a program on the person's own machine.</summary>
    public static bool IsLocal(string uri) => new Uri(uri) is var url && url.Scheme != "https";

    /// <summary>Where it leads, as a person is told.</summary>
    public static string Shown(string uri)
    {
        var url = new Uri(uri);
        return url.Scheme is "https" or "http" ? url.GetLeftPart(UriPartial.Authority) : $"{url.Scheme}:";
    }

    /// <summary>The same as the policy of a page names it, which knows no addresses of IPv6.</summary>
    public static string Source(string uri)
    {
        var url = new Uri(uri);
        return url.HostNameType == UriHostNameType.IPv6 ? $"{url.Scheme}:" : Shown(uri);
    }

    /// <summary>An address on this machine with its port taken out; null for any other.</summary>
    private static string? WithoutPort(string text)
    {
        const string scheme = "http://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || !IsLoopback(new Uri(text)))
        {
            return null;
        }

        var end = text.AsSpan(scheme.Length).IndexOfAny('/', '?');
        var authority = end < 0 ? text[scheme.Length..] : text.Substring(scheme.Length, end);
        var host = Loopbacks.FirstOrDefault(name => authority == name || IsWithPort(authority, name));
        return host is null ? null : host + text[(scheme.Length + authority.Length)..];
    }

    private static bool IsWithPort(string authority, string host) =>
        authority.StartsWith(host + ":", StringComparison.Ordinal)
        && authority.AsSpan(host.Length + 1) is { Length: > 0 } port
        && !port.ContainsAnyExceptInRange('0', '9');

    private static bool IsLoopback(Uri url) => Loopbacks.Contains(url.Host, StringComparer.Ordinal);
}
