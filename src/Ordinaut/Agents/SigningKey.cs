using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>A key that tokens are signed with: ES256 (ECDSA on P-256). Opened when it is first used.</summary>
internal sealed class SigningKey(string id, byte[] privateKey)
{
    private readonly Lazy<SigningCredentials> _credentials = new(() => Open(id, privateKey));

    public string Id { get; } = id;

    /// <summary>From when on it signs; it is shown before, so that everyone knows it by then.</summary>
    public required DateTimeOffset SignsAt { get; init; }

    /// <summary>From when on no token by it is valid; null while no other has taken its place.</summary>
    public required DateTimeOffset? EndsAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public SigningCredentials Credentials => _credentials.Value;

    private ECDsa Curve => ((ECDsaSecurityKey)Credentials.Key).ECDsa;

    public bool IsOver(DateTimeOffset now) => EndsAt <= now;

    public byte[] Sign(byte[] hash) => Curve.SignHash(hash);

    public bool IsSigned(byte[] hash, byte[] signature) => Curve.VerifyHash(hash, signature);

    public PublicKey Publish()
    {
        var point = Curve.ExportParameters(includePrivateParameters: false).Q;
        var x = Base64Url.EncodeToString(point.X);
        var y = Base64Url.EncodeToString(point.Y);
        return new PublicKey(Id, "EC", "P-256", x, y, "sig", "ES256");
    }

    public static SigningKey Read(Row row) =>
        new(row.Text(0), row.BytesOrNull(1)!)
        {
            CreatedAt = row.Instant(2),
            SignsAt = row.Instant(3),
            EndsAt = row.InstantOrNull(4),
        };

    private static SigningCredentials Open(string id, byte[] privateKey)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.EcdsaSha256);
    }
}
