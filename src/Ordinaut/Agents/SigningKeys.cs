using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The keys of this installation, as its database has them: the newest whose time has come signs; those that are not
/// over verify, each only under its own id (RFC 8725 §3.1).
/// </summary>
internal sealed class SigningKeys
{
    private readonly Db _db;
    private volatile Dictionary<string, SigningKey> _byId;
    private volatile IReadOnlyList<SigningKey> _keys;

    private SigningKeys(Db db, IReadOnlyList<SigningKey> keys)
    {
        _db = db;
        _keys = keys;
        _byId = keys.ToDictionary(key => key.Id);
    }

    public IReadOnlyList<SigningKey> All => _keys;

    public SigningCredentials Signer => Current(_db.Now()).Credentials;

    /// <summary>When the newest was made.</summary>
    public DateTimeOffset NewestAt => _keys[^1].CreatedAt;

    /// <summary>What <c>/.well-known/jwks.json</c> shows: also the one that is to sign next.</summary>
    public KeySet PublicKeys
    {
        get
        {
            var now = _db.Now();
            return new KeySet([.. _keys.Where(key => !key.IsOver(now)).Select(key => key.Publish())]);
        }
    }

    /// <summary>A signature of a SHA-256 hash that names its key: <c>kid.base64url</c>.</summary>
    public string Sign(byte[] hash)
    {
        var key = Current(_db.Now());
        return $"{key.Id}.{Base64Url.EncodeToString(key.Sign(hash))}";
    }

    /// <summary>Whether one of the keys made this signature, also one whose tokens are over.</summary>
    public bool IsSigned(byte[] hash, string signature)
    {
        var parts = signature.Split('.', 2);
        return parts.Length == 2
            && _byId.TryGetValue(parts[0], out var key)
            && Base64Url.IsValid(parts[1])
            && key.IsSigned(hash, Base64Url.DecodeFromChars(parts[1]));
    }

    /// <summary>The key that tokens may be signed with under this id; null when there is none, or it is over.</summary>
    public SecurityKey? Find(string keyId) =>
        _byId.TryGetValue(keyId, out var key) && !key.IsOver(_db.Now()) ? key.Credentials.Key : null;

    public static async Task<SigningKeys> Load(Db db, Ids ids)
    {
        var keys = await db.Read(SigningKeyStore.All);
        if (keys.Count == 0)
        {
            await db.Write(session => MakeFirst(session, ids));
            keys = await db.Read(SigningKeyStore.All);
        }

        return new SigningKeys(db, keys);
    }

    /// <summary>The keys there are.</summary>
    /// <exception cref="Problem">There is none: no server has worked on this database yet.</exception>
    public static async Task<SigningKeys> Read(Db db) =>
        await db.Read(SigningKeyStore.All) is { Count: > 0 } keys
            ? new SigningKeys(db, keys)
            : throw new Problem(ProblemKind.NotFound, "No server has worked on this database yet.");

    /// <summary>Takes what the database has now: other nodes make keys too.</summary>
    public async Task Refresh()
    {
        var rows = await _db.Read(SigningKeyStore.All);
        var known = _byId;
        var keys = rows.ConvertAll(row =>
            known.TryGetValue(row.Id, out var same) && same.EndsAt == row.EndsAt ? same : row
        );
        _byId = keys.ToDictionary(key => key.Id);
        _keys = keys;
    }

    private static async ValueTask MakeFirst(Session session, Ids ids)
    {
        await SigningKeyStore.Begin(session);
        if ((await SigningKeyStore.All(session)).Count == 0)
        {
            await SigningKeyStore.Make(session, ids, session.Now);
        }
    }

    private SigningKey Current(DateTimeOffset now)
    {
        var keys = _keys;
        return keys.LastOrDefault(key => key.SignsAt <= now && !key.IsOver(now)) ?? keys[^1];
    }
}
