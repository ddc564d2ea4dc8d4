using System.Buffers;

namespace Ordinaut.JsonSchemas;

/// <summary>URIs by the grammar of RFC 3986, appendix A.</summary>
internal static class UriFormat
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private static readonly SearchValues<char> UserText = SearchValues.Create(Unreserved + SubDelimiters + ":%");
    private static readonly SearchValues<char> HostText = SearchValues.Create(Unreserved + SubDelimiters + "%");
    private static readonly SearchValues<char> PathText = SearchValues.Create(Unreserved + SubDelimiters + ":@/%");
    private static readonly SearchValues<char> QueryText = SearchValues.Create(Unreserved + SubDelimiters + ":@/?%");

    /// <summary>A URI: with a scheme.</summary>
    public static bool IsUri(string text)
    {
        var colon = text.AsSpan().IndexOfAny(":/?#");
        return colon > 0 && text[colon] == ':' && IsScheme(text.AsSpan(0, colon)) && IsRest(text.AsSpan(colon + 1));
    }

    /// <summary>A URI, or a reference relative to one.</summary>
    public static bool IsReference(string text)
    {
        // A relative path may have no colon in its first segment: it would look like a scheme.
        var colon = text.AsSpan().IndexOfAny(":/?#");
        return colon >= 0 && text[colon] == ':' ? IsUri(text) : IsRest(text);
    }

    private static bool IsScheme(ReadOnlySpan<char> text) =>
        char.IsAsciiLetter(text[0]) && !text.ContainsAnyExcept(Schemes.Text);

    private static bool IsRest(ReadOnlySpan<char> text)
    {
        if (!HasWholeEscapes(text))
        {
            return false;
        }

        var hash = text.IndexOf('#');
        if (hash >= 0 && text[(hash + 1)..].ContainsAnyExcept(QueryText))
        {
            return false;
        }

        text = hash < 0 ? text : text[..hash];
        var question = text.IndexOf('?');
        if (question >= 0 && text[(question + 1)..].ContainsAnyExcept(QueryText))
        {
            return false;
        }

        text = question < 0 ? text : text[..question];
        return text.StartsWith("//") ? IsAuthorityAndPath(text[2..]) : !text.ContainsAnyExcept(PathText);
    }

    private static bool IsAuthorityAndPath(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (slash >= 0 && text[slash..].ContainsAnyExcept(PathText))
        {
            return false;
        }

        var authority = slash < 0 ? text : text[..slash];
        var at = authority.LastIndexOf('@');
        if (at >= 0 && authority[..at].ContainsAnyExcept(UserText))
        {
            return false;
        }

        return IsHostAndPort(authority[(at + 1)..]);
    }

    private static bool IsHostAndPort(ReadOnlySpan<char> text)
    {
        var isLiteral = text.Length > 0 && text[0] == '[';
        var end = isLiteral ? text.IndexOf(']') + 1 : text.IndexOf(':');
        end = end < 0 ? text.Length : end;
        if (isLiteral && end == 0)
        {
            return false;
        }

        var host = text[..end];
        var port = text[end..];
        var isHost = isLiteral ? IsIpLiteral(host[1..^1]) : !host.ContainsAnyExcept(HostText);
        var isPort = port.Length == 0 || (port[0] == ':' && !port[1..].ContainsAnyExceptInRange('0', '9'));
        return isHost && isPort;
    }

    private static bool IsIpLiteral(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || text[0] is not ('v' or 'V'))
        {
            return HostFormats.IsIpv6(text.ToString());
        }

        var dot = text.IndexOf('.');
        return dot > 1
            && dot < text.Length - 1
            && !text[1..dot].ContainsAnyExcept(Schemes.Hexadecimal)
            && !text[(dot + 1)..].ContainsAnyExcept(UserText);
    }

    private static bool HasWholeEscapes(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
        {
            var isBroken =
                text[i] == '%'
                && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]));
            if (isBroken)
            {
                return false;
            }
        }

        return true;
    }

    private static class Schemes
    {
        public static readonly SearchValues<char> Text = SearchValues.Create(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."
        );

        public static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");
    }
}
