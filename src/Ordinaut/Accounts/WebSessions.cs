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
        select agent_id from web_session where hash = @hash and expires_at > @now
        """;

    private const string InsertOne = """
        insert into web_session (hash, agent_id, expires_at) values (@hash, @agent_id, @expires_at)
        """;

    private const string DeleteOne = "delete from web_session where hash = @hash";

    private const string DeleteOfAgent = "delete from web_session where agent_id = @agent_id";

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

    /// <summary>Whose session it is; null when it is none, or over.</summary>
    public static async ValueTask<Guid?> Find(Session session, string token) =>
        await session.First(SelectOne, row => row.IdOrNull(0), ("hash", RandomToken.Hash(token)));

    public static async ValueTask End(Session session, string token) =>
        await session.Execute(DeleteOne, ("hash", RandomToken.Hash(token)));

    public static async ValueTask EndAll(Session session, Guid agentId) =>
        await session.Execute(DeleteOfAgent, ("agent_id", agentId));

    /// <summary>Removes up to <paramref name="limit"/> that are over and says how many.</summary>
    public static ValueTask<int> Prune(Session session, int limit) => session.Execute(DeleteExpired, ("limit", limit));
}
