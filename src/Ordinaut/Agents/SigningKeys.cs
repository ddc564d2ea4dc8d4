using System.Buffers.Text;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The keys of this installation that are not over, as its database has them: the newest whose time has come signs;
/// all verify, each only under its own id (RFC 8725 §3.1).
/// </summary>
internal sealed class SigningKeys
{
    private readonly Db _db;
    private readonly KeyRing _ring;
    private readonly Lock _turn = new();
    private volatile Known _known;
    private long _looks;
    private long _taken;

    private SigningKeys(Db db, KeyRing ring, IReadOnlyList<SigningKeyRow> rows)
    {
        _db = db;
        _ring = ring;
        _known = new Known([.. rows.Select(Open)]);
    }

    public IReadOnlyList<SigningKey> All => _known.Keys;

    /// <summary>Whether none lies in the database in clear, for want of a key to seal it with.</summary>
    public bool AreSealed => All.All(key => key.IsSealed);

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

    /// <summary>The key that tokens may be signed with under this id; null when there is none, or it is over.</summary>
    public SecurityKey? Find(string keyId) =>
        _known.ById.TryGetValue(keyId, out var key) && !key.IsOver(_db.Now()) ? key.Credentials.Key : null;

    /// <summary>
    /// The keys there are, and a new one if this process can sign with none of them: at the first start, or when the
    /// key of the secrets was lost. Those that lie in clear are sealed, if there is now something to seal them with.
    /// </summary>
    /// <exception cref="Problem">They are sealed, and this process has no key at all.</exception>
    public static async Task<SigningKeys> Load(Db db, Ids ids, KeyRing ring)
    {
        var seal = ring.TryCurrent();
        var rows = await db.Write(async session =>
        {
            await SigningKeyStore.TakeTurn(session);
            var valid = await SigningKeyStore.Valid(session);
            if (seal is null && valid.Exists(row => row.IsSealed))
            {
                throw Closed();
            }

            if (seal is not null && valid.Exists(row => !row.IsSealed))
            {
                await SigningKeyStore.Seal(session, ring, seal);
            }

            if (!valid.Exists(row => row.Open(ring) is not null))
            {
                await SigningKeyStore.Make(session, ids, session.Now, seal);
            }

            return await SigningKeyStore.Valid(session);
        });
        return new SigningKeys(db, ring, rows);
    }

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
                // What did not open may now: the key for it came.
                _known = new Known(
                    rows.ConvertAll(row =>
                        known.TryGetValue(row.Id, out var same) && same.EndsAt == row.EndsAt && same.CanSign
                            ? same
                            : Open(row)
                    )
                );
            }
        }
    }

    private SigningKey Open(SigningKeyRow row) => new(row, row.Open(_ring));

    private SigningKey Current(DateTimeOffset now)
    {
        var keys = _known.Keys;
        return keys.LastOrDefault(key => key.SignsAt <= now && !key.IsOver(now) && key.CanSign)
            ?? keys.LastOrDefault(key => key.CanSign)
            ?? throw Closed();
    }

    private static Problem Closed() =>
        new(
            ProblemKind.Unavailable,
            "The keys that tokens are signed with are sealed, and this process has no key to open them. Set "
                + "secrets_key, secrets_key_file or secrets_key_command as for the other processes of this database "
                + "(docs/secrets.md)."
        );

    /// <summary>One look at the database.</summary>
    private sealed class Known(IReadOnlyList<SigningKey> keys)
    {
        public IReadOnlyList<SigningKey> Keys => keys;

        public Dictionary<string, SigningKey> ById { get; } = keys.ToDictionary(key => key.Id);
    }
}
