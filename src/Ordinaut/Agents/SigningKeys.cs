using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The keys tokens are signed with: ES256 (ECDSA on P-256), made at the first start and kept in the database. The
/// newest signs; all verify, each only under its own id (RFC 8725 §3.1).
/// </summary>
internal sealed class SigningKeys
{
    private const string Select = "select id, private_key from signing_key order by created_at";

    // Of many nodes that start at once one makes the key, and the others take it.
    private const string TakeTurn = "lock table signing_key in share row exclusive mode";

    private const string Insert = """
        insert into signing_key (id, private_key, created_at) values (@id, @private_key, @now)
        """;

    private readonly Dictionary<string, ECDsaSecurityKey> _byId;

    private SigningKeys(IReadOnlyList<ECDsaSecurityKey> keys)
    {
        _byId = keys.ToDictionary(key => key.KeyId);
        Signer = new SigningCredentials(keys[^1], SecurityAlgorithms.EcdsaSha256);
        PublicKeys = new KeySet([.. keys.Select(Publish)]);
    }

    public SigningCredentials Signer { get; }

    /// <summary>What <c>/.well-known/jwks.json</c> shows.</summary>
    public KeySet PublicKeys { get; }

    /// <summary>A signature of a SHA-256 hash that names its key: <c>kid.base64url</c>.</summary>
    public string Sign(byte[] hash)
    {
        var key = (ECDsaSecurityKey)Signer.Key;
        return $"{key.KeyId}.{Base64Url.EncodeToString(key.ECDsa.SignHash(hash))}";
    }

    /// <summary>Whether one of the keys made this signature.</summary>
    public bool IsSigned(byte[] hash, string signature)
    {
        var parts = signature.Split('.', 2);
        return parts.Length == 2
            && _byId.TryGetValue(parts[0], out var key)
            && Base64Url.IsValid(parts[1])
            && key.ECDsa.VerifyHash(hash, Base64Url.DecodeFromChars(parts[1]));
    }

    public SecurityKey? Find(string keyId) => _byId.GetValueOrDefault(keyId);

    public static async Task<SigningKeys> Load(Db db, Ids ids)
    {
        var rows = await db.Read(ReadAll);
        if (rows.Count == 0)
        {
            await db.Write(session => Create(session, ids));
            rows = await db.Read(ReadAll);
        }

        return new SigningKeys([.. rows.Select(Open)]);
    }

    /// <summary>The keys there are.</summary>
    /// <exception cref="Problem">There is none: no server has worked on this database yet.</exception>
    public static async Task<SigningKeys> Read(Db db) =>
        await db.Read(ReadAll) is { Count: > 0 } rows
            ? new SigningKeys([.. rows.Select(Open)])
            : throw new Problem(ProblemKind.NotFound, "No server has worked on this database yet.");

    private static ValueTask<List<(string Id, byte[] Key)>> ReadAll(Session session) =>
        session.Query(Select, row => (row.Text(0), row.BytesOrNull(1)!));

    private static async ValueTask Create(Session session, Ids ids)
    {
        await session.Lock(TakeTurn);
        if ((await ReadAll(session)).Count > 0)
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await session.Execute(Insert, ("id", ids.Next().ToString("N")), ("private_key", key.ExportPkcs8PrivateKey()));
    }

    private static ECDsaSecurityKey Open((string Id, byte[] Key) row)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(row.Key, out _);
        return new ECDsaSecurityKey(key) { KeyId = row.Id };
    }

    private static PublicKey Publish(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        var x = Base64Url.EncodeToString(point.X);
        var y = Base64Url.EncodeToString(point.Y);
        return new PublicKey(key.KeyId, "EC", "P-256", x, y, "sig", "ES256");
    }
}
