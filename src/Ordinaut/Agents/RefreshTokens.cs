using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// SQL of table <c>refresh_token</c>: each token is used once and replaced by the next of its family. A used one
/// that comes again was copied, so its whole family ends (RFC 9700 §4.14.2).
/// </summary>
internal sealed class RefreshTokens(Ids ids, TokenSettings settings)
{
    public const string Prefix = "ordr_";

    private const string SelectOne = """
        select hash, family, agent_id, scopes, client_id, expires_at from refresh_token where hash = @hash
        """;

    // The one token of each family that can still be used, and when the one before it was. Clients' come first: of the
    // agent's own there may be many.
    private const string SelectFamilies = """
        select t.family, t.client_id, t.scopes, t.expires_at,
          (select max(u.used_at) from refresh_token u where u.family = t.family)
        from refresh_token t
        where t.agent_id = @agent_id and t.used_at is null and t.expires_at > @now
        order by t.client_id is null, t.family desc limit @limit
        """;

    private const string InsertOne = """
        insert into refresh_token (hash, family, agent_id, scopes, client_id, used_at, expires_at)
        values (@hash, @family, @agent_id, @scopes, @client_id, null, @expires_at)
        """;

    private const string UpdateUsed = "update refresh_token set used_at = @now where hash = @hash and used_at is null";

    // Who uses a token and who ends its family take turns: no token is born into a family that ends.
    private const string LockFamily = "select pg_advisory_xact_lock(hashtextextended(@family::text, 1))";

    private const string DeleteFamily = "delete from refresh_token where family = @family";

    private const string DeleteOfAgent = "delete from refresh_token where agent_id = @agent_id";

    private const string DeleteConsented = """
        delete from refresh_token where agent_id = @agent_id and client_id is not null
        """;

    private const string DeleteOfClient = "delete from refresh_token where client_id = @client_id";

    private const string DeleteExpired = """
        delete from refresh_token where hash in
          (select hash from refresh_token where expires_at < @now limit @limit)
        """;

    /// <summary>Makes the next token of a family (a new family when null) and returns its text, never kept.</summary>
    /// <param name="clientId">The OAuth client that it is for; null for the agent itself.</param>
    public async ValueTask<string> Issue(
        Session session,
        Guid agentId,
        Scope scopes,
        Guid? family = null,
        string? clientId = null
    )
    {
        var token = RandomToken.Create(Prefix);
        var line = family ?? ids.Next();
        // A family is as old as its id.
        var (unused, last) = (session.Now + settings.RefreshLife, Ids.TimeOf(line) + settings.SessionLife);
        await session.Execute(
            InsertOne,
            ("hash", RandomToken.Hash(token)),
            ("family", line),
            ("agent_id", agentId),
            ("scopes", scopes.Text()),
            ("client_id", clientId),
            ("expires_at", unused < last ? unused : last)
        );
        return token;
    }

    /// <summary>The row of a presented token; null when unknown or expired.</summary>
    public static async ValueTask<RefreshToken?> Find(Session session, string token)
    {
        var row = await session.First(SelectOne, RefreshToken.Read, ("hash", RandomToken.Hash(token)));
        return row is not null && row.ExpiresAt > session.Now ? row : null;
    }

    /// <summary>What can still be refreshed in the name of an agent: clients' first, the newest first.</summary>
    public static ValueTask<List<TokenFamily>> Families(Session session, Guid agentId, int limit) =>
        session.Query(SelectFamilies, TokenFamily.Read, ("agent_id", agentId), ("limit", limit));

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

    /// <summary>Ends what OAuth clients hold of an agent; the agent's own sessions go on.</summary>
    public static async ValueTask EndConsented(Session session, Guid agentId) =>
        await session.Execute(DeleteConsented, ("agent_id", agentId));

    public static async ValueTask EndAllOfClient(Session session, string clientId) =>
        await session.Execute(DeleteOfClient, ("client_id", clientId));

    /// <summary>Removes up to <paramref name="limit"/> expired rows and says how many.</summary>
    public static ValueTask<int> Prune(Session session, int limit) => session.Execute(DeleteExpired, ("limit", limit));
}

/// <summary>The row of a refresh token.</summary>
/// <param name="ClientId">The OAuth client that it was issued to; null for the agent itself.</param>
internal sealed record RefreshToken(
    byte[] Hash,
    Guid Family,
    Guid AgentId,
    Scope Scopes,
    string? ClientId,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>Whether who presents it is whom it was issued to; an agent need not say who it is.</summary>
    public bool IsOf(string? clientId) =>
        ClientId is null ? clientId is null || clientId == AgentId.ToString() : clientId == ClientId;

    public static RefreshToken Read(Row row) =>
        new(
            row.BytesOrNull(0)!,
            row.Id(1),
            row.Id(2),
            Ordinaut.Agents.Scopes.Parse(row.Text(3)),
            row.TextOrNull(4),
            row.Instant(5)
        );
}

/// <summary>What a login or a consent gave, while it can be refreshed.</summary>
/// <param name="ClientId">The OAuth client that it was issued to; null for the agent itself.</param>
/// <param name="RefreshedAt">Null: never, or so long ago that the token which was used then is gone.</param>
internal sealed record TokenFamily(
    Guid Id,
    string? ClientId,
    Scope Scopes,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RefreshedAt
)
{
    public DateTimeOffset BeganAt => Ids.TimeOf(Id);

    public static TokenFamily Read(Row row) =>
        new(
            row.Id(0),
            row.TextOrNull(1),
            Ordinaut.Agents.Scopes.Parse(row.Text(2)),
            row.Instant(3),
            row.InstantOrNull(4)
        );
}
