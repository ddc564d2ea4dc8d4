using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>
/// SQL of table <c>web_session</c>: browsers in which a person is signed in, for as long as it takes to consent. It
/// lets nobody call the API: that takes a token.
/// </summary>
internal static class WebSessions
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private const string SelectOne = """
        select hash, agent_id, expires_at from web_session where hash = @hash and expires_at > @now
        """;

    private const string SelectOfAgent = """
        select hash, agent_id, expires_at from web_session where agent_id = @agent_id and expires_at > @now
        order by expires_at desc, hash limit @limit
        """;

    private const string InsertOne = """
        insert into web_session (hash, agent_id, expires_at) values (@hash, @agent_id, @expires_at)
        """;

    private const string DeleteOne = "delete from web_session where hash = @hash";

    private const string DeleteOfAgent = "delete from web_session where agent_id = @agent_id";

    private const string DeleteOthers = "delete from web_session where agent_id = @agent_id and hash <> @hash";

    private const string DeleteExpired = """
        delete from web_session where hash in
          (select hash from web_session where expires_at < @now limit @limit)
        """;

    /// <summary>Begins one and returns what the browser keeps of it.</summary>
    public static async ValueTask<string> Begin(Session session, Guid agentId)
    {
        var token = RandomToken.Create();
        await session.Execute(
            InsertOne,
            ("hash", RandomToken.Hash(token)),
            ("agent_id", agentId),
            ("expires_at", session.Now + Life)
        );
        return token;
    }

    /// <summary>The one of what a browser shows; null when it is none, or over.</summary>
    public static ValueTask<WebSession?> Find(Session session, string token) =>
        session.First(SelectOne, WebSession.Read, ("hash", RandomToken.Hash(token)));

    /// <summary>The newest of an agent that are not over.</summary>
    public static ValueTask<List<WebSession>> Of(Session session, Guid agentId, int limit) =>
        session.Query(SelectOfAgent, WebSession.Read, ("agent_id", agentId), ("limit", limit));

    public static async ValueTask End(Session session, WebSession one) =>
        await session.Execute(DeleteOne, ("hash", one.Hash));

    /// <summary>Ends all of its agent but this one.</summary>
    public static async ValueTask EndOthers(Session session, WebSession one) =>
        await session.Execute(DeleteOthers, ("agent_id", one.AgentId), ("hash", one.Hash));

    public static async ValueTask EndAll(Session session, Guid agentId) =>
        await session.Execute(DeleteOfAgent, ("agent_id", agentId));

    /// <summary>Removes up to <paramref name="limit"/> that are over and says how many.</summary>
    public static ValueTask<int> Prune(Session session, int limit) => session.Execute(DeleteExpired, ("limit", limit));
}

/// <summary>The row of a browser in which somebody is signed in.</summary>
/// <param name="Hash">Of what the browser keeps.</param>
internal sealed record WebSession(byte[] Hash, Guid AgentId, DateTimeOffset ExpiresAt)
{
    public DateTimeOffset BeganAt => ExpiresAt - WebSessions.Life;

    /// <summary>What its owner calls it by; nobody gets in by that.</summary>
    public string Name => Convert.ToHexStringLower(Hash);

    public static WebSession Read(Row row) => new(row.Bytes(0), row.Id(1), row.Instant(2));
}
