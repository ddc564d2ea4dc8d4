using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// SQL of table <c>refresh_token</c>: each token is used once and replaced by the next of its family. A used one
/// that comes again was copied, so its whole family ends (RFC 9700 §4.14.2).
/// </summary>
internal sealed class RefreshTokens(Ids ids, TokenSettings settings)
{
    public const string Prefix = "ordr_";

    /// <summary>Characters of a refresh token as it may be presented.</summary>
    public const int MaxLength = 200;

    private const int RandomBytes = 32;

    private const string SelectOne = """
        select hash, family, agent_id, scopes, used_at, expires_at from refresh_token where hash = @hash
        """;

    private const string InsertOne = """
        insert into refresh_token (hash, family, agent_id, scopes, used_at, expires_at)
        values (@hash, @family, @agent_id, @scopes, null, @expires_at)
        """;

    private const string UpdateUsed = "update refresh_token set used_at = @now where hash = @hash and used_at is null";

    // Who uses a token and who ends its family take turns: no token is born into a family that ends.
    private const string LockFamily = "select pg_advisory_xact_lock(hashtextextended(@family::text, 1))";

    private const string DeleteFamily = "delete from refresh_token where family = @family";

    private const string DeleteOfAgent = "delete from refresh_token where agent_id = @agent_id";

    private const string DeleteExpired = """
        delete from refresh_token where hash in
          (select hash from refresh_token where expires_at < @now limit @limit)
        """;

    /// <summary>Makes the next token of a family (a new family when null) and returns its text, never kept.</summary>
    public async ValueTask<string> Issue(Session session, Guid agentId, Scope scopes, Guid? family = null)
    {
        var token = Create();
        await session.Execute(
            InsertOne,
            ("hash", Hash(token)),
            ("family", family ?? ids.Next()),
            ("agent_id", agentId),
            ("scopes", scopes.Text()),
            ("expires_at", session.Now + settings.RefreshLife)
        );
        return token;
    }

    /// <summary>The row of a presented token; null when unknown or expired.</summary>
    public static async ValueTask<RefreshToken?> Find(Session session, string token)
    {
        var row = await session.First(SelectOne, RefreshToken.Read, ("hash", Hash(token)));
        return row is not null && row.ExpiresAt > session.Now ? row : null;
    }

    /// <summary>Marks it used; false when it was used before.</summary>
    public static async ValueTask<bool> Use(Session session, RefreshToken token)
    {
        await session.Lock(LockFamily, ("family", token.Family));
        return await session.Execute(UpdateUsed, ("hash", token.Hash)) == 1;
    }

    public static async ValueTask EndFamily(Session session, Guid family)
    {
        await session.Lock(LockFamily, ("family", family));
        await session.Execute(DeleteFamily, ("family", family));
    }

    /// <summary>Ends every session of an agent: what was issued to it before gives it no token any more.</summary>
    public static async ValueTask EndAll(Session session, Guid agentId) =>
        await session.Execute(DeleteOfAgent, ("agent_id", agentId));

    /// <summary>Removes up to <paramref name="limit"/> expired rows and says how many.</summary>
    public static ValueTask<int> Prune(Session session, int limit) => session.Execute(DeleteExpired, ("limit", limit));

    private static string Create()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return Prefix + Base64Url.EncodeToString(random);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>The row of a refresh token.</summary>
internal sealed record RefreshToken(byte[] Hash, Guid Family, Guid AgentId, Scope Scopes, DateTimeOffset ExpiresAt)
{
    public static RefreshToken Read(Row row) =>
        new(row.BytesOrNull(0)!, row.Id(1), row.Id(2), Ordinaut.Agents.Scopes.Parse(row.Text(3)), row.Instant(5));
}
