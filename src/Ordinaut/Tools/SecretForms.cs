using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Ordinaut.Tools;

/// <summary>
/// The forms in which others write a value down again: as it is, in JSON, in an address, in a form, in HTML, in hex,
/// and in base64, also within a longer text that was encoded as a whole. Pure.
/// </summary>
internal static class SecretForms
{
    public static IReadOnlySet<string> Of(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var json = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value);
        var percent = Uri.EscapeDataString(value);
        return new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            value,
            json,
            json.Replace("/", "\\/", StringComparison.Ordinal),
            JavaScriptEncoder.Default.Encode(value),
            string.Concat(value.Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))),
            percent,
            Uri.EscapeDataString(percent),
            WebUtility.UrlEncode(value),
            string.Concat(bytes.Select(b => $"%{b:x2}")),
            WebUtility.HtmlEncode(value),
            HtmlEncoder.Default.Encode(value),
            Convert.ToHexStringLower(bytes),
            Convert.ToBase64String(bytes),
            Base64Url.EncodeToString(bytes),
            Within(bytes, 0),
            Within(bytes, 1),
            Within(bytes, 2),
            UrlSafe(Within(bytes, 0)),
            UrlSafe(Within(bytes, 1)),
            UrlSafe(Within(bytes, 2)),
        };
    }

    /// <summary>
    /// What base64 makes of the bytes behind so many others, and before more: the characters that are theirs alone.
    /// </summary>
    /// <param name="before">0 to 2; the pattern repeats after three bytes.</param>
    private static string Within(byte[] bytes, int before)
    {
        var text = Convert.ToBase64String([.. new byte[before], .. bytes]);
        var first = before == 0 ? 0 : before + 1;
        var last = (before + bytes.Length) * 8 / 6;
        return text[first..last];
    }

    private static string UrlSafe(string base64) => base64.Replace('+', '-').Replace('/', '_');
}
