using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Agents;

/// <summary>
/// A text of 256 random bits that stands for something in the database, where only its SHA-256 is: who reads the
/// database gets nothing that could be presented.
/// </summary>
internal static class RandomToken
{
    /// <summary>Characters of a token as it may be presented.</summary>
    public const int MaxLength = 200;

    private const int RandomBytes = 32;

    public static string Create(string prefix = "")
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return prefix + Base64Url.EncodeToString(random);
    }

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
