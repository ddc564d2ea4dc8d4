using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Agents;

/// <summary>
/// A key that tokens are signed with: ES256 (ECDSA on P-256). Everyone verifies with it, and signs who could open it.
/// </summary>
/// <param name="privateKey">Null: not opened.</param>
internal sealed class SigningKey(SigningKeyRow row, byte[]? privateKey)
{
    private readonly Lazy<SigningCredentials> _credentials = new(() => Import(row, privateKey));

    public string Id => row.Id;

    public DateTimeOffset SignsAt => row.SignsAt;

    public DateTimeOffset? EndsAt => row.EndsAt;

    public DateTimeOffset CreatedAt => row.CreatedAt;

    public bool CanSign => privateKey is not null;

    public bool IsSealed => row.IsSealed;

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

    private static SigningCredentials Import(SigningKeyRow row, byte[]? privateKey)
    {
        var key = ECDsa.Create();
        if (privateKey is null)
        {
            key.ImportSubjectPublicKeyInfo(row.PublicKey, out _);
        }
        else
        {
            key.ImportPkcs8PrivateKey(privateKey, out _);
        }

        return new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = row.Id }, SecurityAlgorithms.EcdsaSha256);
    }
}
