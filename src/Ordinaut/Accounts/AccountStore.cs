using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>SQL of table <c>account</c>.</summary>
internal static class AccountStore
{
    private const string Columns = "agent_id, login, password, issuer, subject, updated_at";

    private const string SelectOne = $"select {Columns} from account where agent_id = @agent_id";

    private const string SelectLogin = $"select {Columns} from account where login = @login";

    private const string SelectIdentity = $"""
        select {Columns} from account where issuer = @issuer and subject = @subject
        """;

    private const string Upsert = """
        insert into account (agent_id, login, password, issuer, subject, updated_at)
        values (@agent_id, @login, @password, @issuer, @subject, @now)
        on conflict (agent_id) do update set
          login = excluded.login, password = excluded.password, issuer = excluded.issuer,
          subject = excluded.subject, updated_at = excluded.updated_at
        """;

    private const string DeleteOne = "delete from account where agent_id = @agent_id";

    // Two managers who give one login, or one identity, to two agents at once take turns.
    private const string TakeTurn = "lock table account in share row exclusive mode";

    public static ValueTask<Account?> Of(Session session, Guid agentId) =>
        session.First(SelectOne, Account.Read, ("agent_id", agentId));

    public static ValueTask<Account?> ByLogin(Session session, string login) =>
        session.First(SelectLogin, Account.Read, ("login", login));

    public static ValueTask<Account?> ByIdentity(Session session, string issuer, string subject) =>
        session.First(SelectIdentity, Account.Read, ("issuer", issuer), ("subject", subject));

    public static ValueTask Lock(Session session) => session.Lock(TakeTurn);

    public static async ValueTask Save(Session session, Account account) =>
        await session.Execute(
            Upsert,
            ("agent_id", account.AgentId),
            ("login", account.Login),
            ("password", account.Password),
            ("issuer", account.Issuer),
            ("subject", account.Subject)
        );

    public static async ValueTask Remove(Session session, Guid agentId) =>
        await session.Execute(DeleteOne, ("agent_id", agentId));
}
