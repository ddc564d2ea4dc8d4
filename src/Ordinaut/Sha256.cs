using System.Security.Cryptography;
using System.Text;

namespace Ordinaut;

/// <summary>The digest by which texts are named and compared (FIPS 180-4).</summary>
internal static class Sha256
{
    /// <summary>SHA-256 of the text in UTF-8, as 64 lower-case hexadecimal digits.</summary>
    public static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
