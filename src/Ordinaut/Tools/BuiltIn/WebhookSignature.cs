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

    /// <summary>How far from now the time of a received message may be; 5 minutes.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Signatures of one message that are looked at; 16.</summary>
    public const int MaxSignatures = 16;

    private const string Version = "v1,";

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
        return Version + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>
    /// Whether one of the signatures is this one; those of other versions are for others. How long it takes says
    /// nothing of which one was nearly right.
    /// </summary>
    /// <param name="signatures">The value of <c>webhook-signature</c>: several, divided by spaces.</param>
    public bool Verifies(string messageId, long unixSeconds, ReadOnlySpan<byte> body, string signatures)
    {
        var expected = Encoding.ASCII.GetBytes(Sign(messageId, unixSeconds, body));
        var isOne = false;
        foreach (var signature in signatures.Split(' ', MaxSignatures + 1).Take(MaxSignatures))
        {
            isOne |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected);
        }

        return isOne;
    }

    /// <summary>What a message that is sent carries beside its body.</summary>
    /// <param name="signers">More than one while a secret is being replaced.</param>
    public static KeyValuePair<string, string>[] Headers(
        IEnumerable<WebhookSignature> signers,
        string messageId,
        DateTimeOffset now,
        byte[] body
    )
    {
        var seconds = now.ToUnixTimeSeconds();
        return
        [
            new("Content-Type", "application/json"),
            new("webhook-id", messageId),
            new("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
            new("webhook-signature", string.Join(' ', signers.Select(signer => signer.Sign(messageId, seconds, body)))),
        ];
    }
}
