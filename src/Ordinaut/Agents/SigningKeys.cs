using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The keys of this installation that are not over, as its database has them: the newest whose time has come signs;
/// all verify, each only under its own id (RFC 8725 §3.1).
/// </summary>
internal sealed class SigningKeys
{
    private readonly Db _db;
    private readonly Lock _turn = new();
    private volatile Known _known;
    private long _looks;
    private long _taken;

    private SigningKeys(Db db, IReadOnlyList<SigningKey> keys)
    {
        _db = db;
        _known = new Known(keys);
    }

    public IReadOnlyList<SigningKey> All => _known.Keys;

    public SigningCredentials Signer => Current(_db.Now()).Credentials;

    /// <summary>When the newest was made.</summary>
    public DateTimeOffset NewestAt => _known.Keys[^1].CreatedAt;

    /// <summary>What <c>/.well-known/jwks.json</c> shows: also the one that is to sign next.</summary>
    public KeySet PublicKeys
    {
        get
        {
            var now = _db.Now();
            return new KeySet([.. _known.Keys.Where(key => !key.IsOver(now)).Select(key => key.Publish())]);
        }
    }

    /// <summary>A signature of a SHA-256 hash that names its key: <c>kid.base64url</c>.</summary>
    public string Sign(byte[] hash)
    {
        var key = Current(_db.Now());
        return $"{key.Id}.{Base64Url.EncodeToString(key.Sign(hash))}";
    }

    /// <summary>What such signatures are verified by: every key there ever was.</summary>
    public async Task<Signatures> Signatures() => new(await _db.Read(SigningKeyStore.All));

    /// <summary>The key that tokens may be signed with under this id; null when there is none, or it is over.</summary>
    public SecurityKey? Find(string keyId) =>
        _known.ById.TryGetValue(keyId, out var key) && !key.IsOver(_db.Now()) ? key.Credentials.Key : null;

    public static async Task<SigningKeys> Load(Db db, Ids ids)
    {
        var keys = await db.Read(SigningKeyStore.Valid);
        if (keys.Count == 0)
        {
            await db.Write(session => MakeFirst(session, ids));
            keys = await db.Read(SigningKeyStore.Valid);
        }

        return new SigningKeys(db, keys);
    }

    /// <summary>The keys there are.</summary>
    /// <exception cref="Problem">There is none: no server has worked on this database yet.</exception>
    public static async Task<SigningKeys> Read(Db db) =>
        await db.Read(SigningKeyStore.Valid) is { Count: > 0 } keys
            ? new SigningKeys(db, keys)
            : throw new Problem(ProblemKind.NotFound, "No server has worked on this database yet.");

    /// <summary>
    /// Takes what the database has now: other nodes make keys too. Of looks that overlap the one that began last is
    /// taken, or one that read before another would put back what it read.
    /// </summary>
    public async Task Refresh()
    {
        var look = Interlocked.Increment(ref _looks);
        var rows = await _db.Read(SigningKeyStore.Valid);
        lock (_turn)
        {
            if (look > _taken)
            {
                _taken = look;
                var known = _known.ById;
                _known = new Known(
                    rows.ConvertAll(row =>
                        known.TryGetValue(row.Id, out var same) && same.EndsAt == row.EndsAt ? same : row
                    )
                );
            }
        }
    }

    private static async ValueTask MakeFirst(Session session, Ids ids)
    {
        await SigningKeyStore.TakeTurn(session);
        if ((await SigningKeyStore.Valid(session)).Count == 0)
        {
            await SigningKeyStore.Make(session, ids, session.Now);
        }
    }

    private SigningKey Current(DateTimeOffset now)
    {
        var keys = _known.Keys;
        return keys.LastOrDefault(key => key.SignsAt <= now && !key.IsOver(now)) ?? keys[^1];
    }

    /// <summary>One look at the database.</summary>
    private sealed class Known(IReadOnlyList<SigningKey> keys)
    {
        public IReadOnlyList<SigningKey> Keys => keys;

        public Dictionary<string, SigningKey> ById { get; } = keys.ToDictionary(key => key.Id);
    }
}
