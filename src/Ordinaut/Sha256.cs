using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut;

/// <summary>The digest by which texts are named and compared (FIPS 180-4).</summary>
internal static class Sha256
{
    /// <summary>SHA-256 of the text in UTF-8, as 64 lower-case hexadecimal digits.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(Of(text));

    /// <summary>SHA-256 of the bytes, likewise.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The same as 43 characters of base64url, without padding (RFC 4648 §5).</summary>
    public static string Base64(string text) => Base64Url.EncodeToString(Of(text));

    /// <summary>Its first half as an id: for what is named by a text and stored, or counted, by an id.</summary>
    public static Guid Id(string text) => new(Of(text).AsSpan(0, 16), bigEndian: true);

    private static byte[] Of(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
