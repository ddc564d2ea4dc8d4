namespace Ordinaut.JsonSchemas;

/// <summary>Host names (RFC 1123, RFC 5890 for international ones) and addresses (RFC 2673, RFC 4291).</summary>
internal static class HostFormats
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;
    private const string EncodedPrefix = "xn--";

    // RFC 3490 section 3.1: what IDNA reads as a dot.
    private static readonly char[] InternationalDots = ['.', '\u3002', '\uFF0E', '\uFF61'];

    public static bool IsHostname(string text, bool international)
    {
        if (text.Length is 0 or > LongestName)
        {
            return false;
        }

        var labels = international ? text.Split(InternationalDots) : text.Split('.');
        return labels.All(label => IsLabel(label, international));
    }

    public static bool IsIpv4(string text)
    {
        var octets = text.Split('.');
        return octets.Length == 4 && octets.All(IsOctet);
    }

    public static bool IsIpv6(string text)
    {
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
        {
            return CountGroups(text, endsAddress: true) == 8;
        }

        var (before, after) = (text[..gap], text[(gap + 2)..]);
        var left = before.Length == 0 ? 0 : CountGroups(before, endsAddress: false);
        var right = after.Length == 0 ? 0 : CountGroups(after, endsAddress: true);
        // The gap stands for one group at least.
        return left >= 0 && right >= 0 && left + right <= 7;
    }

    private static bool IsLabel(string label, bool international)
    {
        if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-')
        {
            return false;
        }

        if (label.StartsWith(EncodedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return Punycode.Decode(label[EncodedPrefix.Length..]) is { } decoded && IdnaLabel.IsValid(decoded);
        }

        return label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? true
            : international && IdnaLabel.IsValid(label);
    }

    private static bool IsOctet(string text) =>
        text.Length is > 0 and <= 3
        && text.All(char.IsAsciiDigit)
        && (text.Length == 1 || text[0] != '0')
        && int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) <= 255;

    /// <summary>How many groups of 16 bits; an IPv4 address at the end is two. Negative when malformed.</summary>
    private static int CountGroups(string text, bool endsAddress)
    {
        var groups = text.Split(':');
        var hasIpv4 = endsAddress && IsIpv4(groups[^1]);
        var plain = hasIpv4 ? groups[..^1] : groups;
        var isPlain = plain.All(g => g.Length is > 0 and <= 4 && g.All(char.IsAsciiHexDigit));
        return isPlain ? plain.Length + (hasIpv4 ? 2 : 0) : -1;
    }
}
