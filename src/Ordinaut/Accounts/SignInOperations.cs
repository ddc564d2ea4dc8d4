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

        var account = await db.Read(session => AccountStore.ByLogin(session, name));
        var token = await Knows(name, account, password, requestId)
            ? await db.Write(session => Begin(session, account!, requestId))
            : null;
        return token ?? throw Refusal(account);
    }

    /// <summary>
    /// Whether it is the password of a login. Each wrong one counts, wherever it was given: after too many none is
    /// looked at for a while.
    /// </summary>
    /// <param name="account">The login's; null when nobody has it.</param>
    public async Task<bool> Knows(string login, Account? account, string password, string requestId)
    {
        var counted = Sha256.Id(login);
        backoff.Check(counted);
        if (await passwords.Matches(password, account?.Password))
        {
            backoff.Succeeded(counted);
            return true;
        }

        backoff.Failed(counted);
        if (account is not null)
        {
            await db.Write(session => Note(session, account, "account.refused", requestId));
        }

        return false;
    }

    /// <summary>A session for whom a provider vouches; null when nobody is bound to that.</summary>
    public Task<string?> WithIdentity(string issuer, string subject, string requestId) =>
        db.Write(async session =>
            await AccountStore.ByIdentity(session, issuer, subject) is { } account
                ? await Begin(session, account, requestId)
                : null
        );

    /// <summary>Who is signed in; null for no session, or one that is over.</summary>
    public Task<SignedIn?> Who(string? token) => db.Read(session => SignedIn.Find(session, token));

    /// <summary>Nothing when nobody is signed in.</summary>
    public Task SignOut(string? token, string requestId) =>
        db.Write(async session =>
        {
            if (await SignedIn.Find(session, token) is { } who)
            {
                await WebSessions.End(session, who.Browser);
                await Note(session, who.Account, "account.signed_out", requestId);
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
