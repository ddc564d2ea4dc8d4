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

    public static Problem Refusal() =>
        new(
            ProblemKind.Unauthenticated,
            "These credentials are not valid: check the agent id and its secret or token."
        );

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
                throw Problem.Invalid(
                    "/scope",
                    $"The agent does not hold the scope '{name}', so it cannot be asked for."
                );
            }

            scopes |= scope;
        }

        return scopes;
    }

    public ValueTask Note(Session session, string action, Agent agent, Scope scopes, string requestId) =>
        audit.Append(
            session,
            new Caller(agent.Id, scopes) { RequestId = requestId },
            new AuditEntry(action, "agent", agent.Id.ToString(), agent.Id)
        );
}
