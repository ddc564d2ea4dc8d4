using Ordinaut.Store;

namespace Ordinaut.Secrets;

/// <summary>The SQL of secrets.</summary>
internal static class SecretStore
{
    private const string Columns = """
        owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at, updated_at,
        last_used_at
        """;

    private const string SelectOne = $"""
        select {Columns} from secret where owner_id = @owner_id and name = @name
        """;

    private const string SelectAll = $"""
        select {Columns} from secret where owner_id = @owner_id order by name
        """;

    private const string SelectNotUnder = $"""
        select {Columns} from secret where key_id <> @key_id order by owner_id, name limit @limit
        """;

    private const string SelectKeys = "select key_id from secret union select key_id from signing_secret";

    // An owner's secrets are counted before one is added: of two who do so at once the second waits.
    private const string TakeTurn = "lock table secret in share row exclusive mode";

    private const string Upsert = """
        insert into secret (owner_id, name, version, description, tools, hosts, key_id, wrapped_key, sealed, created_at,
          updated_at)
        values (@owner_id, @name, @version, @description, @tools, @hosts, @key_id, @wrapped_key, @sealed, @now, @now)
        on conflict (owner_id, name) do update set
          version = excluded.version, description = excluded.description, tools = excluded.tools,
          hosts = excluded.hosts, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
          sealed = excluded.sealed, updated_at = excluded.updated_at
        """;

    // A value that was replaced meanwhile is under the current key already.
    private const string UpdateEnvelope = """
        update secret set key_id = @key_id, wrapped_key = @wrapped_key, sealed = @sealed
        where owner_id = @owner_id and name = @name and version = @version
        """;

    private const string UpdateUsed = """
        update secret set last_used_at = @now where owner_id = @owner_id and name = @name
        """;

    private const string DeleteOne = "delete from secret where owner_id = @owner_id and name = @name";

    public static ValueTask<SecretRow?> Find(Session session, Guid ownerId, string name) =>
        session.First(SelectOne, SecretRow.Read, ("owner_id", ownerId), ("name", name));

    public static ValueTask<List<SecretRow>> Of(Session session, Guid ownerId) =>
        session.Query(SelectAll, SecretRow.Read, ("owner_id", ownerId));

    public static ValueTask<List<SecretRow>> NotUnder(Session session, string keyId, int limit) =>
        session.Query(SelectNotUnder, SecretRow.Read, ("key_id", keyId), ("limit", limit));

    /// <summary>The keys that anything is under.</summary>
    public static ValueTask<List<string>> Keys(Session session) => session.Query(SelectKeys, row => row.Text(0));

    public static ValueTask Begin(Session session) => session.Lock(TakeTurn);

    public static async ValueTask Save(Session session, SecretRow secret) =>
        await session.Execute(
            Upsert,
            ("owner_id", secret.OwnerId),
            ("name", secret.Name),
            ("version", secret.Version),
            ("description", secret.Description),
            ("tools", Json.Write(secret.Tools)),
            ("hosts", Json.Write(secret.Hosts)),
            ("key_id", secret.Envelope.KeyId),
            ("wrapped_key", secret.Envelope.WrappedKey),
            ("sealed", secret.Envelope.Sealed)
        );

    public static async ValueTask Reseal(Session session, SecretRow secret) =>
        await session.Execute(
            UpdateEnvelope,
            ("key_id", secret.Envelope.KeyId),
            ("wrapped_key", secret.Envelope.WrappedKey),
            ("sealed", secret.Envelope.Sealed),
            ("owner_id", secret.OwnerId),
            ("name", secret.Name),
            ("version", secret.Version)
        );

    public static async ValueTask Use(Session session, SecretRow secret) =>
        await session.Execute(UpdateUsed, ("owner_id", secret.OwnerId), ("name", secret.Name));

    public static async ValueTask<bool> Remove(Session session, Guid ownerId, string name) =>
        await session.Execute(DeleteOne, ("owner_id", ownerId), ("name", name)) == 1;
}
