using System.Text;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>A key that tokens are signed with, as it is stored: its private part is sealed like a secret.</summary>
/// <param name="PublicKey">As SubjectPublicKeyInfo (RFC 5280 §4.1).</param>
internal sealed record SigningKeyRow(string Id, byte[] PublicKey)
{
    /// <summary>Where there is no key to seal with, the private part lies in the row as it is.</summary>
    private const string NoKey = "";

    /// <summary>The private part, as PKCS #8 (RFC 5208).</summary>
    public Envelope PrivateKey { get; init; } = new(NoKey, [], []);

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it signs; it is shown before, so that everyone knows it by then.</summary>
    public DateTimeOffset SignsAt { get; init; }

    /// <summary>From when on no token by it is valid; null while no other has taken its place.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public bool IsSealed => PrivateKey.KeyId != NoKey;

    /// <summary>A private part that was put in another's place does not open.</summary>
    private byte[] Binding => Encoding.UTF8.GetBytes($"signing key\n{Id}");

    /// <param name="key">What to seal it with; null leaves it in clear.</param>
    public SigningKeyRow Keep(byte[] privateKey, SecretKey? key) =>
        this with
        {
            PrivateKey = key is null
                ? new Envelope(NoKey, [], privateKey)
                : Envelope.Seal(Convert.ToBase64String(privateKey), key, Binding),
        };

    /// <summary>
    /// The private part; null where it was forgotten, the key it is under is not here, or the row was changed.
    /// </summary>
    public byte[]? Open(KeyRing keys) =>
        PrivateKey.Sealed.Length == 0 ? null
        : !IsSealed ? PrivateKey.Sealed
        : keys.Open(PrivateKey, Binding) is { } text ? Convert.FromBase64String(text)
        : null;

    public static SigningKeyRow Read(Row row) =>
        new(row.Text(0), row.Bytes(1))
        {
            PrivateKey = new Envelope(row.Text(2), row.Bytes(3), row.Bytes(4)),
            CreatedAt = row.Instant(5),
            SignsAt = row.Instant(6),
            EndsAt = row.InstantOrNull(7),
        };
}
