using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.OAuth;

/// <summary>Codes in, tokens out, and the end of tokens for those they were issued to.</summary>
internal sealed class GrantOperations(Db db, RefreshTokens refresh, LoginDesk desk, AccessTokens tokens)
{
    /// <summary>Exchanges a code for the first pair of tokens of its family; using one twice ends the family.</summary>
    public async Task<TokenAnswer> Exchange(CodeExchange given, LoginCall call)
    {
        if (given.Code.Length > RandomToken.MaxLength)
        {
            throw Refusal("The code is unknown, expired or used.");
        }

        var outcome = await db.Write(session => Exchange(session, given, call));
        if (outcome.Ended is { } ended)
        {
            desk.Directory.Forget(ended);
        }

        return outcome.Answer ?? throw outcome.Fault!;
    }

    /// <summary>
    /// Ends the session of a refresh token, or every access token of the agent for one of those. An unknown token is no
    /// error (RFC 7009 §2.2).
    /// </summary>
    /// <param name="clientId">Who presents it; must be whom it was issued to.</param>
    public async Task Revoke(string token, string clientId, string requestId)
    {
        if (token.Length > TokenShape.MaxLength)
        {
            return;
        }

        var claims = await tokens.Verify(token);
        var ended = await db.Write(async session =>
        {
            var row = claims is null ? await RefreshTokens.Find(session, token) : null;
            if (row is { } held && held.IsOf(clientId))
            {
                await desk.End(session, SessionEnd.Of(held, "token.revoked"), requestId);
                return held.AgentId;
            }

            if (claims is not null && claims.ClientId == clientId)
            {
                return await EndAccess(session, claims, requestId);
            }

            return (Guid?)null;
        });
        if (ended is { } agentId)
        {
            desk.Directory.Forget(agentId);
        }
    }

    private async ValueTask<Guid?> EndAccess(Session session, TokenClaims claims, string requestId)
    {
        // A token that ended before ends nothing more.
        if (await AgentStore.Get(session, claims.AgentId) is not { } agent || agent.TokenEpoch != claims.Epoch)
        {
            return null;
        }

        await AgentStore.EndTokens(session, agent.Id);
        await desk.Note(session, "token.revoked", agent, claims.Scopes, requestId);
        return agent.Id;
    }

    /// <summary>A use must be committed although the answer is a refusal, so that is returned, not thrown.</summary>
    private async ValueTask<Outcome> Exchange(Session session, CodeExchange given, LoginCall call)
    {
        var code = await AuthorizationCodes.Find(session, given.Code);
        var agent = code is null ? null : await AgentStore.Get(session, code.Consent.AgentId);
        if (code is null || agent is not { IsActive: true })
        {
            return Outcome.Refused("The code is unknown, expired or used.");
        }

        var consent = code.Consent;
        if (!await AuthorizationCodes.Use(session, code))
        {
            var end = new SessionEnd(consent.Family, consent.AgentId, consent.Scopes, "code.reused");
            await desk.End(session, end, call.RequestId);
            return Outcome.Refused("The code is unknown, expired or used.") with { Ended = consent.AgentId };
        }

        // Whoever presents a code wrongly may have stolen it: it is used up all the same.
        if (given.FaultOf(consent) is { } fault)
        {
            await desk.Note(session, "code.refused", agent, consent.Scopes, call.RequestId);
            return Outcome.Refused(fault);
        }

        var scopes = consent.Scopes.Within(agent.Scopes);
        await desk.Note(session, "token.issued", agent, scopes, call.RequestId);
        var next = await refresh.Issue(session, agent.Id, scopes, consent.Family, consent.ClientId);
        return new Outcome(tokens.Answer(agent, scopes, next, call.Issuer, consent.ClientId), null, null);
    }

    private static Problem Refusal(string detail) => GrantProblems.Of("invalid_grant", detail);

    /// <param name="Ended">The agent whose tokens ended because a used code came again.</param>
    private sealed record Outcome(TokenAnswer? Answer, Problem? Fault, Guid? Ended)
    {
        public static Outcome Refused(string detail) => new(null, Refusal(detail), null);
    }
}

/// <summary>A code, and what shows that it comes from whom it was made for.</summary>
/// <param name="IsOurs">Whether a resource is this server.</param>
internal sealed record CodeExchange(
    string Code,
    string ClientId,
    string RedirectUri,
    string Verifier,
    IReadOnlyList<string> Resources,
    Func<string, bool> IsOurs
)
{
    /// <summary>What does not fit to the consent; null when all does.</summary>
    public string? FaultOf(Consent consent) =>
        consent.ClientId != ClientId ? "The code was made for another client."
        : consent.RedirectUri != RedirectUri ? "redirect_uri is not the one that the code was sent to."
        : !Pkce.Answers(Verifier, consent.Challenge) ? "code_verifier does not fit to the code_challenge."
        : !Resources.All(one => IsOurs(one) && one == (consent.Resource ?? one))
            ? "resource is not what was consented to."
        : null;
}
