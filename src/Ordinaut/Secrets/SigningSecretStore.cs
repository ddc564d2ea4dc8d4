using Ordinaut.Store;

namespace Ordinaut.Secrets;

/// <summary>The SQL of signing secrets.</summary>
internal static class SigningSecretStore
{
    private const string Columns = "id, owner_id, version, key_id, wrapped_key, sealed";

    private const string SelectOne = $"select {Columns} from signing_secret where id = @id";

    private const string SelectHeld = $"select {Columns} from signing_secret where id = @id /* pg: for update */";

    private const string SelectNotUnder = $"""
        select {Columns} from signing_secret where key_id <> @key_id order by id limit @limit /* pg: for update */
        """;

    private const string Upsert = """
        insert into signing_secret (id, owner_id, version, key_id, wrapped_key, sealed)
        values (@id, @owner_id, @version, @key_id, @wrapped_key, @sealed)
        on conflict (id) do update set
          version = excluded.version, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
          sealed = excluded.sealed
        """;

    private const string DeleteOne = "delete from signing_secret where id = @id";

    public static ValueTask<SigningSecret?> Find(Session session, Guid id) =>
        session.First(SelectOne, SigningSecret.Read, ("id", id));

    /// <summary>The secret, in the hands of this work.</summary>
    public static ValueTask<SigningSecret?> Hold(Session session, Guid id) =>
        session.First(SelectHeld, SigningSecret.Read, ("id", id));

    public static ValueTask<List<SigningSecret>> NotUnder(Session session, string keyId, int limit) =>
        session.Query(SelectNotUnder, SigningSecret.Read, ("key_id", keyId), ("limit", limit));

    public static async ValueTask Save(Session session, SigningSecret secret) =>
        await session.Execute(
            Upsert,
            ("id", secret.Id),
            ("owner_id", secret.OwnerId),
            ("version", secret.Version),
            ("key_id", secret.Envelope.KeyId),
            ("wrapped_key", secret.Envelope.WrappedKey),
            ("sealed", secret.Envelope.Sealed)
        );

    public static async ValueTask Remove(Session session, Guid id) => await session.Execute(DeleteOne, ("id", id));
}
