using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>
/// What people do with their own accounts, by the session of their browser: their password, and the browsers in which
/// they are signed in.
/// </summary>
internal sealed class OwnAccountOperations(
    Db db,
    SignInOperations signIns,
    Passwords passwords,
    AgentDirectory directory,
    AuditLog audit
)
{
    /// <summary>The newest browsers that are shown; all others can be ended at once all the same.</summary>
    public const int MaxShown = 100;

    public Task<List<WebSession>> Browsers(SignedIn who) =>
        db.Read(session => WebSessions.Of(session, who.Agent.Id, MaxShown));

    /// <summary>
    /// Sets another password, for whoever knows the one there is. All other browsers end, and what programs hold where
    /// that is asked for.
    /// </summary>
    public async Task ChangePassword(string? token, PasswordChange change, string requestId)
    {
        var before = (await db.Read(session => SignedIn.Require(session, token))).Account;
        if (before is not { Login: { } login, Password: not null })
        {
            throw Problem.Conflict($"You have no password here: you sign in at {before.Issuer}. Change it there.");
        }

        Problem.Refuse([.. PasswordCheck.Findings(change.Next, login)]);
        if (
            change.Current.Length > Passwords.MaxLength
            || !await signIns.Knows(login, before, change.Current, requestId)
        )
        {
            throw new Problem(ProblemKind.Forbidden, "This is not your password as it is now; try again.");
        }

        var hash = await passwords.Hash(change.Next);
        await db.Write(async session =>
        {
            await AccountStore.Lock(session);
            var who = await SignedIn.Require(session, token);
            if (who.Account.Password != before.Password)
            {
                throw Problem.Conflict("Your account was changed meanwhile; begin anew.");
            }

            await AccountStore.Save(session, who.Account with { Password = hash });
            await WebSessions.EndOthers(session, who.Browser);
            if (change.EndsPrograms)
            {
                await RefreshTokens.EndConsented(session, who.Agent.Id);
                await AgentStore.EndTokens(session, who.Agent.Id);
            }

            await Note(session, who, "account.password_changed", requestId);
        });
        directory.Forget(before.AgentId);
    }

    /// <summary>Signs out in one of the person's browsers.</summary>
    /// <param name="name">Which, as <see cref="WebSession.Name"/> tells it.</param>
    public Task EndBrowser(string? token, string name, string requestId) =>
        db.Write(async session =>
        {
            var who = await SignedIn.RequireRecent(session, token);
            var browsers = await WebSessions.Of(session, who.Agent.Id, MaxShown);
            var ended = browsers.Find(one => one.Name == name) ?? throw Problem.NotFound("signed-in browser", name);
            await WebSessions.End(session, ended);
            await Note(session, who, "account.session_ended", requestId);
        });

    /// <summary>Signs out in all of the person's browsers but this one.</summary>
    public Task EndOtherBrowsers(string? token, string requestId) =>
        db.Write(async session =>
        {
            var who = await SignedIn.RequireRecent(session, token);
            await WebSessions.EndOthers(session, who.Browser);
            await Note(session, who, "account.sessions_ended", requestId);
        });

    private ValueTask Note(Session session, SignedIn who, string action, string requestId) =>
        audit.Append(session, who.Caller(requestId), who.Account.Entry(action, who.Agent.Id));
}

/// <summary>A password in place of another.</summary>
/// <param name="EndsPrograms">Whether what programs were allowed is taken back.</param>
internal sealed record PasswordChange(string Current, string Next, bool EndsPrograms);
