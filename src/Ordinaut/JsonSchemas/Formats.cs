using System.Collections.Frozen;

namespace Ordinaut.JsonSchemas;

/// <summary>
/// The formats that can be asserted (validation 2020-12, section 7.3). Not asserted, because nobody here needs them
/// enough to carry their tables: <c>idn-hostname</c> (the Bidi rule of RFC 5893), <c>iri</c> and
/// <c>iri-reference</c> (RFC 3987), <c>uri-template</c> (RFC 6570).
/// </summary>
internal static class Formats
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Known = new Dictionary<
        string,
        Func<string, bool>
    >(StringComparer.Ordinal)
    {
        ["date-time"] = DateFormats.IsDateTime,
        ["date"] = DateFormats.IsDate,
        ["time"] = DateFormats.IsTime,
        ["duration"] = DateFormats.IsDuration,
        ["email"] = text => EmailFormat.IsEmail(text, international: false),
        ["idn-email"] = text => EmailFormat.IsEmail(text, international: true),
        ["hostname"] = text => HostFormats.IsHostname(text, international: false),
        ["ipv4"] = HostFormats.IsIpv4,
        ["ipv6"] = HostFormats.IsIpv6,
        ["uri"] = UriFormat.IsUri,
        ["uri-reference"] = UriFormat.IsReference,
        ["uuid"] = IsUuid,
        ["json-pointer"] = IsJsonPointer,
        ["relative-json-pointer"] = IsRelativeJsonPointer,
        ["regex"] = EcmaRegex.IsRegex,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Func<string, bool>? Find(string name) => Known.GetValueOrDefault(name);

    /// <summary>RFC 9562 section 4, with its hyphens.</summary>
    private static bool IsUuid(string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out _);

    /// <summary>RFC 6901 section 3: every <c>~</c> is followed by 0 or 1.</summary>
    private static bool IsJsonPointer(string text)
    {
        if (text.Length > 0 && text[0] != '/')
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '~' && (i + 1 == text.Length || text[i + 1] is not ('0' or '1')))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>draft-bhutton-relative-json-pointer-00: a number without leading zeros, a pointer or #.</summary>
    private static bool IsRelativeJsonPointer(string text)
    {
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        if (digits == 0 || (digits > 1 && text[0] == '0'))
        {
            return false;
        }

        var rest = text[digits..];
        return rest == "#" || IsJsonPointer(rest);
    }
}
