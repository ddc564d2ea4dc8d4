using Ordinaut.Audit;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// What every way of logging in shares: the backoff, the scopes asked for, the audit row, the refusal.
/// </summary>
internal sealed class LoginDesk(LoginBackoff backoff, AgentDirectory directory, AuditLog audit)
{
    public LoginBackoff Backoff { get; } = backoff;

    public AgentDirectory Directory { get; } = directory;

    /// <param name="claimed">Whose credentials they would be; null: nobody's.</param>
    public static Problem Refusal(Guid? claimed = null) =>
        new(ProblemKind.Unauthenticated, "These credentials are not valid: check the agent id and its secret or token.")
        {
            Claimed = claimed,
        };

    /// <summary>The scopes asked for (RFC 6749 §3.3), all held ones when none is named.</summary>
    public static Scope Narrow(Scope held, string? wanted)
    {
        if (string.IsNullOrWhiteSpace(wanted))
        {
            return held;
        }

        var scopes = Scope.None;
        foreach (var name in wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var known = Scopes.TryParse(name, out var scope);
            if (!known || !held.Cover(scope))
            {
                var detail = $"The agent does not hold the scope '{name}', so it cannot be asked for.";
                throw new Problem(ProblemKind.Invalid, detail, new FieldError("/scope", detail))
                {
                    GrantError = "invalid_scope",
                };
            }

            scopes |= scope;
        }

        return scopes;
    }

    /// <summary>
    /// Ends a session: its refresh tokens at once, and every access token of the agent (its other sessions get new
    /// ones by refreshing). The agent's row must be forgotten after the commit.
    /// </summary>
    public async ValueTask End(Session session, SessionEnd end, string requestId)
    {
        await RefreshTokens.EndFamily(session, end.Family);
        await AgentStore.EndTokens(session, end.AgentId);
        var agent = await AgentStore.Get(session, end.AgentId);
        await Note(session, end.Action, agent!, end.Scopes, requestId);
    }

    public ValueTask Note(Session session, string action, Agent agent, Scope scopes, string requestId) =>
        audit.Append(
            session,
            new Caller(agent.Id, scopes) { RequestId = requestId },
            new AuditEntry(action, "agent", agent.Id.ToString(), agent.Id)
        );
}

/// <summary>A session to end, and the word for why.</summary>
/// <param name="Family">The family of its refresh tokens.</param>
internal sealed record SessionEnd(Guid Family, Guid AgentId, Scope Scopes, string Action)
{
    public static SessionEnd Of(RefreshToken token, string action) =>
        new(token.Family, token.AgentId, token.Scopes, action);
}
