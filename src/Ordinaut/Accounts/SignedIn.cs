using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Accounts;

/// <summary>A person who is signed in in a browser.</summary>
internal sealed record SignedIn(Agent Agent, Account Account, WebSession Browser)
{
    /// <summary>How long after signing in one may end sessions: a browser left alone must not.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    /// <param name="token">What the browser keeps.</param>
    /// <returns>Null for no session, one that is over, or one of a stopped agent.</returns>
    public static async ValueTask<SignedIn?> Find(Session session, string? token) =>
        token is { Length: <= RandomToken.MaxLength }
        && await WebSessions.Find(session, token) is { } browser
        && await AgentStore.Get(session, browser.AgentId) is { IsActive: true } agent
        && await AccountStore.Of(session, agent.Id) is { } account
            ? new SignedIn(agent, account, browser)
            : null;

    /// <exception cref="Problem">Nobody is signed in.</exception>
    public static async ValueTask<SignedIn> Require(Session session, string? token) =>
        await Find(session, token) ?? throw Refusal("You are not signed in any more; sign in again.");

    /// <exception cref="Problem">Nobody is signed in, or not since a few minutes ago.</exception>
    public static async ValueTask<SignedIn> RequireRecent(Session session, string? token)
    {
        var who = await Require(session, token);
        return session.Now - who.Browser.BeganAt <= Recent
            ? who
            : throw Refusal($"You signed in more than {Recent.TotalMinutes} minutes ago; sign in again to do that.");
    }

    /// <summary>As whom what the person does here is audited; it takes no scope.</summary>
    public Caller Caller(string requestId) => new(Agent.Id, Scope.None) { RequestId = requestId };

    private static Problem Refusal(string detail) => new(ProblemKind.Unauthenticated, detail);
}
