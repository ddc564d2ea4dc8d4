using System.Security.Cryptography;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// SQL of table <c>signing_key</c>. Rows stay: what a key signed of the audit log is verified with it for as long as
/// there are lines. The private part goes when the key is over.
/// </summary>
internal static class SigningKeyStore
{
    private const string Columns = "id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at";

    private const string Select = $"select {Columns} from signing_key order by created_at, id";

    // Every node asks every two seconds.
    private const string SelectValid = $"""
        select {Columns} from signing_key where ends_at is null or ends_at > @now order by created_at, id
        """;

    private const string SelectSeals = """
        select distinct key_id from signing_key where key_id <> '' and (ends_at is null or ends_at > @now)
        """;

    // Of many nodes that want to make a key one makes it, and the others take it.
    private const string LockTable = "lock table signing_key in share row exclusive mode";

    private const string Insert = """
        insert into signing_key (id, public_key, key_id, wrapped_key, sealed, created_at, signs_at, ends_at)
        values (@id, @public_key, @key_id, @wrapped_key, @sealed, @now, @signs_at, null)
        """;

    private const string UpdateEnvelope = """
        update signing_key set key_id = @key_id, wrapped_key = @wrapped_key, sealed = @sealed where id = @id
        """;

    // Those that were to end sooner do.
    private const string EndOthers = """
        update signing_key set ends_at = @ends_at where id <> @id and (ends_at is null or ends_at > @ends_at)
        """;

    private const string ForgetPrivate = """
        update signing_key set key_id = '', wrapped_key = @nothing, sealed = @nothing
        where ends_at < @before and length(sealed) > 0
        """;

    public static ValueTask<List<SigningKeyRow>> All(Session session) => session.Query(Select, SigningKeyRow.Read);

    /// <summary>Those that are not over.</summary>
    public static ValueTask<List<SigningKeyRow>> Valid(Session session) =>
        session.Query(SelectValid, SigningKeyRow.Read);

    /// <summary>The ids of the keys that valid ones are sealed under.</summary>
    public static ValueTask<List<string>> Seals(Session session) => session.Query(SelectSeals, row => row.Text(0));

    public static ValueTask TakeTurn(Session session) => session.Lock(LockTable);

    /// <summary>Makes a key; returns its id.</summary>
    /// <param name="seal">What its private part is sealed with; null leaves it in clear.</param>
    public static async ValueTask<string> Make(Session session, Ids ids, DateTimeOffset signsAt, SecretKey? seal)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bare = new SigningKeyRow(ids.Next().ToString("N"), pair.ExportSubjectPublicKeyInfo());
        var key = bare.Keep(pair.ExportPkcs8PrivateKey(), seal);
        await session.Execute(
            Insert,
            ("id", key.Id),
            ("public_key", key.PublicKey),
            ("key_id", key.PrivateKey.KeyId),
            ("wrapped_key", key.PrivateKey.WrappedKey),
            ("sealed", key.PrivateKey.Sealed),
            ("signs_at", signsAt)
        );
        return key.Id;
    }

    /// <summary>Puts the private parts of valid keys under this one; those that do not open stay as they are.</summary>
    /// <returns>How many were put.</returns>
    public static async ValueTask<int> Seal(Session session, KeyRing keys, SecretKey seal)
    {
        await TakeTurn(session);
        var done = 0;
        foreach (var row in (await Valid(session)).Where(row => row.PrivateKey.KeyId != seal.Id))
        {
            if (row.Open(keys) is { } privateKey)
            {
                var key = row.Keep(privateKey, seal).PrivateKey;
                done += await session.Execute(
                    UpdateEnvelope,
                    ("key_id", key.KeyId),
                    ("wrapped_key", key.WrappedKey),
                    ("sealed", key.Sealed),
                    ("id", row.Id)
                );
            }
        }

        return done;
    }

    public static async ValueTask End(Session session, string allBut, DateTimeOffset at) =>
        await session.Execute(EndOthers, ("ends_at", at), ("id", allBut));

    /// <summary>Forgets the private parts of keys that were over before; returns of how many.</summary>
    public static ValueTask<int> Forget(Session session, DateTimeOffset before) =>
        session.Execute(ForgetPrivate, ("nothing", Array.Empty<byte>()), ("before", before));
}
