using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>
/// From who a person is to a session in their browser. Whoever fails gets one and the same answer, after the same work,
/// whether the login is unknown, the agent stopped or the password wrong.
/// </summary>
internal sealed class SignInOperations(Db db, Passwords passwords, LoginBackoff backoff, AuditLog audit)
{
    /// <summary>Exchanges a password for a session.</summary>
    /// <param name="requestId">Ties the answer to its audit row.</param>
    public async Task<string> WithPassword(string? login, string? password, string requestId)
    {
        var name = login?.Trim().ToLowerInvariant() ?? "";
        if (name.Length is 0 or > AccountCheck.MaxLogin || password is null || password.Length > Passwords.MaxLength)
        {
            throw Refusal();
        }

        var counted = Sha256.Id(name);
        backoff.Check(counted);
        var account = await db.Read(session => AccountStore.ByLogin(session, name));
        if (await passwords.Matches(password, account?.Password))
        {
            var token = await db.Write(session => Begin(session, account!, requestId));
            backoff.Succeeded(counted);
            return token ?? throw Refusal(account);
        }

        backoff.Failed(counted);
        if (account is not null)
        {
            await db.Write(session => Note(session, account, "account.refused", requestId));
        }

        throw Refusal(account);
    }

    /// <summary>A session for whom a provider vouches; null when nobody is bound to that.</summary>
    public Task<string?> WithIdentity(string issuer, string subject, string requestId) =>
        db.Write(async session =>
            await AccountStore.ByIdentity(session, issuer, subject) is { } account
                ? await Begin(session, account, requestId)
                : null
        );

    /// <summary>Who is signed in; null for no session, or one that is over.</summary>
    public async Task<Agent?> Who(string? token)
    {
        if (token is null || token.Length > RandomToken.MaxLength)
        {
            return null;
        }

        var agent = await db.Read(async session =>
            await WebSessions.Find(session, token) is { } id ? await AgentStore.Get(session, id) : null
        );
        return agent is { IsActive: true } ? agent : null;
    }

    public Task SignOut(string token, string requestId) =>
        db.Write(async session =>
        {
            if (await WebSessions.Find(session, token) is { } id && await AccountStore.Of(session, id) is { } account)
            {
                await WebSessions.End(session, token);
                await Note(session, account, "account.signed_out", requestId);
            }
        });

    private async ValueTask<string?> Begin(Session session, Account account, string requestId)
    {
        if (await AgentStore.Get(session, account.AgentId) is not { IsActive: true })
        {
            await Note(session, account, "account.refused", requestId);
            return null;
        }

        await Note(session, account, "account.signed_in", requestId);
        return await WebSessions.Begin(session, account.AgentId);
    }

    private ValueTask Note(Session session, Account account, string action, string requestId) =>
        audit.Append(
            session,
            new Caller(account.AgentId, Scope.None) { RequestId = requestId },
            account.Entry(action, account.AgentId)
        );

    private static Problem Refusal(Account? claimed = null) =>
        new(ProblemKind.Unauthenticated, "This login and password do not fit together; try again.")
        {
            Claimed = claimed?.AgentId,
        };
}
