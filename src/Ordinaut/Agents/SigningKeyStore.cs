using System.Security.Cryptography;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// SQL of table <c>signing_key</c>. Rows stay: what a key signed of the audit log is verified with it for as long as
/// there are lines.
/// </summary>
internal static class SigningKeyStore
{
    private const string Select = """
        select id, private_key, created_at, signs_at, ends_at from signing_key order by created_at, id
        """;

    // Every node asks every two seconds.
    private const string SelectValid = """
        select id, private_key, created_at, signs_at, ends_at from signing_key
        where ends_at is null or ends_at > @now order by created_at, id
        """;

    // Of many nodes that want to make a key one makes it, and the others take it.
    private const string LockTable = "lock table signing_key in share row exclusive mode";

    private const string Insert = """
        insert into signing_key (id, private_key, created_at, signs_at, ends_at)
        values (@id, @private_key, @now, @signs_at, null)
        """;

    // Those that were to end sooner do.
    private const string EndOthers = """
        update signing_key set ends_at = @ends_at where id <> @id and (ends_at is null or ends_at > @ends_at)
        """;

    public static ValueTask<List<SigningKey>> All(Session session) => session.Query(Select, SigningKey.Read);

    /// <summary>Those that are not over.</summary>
    public static ValueTask<List<SigningKey>> Valid(Session session) => session.Query(SelectValid, SigningKey.Read);

    public static ValueTask TakeTurn(Session session) => session.Lock(LockTable);

    /// <summary>Makes a key; returns its id.</summary>
    public static async ValueTask<string> Make(Session session, Ids ids, DateTimeOffset signsAt)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = ids.Next().ToString("N");
        await session.Execute(Insert, ("id", id), ("private_key", key.ExportPkcs8PrivateKey()), ("signs_at", signsAt));
        return id;
    }

    public static async ValueTask End(Session session, string allBut, DateTimeOffset at) =>
        await session.Execute(EndOthers, ("ends_at", at), ("id", allBut));
}
