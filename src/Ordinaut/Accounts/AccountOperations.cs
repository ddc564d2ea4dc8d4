using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>
/// How people sign in as agents: set, shown and taken away by whoever may manage the agent, for who can sign in as it
/// can do all that it may.
/// </summary>
internal sealed class AccountOperations(Db db, AuditLog audit, Passwords passwords)
{
    /// <summary>
    /// Sets it whole; of what was set before only the password stays, when none is given with the login. Browsers in
    /// which the agent is signed in, and what was consented to there, end. Not repeatable by <c>Idempotency-Key</c>,
    /// because the request would have to be kept.
    /// </summary>
    public async Task<AccountView> Put(Caller caller, Guid agentId, AccountInput input)
    {
        caller.Require(Scope.AgentsManage);
        var known = await db.Read(async session =>
        {
            await AgentOperations.Manageable(session, caller, agentId);
            return await AccountStore.Of(session, agentId);
        });
        AccountCheck.Check(input, known?.Password is not null);
        var hash = input.Password is null ? null : await passwords.Hash(input.Password);
        return await db.Write(async session =>
        {
            var agent = await AgentOperations.Manageable(session, caller, agentId);
            await AccountStore.Lock(session);
            var before = await AccountStore.Of(session, agentId);
            var login = input.Login?.ToLowerInvariant();
            var kept = login is null ? null : hash ?? before?.Password;
            var account = new Account(agentId, login, kept, input.Issuer, input.Subject, session.Now);
            await RequireFree(session, account);
            await AccountStore.Save(session, account);
            await EndSessions(session, agentId);
            await audit.Append(session, caller, account.Entry("account.set", agent.Id));
            return account.View();
        });
    }

    public async Task<AccountView> Get(Caller caller, Guid agentId)
    {
        caller.Require(Scope.AgentsManage);
        var account = await db.Read(async session =>
        {
            await AgentOperations.Visible(session, caller, agentId);
            return await AccountStore.Of(session, agentId);
        });
        return (account ?? throw Missing(agentId)).View();
    }

    /// <summary>Nobody can sign in as the agent any more; its own secret stays.</summary>
    public Task Remove(Caller caller, Guid agentId)
    {
        caller.Require(Scope.AgentsManage);
        return db.Write(async session =>
        {
            await AgentOperations.Manageable(session, caller, agentId);
            var account = await AccountStore.Of(session, agentId) ?? throw Missing(agentId);
            await AccountStore.Remove(session, agentId);
            await EndSessions(session, agentId);
            await audit.Append(session, caller, account.Entry("account.removed", agentId));
        });
    }

    private static Problem Missing(Guid agentId) => Problem.NotFound("account of agent", agentId.ToString());

    private static async ValueTask EndSessions(Session session, Guid agentId)
    {
        await WebSessions.EndAll(session, agentId);
        await RefreshTokens.EndConsented(session, agentId);
    }

    private static async ValueTask RequireFree(Session session, Account account)
    {
        var named = account.Login is { } login ? await AccountStore.ByLogin(session, login) : null;
        if (named is not null && named.AgentId != account.AgentId)
        {
            throw Problem.Conflict($"There is already an account with the login '{account.Login}'; choose another.");
        }

        var bound = account.Issuer is { } issuer
            ? await AccountStore.ByIdentity(session, issuer, account.Subject!)
            : null;
        if (bound is not null && bound.AgentId != account.AgentId)
        {
            throw Problem.Conflict("This issuer and subject sign in as another agent already.");
        }
    }
}
