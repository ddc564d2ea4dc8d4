using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// Secrets and refresh tokens in, tokens out. Whoever fails gets one and the same answer, whether the agent is
/// unknown, disabled or the secret wrong.
/// </summary>
internal sealed class LoginOperations(Db db, RefreshTokens refresh, LoginDesk desk, AccessTokens tokens)
{
    /// <summary>Exchanges a secret for a pair of tokens (RFC 6749 §4.4).</summary>
    public async Task<TokenAnswer> Token(string? agentId, string? secret, string? scope, LoginCall call)
    {
        if (!Guid.TryParse(agentId, out var id) || secret is null || secret.Length > RandomToken.MaxLength)
        {
            throw LoginDesk.Refusal();
        }

        var agent = await db.Read(session => AgentStore.Get(session, id));
        if (!AgentSecret.Matches(secret, agent))
        {
            // Only here: of 256 random bits nobody guesses any, and whoever knows an id could lock its agent out.
            desk.Backoff.Check(id);
            desk.Backoff.Failed(id);
            throw LoginDesk.Refusal(agent?.Id);
        }

        desk.Backoff.Succeeded(id);
        var scopes = LoginDesk.Narrow(agent!.Scopes, scope);
        var next = await db.Write(async session =>
        {
            await desk.Note(session, "token.issued", agent, scopes, call.RequestId);
            return await refresh.Issue(session, id, scopes);
        });
        return tokens.Answer(agent, scopes, next, call.Issuer);
    }

    /// <summary>Exchanges a refresh token for the next pair; using one twice ends its family.</summary>
    /// <param name="clientId">Who presents it; an agent need not say.</param>
    public async Task<TokenAnswer> Refresh(string? token, string? scope, LoginCall call, string? clientId = null)
    {
        if (token is null || token.Length > RandomToken.MaxLength)
        {
            throw NoGrant();
        }

        var outcome = await db.Write(session => Rotate(session, (token, clientId), scope, call));
        if (outcome.Ended is { } ended)
        {
            desk.Directory.Forget(ended);
        }

        return outcome.Answer ?? throw NoGrant(outcome.Ended);
    }

    /// <summary>
    /// Ends a session: its refresh tokens at once, and every access token of the agent (its other sessions get new
    /// ones by refreshing). An unknown token is no error (RFC 7009 §2.2).
    /// </summary>
    public async Task Revoke(string? token, string requestId)
    {
        if (token is null || token.Length > RandomToken.MaxLength)
        {
            throw Problem.Invalid("/refresh_token", "The refresh token of the session to end must be given.");
        }

        var ended = await db.Write(async session =>
        {
            var row = await RefreshTokens.Find(session, token);
            if (row is not null)
            {
                await desk.End(session, SessionEnd.Of(row, "token.revoked"), requestId);
            }

            return row?.AgentId;
        });
        if (ended is { } agentId)
        {
            desk.Directory.Forget(agentId);
        }
    }

    private static Problem NoGrant(Guid? claimed = null) =>
        new(ProblemKind.Unauthenticated, LoginDesk.Refusal().Message)
        {
            GrantError = "invalid_grant",
            Claimed = claimed,
        };

    /// <summary>A reuse must be committed although the answer is a refusal, so it is returned, not thrown.</summary>
    private async ValueTask<Outcome> Rotate(
        Session session,
        (string Token, string? ClientId) given,
        string? scope,
        LoginCall call
    )
    {
        var row = await RefreshTokens.Find(session, given.Token);
        var agent = row is null ? null : await AgentStore.Get(session, row.AgentId);
        if (row is null || !row.IsOf(given.ClientId) || agent is not { IsActive: true })
        {
            return new Outcome(null, null);
        }

        if (!await RefreshTokens.Use(session, row))
        {
            await desk.End(session, SessionEnd.Of(row, "token.reused"), call.RequestId);
            return new Outcome(null, row.AgentId);
        }

        var held = row.Scopes.Within(agent.Scopes);
        var scopes = LoginDesk.Narrow(held, scope);
        await desk.Note(session, "token.refreshed", agent, scopes, call.RequestId);
        var next = await refresh.Issue(session, agent.Id, held, row.Family, row.ClientId);
        return new Outcome(tokens.Answer(agent, scopes, next, call.Issuer, row.ClientId), null);
    }

    /// <param name="Ended">The agent whose tokens ended because a used token came again.</param>
    private sealed record Outcome(TokenAnswer? Answer, Guid? Ended);
}
