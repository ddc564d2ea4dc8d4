using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// The symmetric scheme of Standard Webhooks 1.0: HMAC-SHA256 over <c>id.timestamp.body</c> with the secret's
/// bytes, written as <c>v1,</c> and base64.
/// </summary>
internal sealed class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    public const int MinSecretBytes = 24;
    public const int MaxSecretBytes = 64;

    private readonly byte[] _key;

    private WebhookSignature(byte[] key) => _key = key;

    /// <summary>Reads <c>whsec_</c> and base64 of 24 to 64 bytes; null for anything else.</summary>
    public static WebhookSignature? TryParse(string secret)
    {
        var key = new byte[MaxSecretBytes];
        return
            secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length)
            && length >= MinSecretBytes
            ? new WebhookSignature(key[..length])
            : null;
    }

    /// <summary>
    /// The message's id. It is made from the idempotency key, so that all attempts carry the same one and the
    /// receiver can drop what it has already seen.
    /// </summary>
    public static string MessageId(string idempotencyKey) =>
        "msg_" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)).AsSpan(0, 18));

    /// <param name="messageId">The value of <c>webhook-id</c>.</param>
    /// <param name="unixSeconds">The value of <c>webhook-timestamp</c>.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    public string Sign(string messageId, long unixSeconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{messageId}.{unixSeconds}."))
        );
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
