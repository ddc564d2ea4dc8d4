using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Agents;

/// <summary>
/// An agent's secret: <c>ord_</c>, 256 random bits and a checksum of them, which lets a leak scanner recognise one
/// with certainty. Only its SHA-256 is kept: a slow hash adds nothing to 256 random bits, and would be a lever for
/// those who want to keep the server busy.
/// </summary>
internal static class AgentSecret
{
    public const string Prefix = "ord_";

    private const int RandomBytes = 32;
    private const int ChecksumBytes = 3;
    private const int EncodedLength = 43;
    private const int ChecksumLength = 4;
    private const int Length = 4 + EncodedLength + ChecksumLength;

    /// <summary>Stands in for the hash of an unknown agent, so that the same work is done for it.</summary>
    private static readonly byte[] NobodysHash = SHA256.HashData("nobody"u8);

    public static string Create()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        var body = Base64Url.EncodeToString(random);
        return Prefix + body + Checksum(body);
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public static bool Matches(string secret, Agent? agent)
    {
        var same = CryptographicOperations.FixedTimeEquals(Hash(secret), agent?.SecretHash ?? NobodysHash);
        return same && agent is { IsActive: true, SecretHash: not null };
    }

    /// <summary>Whether the text has the form of a secret; says nothing about whose it is.</summary>
    public static bool LooksRight(string text) =>
        text.Length == Length
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.EndsWith(Checksum(text.Substring(Prefix.Length, EncodedLength)), StringComparison.Ordinal);

    private static string Checksum(string body) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(body)).AsSpan(0, ChecksumBytes));
}
