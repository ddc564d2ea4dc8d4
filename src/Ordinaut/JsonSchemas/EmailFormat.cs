namespace Ordinaut.JsonSchemas;

/// <summary>Mail addresses as RFC 5321 section 4.1.2 has them (RFC 6531 for international ones).</summary>
internal static class EmailFormat
{
    private const int LongestLocalPart = 64;

    public static bool IsEmail(string text, bool international)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && IsLocalPart(text[..at], international) && IsDomain(text[(at + 1)..], international);
    }

    private static bool IsLocalPart(string text, bool international)
    {
        if (text.Length > LongestLocalPart)
        {
            return false;
        }

        if (text.Length >= 2 && text[0] == '"' && text[^1] == '"')
        {
            return IsQuoted(text[1..^1], international);
        }

        return text.Split('.').All(atom => atom.Length > 0 && atom.All(c => IsAtomText(c, international)));
    }

    private static bool IsQuoted(string text, bool international)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '\\';
            i += isEscape ? 1 : 0;
            if (i == text.Length || (text[i] == '"' && !isEscape) || !IsQuotedText(text[i], international))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(string text, bool international)
    {
        if (!text.StartsWith('[') || !text.EndsWith(']'))
        {
            return HostFormats.IsHostname(text, international);
        }

        var literal = text[1..^1];
        return literal.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
            ? HostFormats.IsIpv6(literal[5..])
            : HostFormats.IsIpv4(literal);
    }

    private static bool IsAtomText(char c, bool international) =>
        char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c) || (international && c > 127);

    private static bool IsQuotedText(char c, bool international) =>
        c is >= ' ' and <= '~' || (international && c > 127);
}
