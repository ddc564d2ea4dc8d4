using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.OAuth;

/// <summary>
/// Proof Key for Code Exchange (RFC 7636), by SHA-256 and no other way: who exchanges a code shows that it is who asked
/// for it. Pure.
/// </summary>
internal static class Pkce
{
    public const string Method = "S256";

    private const int ChallengeLength = 43;
    private const int MaxVerifier = 128;

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    );

    public static bool IsChallenge(string? text) => text is { Length: ChallengeLength } && Base64Url.IsValid(text);

    public static string Challenge(string verifier) => Sha256.Base64(verifier);

    public static bool Answers(string? verifier, string challenge) =>
        verifier is { Length: >= ChallengeLength and <= MaxVerifier }
        && !verifier.AsSpan().ContainsAnyExcept(Unreserved)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Challenge(verifier)),
            Encoding.ASCII.GetBytes(challenge)
        );
}
