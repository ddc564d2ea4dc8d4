using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.OAuth;
using Ordinaut.Runs;

namespace Ordinaut.Tests.OAuth;

/// <summary>What the database decides, on both of them, for two nodes that work on it.</summary>
public sealed class GrantStoreTests
{
    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_presented_many_times_at_once_is_used_once(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var consent = Of(nodes.One);
        var code = await nodes.One.Db.Write(session => AuthorizationCodes.Issue(session, consent));

        var used = await nodes.AtOnce(16, (node, _) => node.Db.Write(session => Use(session, code)));

        Assert.Equal(1, used.Count(won => won));
        var kept = await nodes.One.Db.Read(session => AuthorizationCodes.Find(session, code));
        Assert.Equal((consent, true), (kept!.Consent, kept.IsUsed));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Codes_go_with_their_client_and_after_a_day(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var node = nodes.One;
        var (one, other) = (Of(node), Of(node) with { ClientId = "https://app.example/client.json" });
        var gone = await node.Db.Write(session => AuthorizationCodes.Issue(session, one));
        var left = await node.Db.Write(session => AuthorizationCodes.Issue(session, other));
        await node.Db.Write(session => Use(session, left));

        await node.Db.Write(session => AuthorizationCodes.EndAllOfClient(session, one.ClientId));
        Assert.Null(await node.Db.Read(session => AuthorizationCodes.Find(session, gone)));
        Pass(nodes, AuthorizationCodes.Kept);
        Assert.Equal(0, await node.Db.Write(session => AuthorizationCodes.Prune(session, Retention.BatchSize)));
        Pass(nodes, AuthorizationCodes.Life + TimeSpan.FromSeconds(1));
        Assert.Equal(1, await node.Db.Write(session => AuthorizationCodes.Prune(session, Retention.BatchSize)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_session_lives_its_time_and_ends_with_the_others_of_its_agent(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var (node, agentId) = (nodes.One, nodes.One.Ann.AgentId);
        var tokens = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            tokens.Add(await node.Db.Write(session => WebSessions.Begin(session, agentId)));
        }

        var first = await node.Db.Read(session => WebSessions.Find(session, tokens[0]));
        Assert.Equal(agentId, first!.AgentId);
        await node.Db.Write(session => WebSessions.End(session, first));
        Assert.Null(await node.Db.Read(session => WebSessions.Find(session, tokens[0])));
        await node.Db.Write(session => WebSessions.EndAll(session, agentId));
        Assert.Null(await node.Db.Read(session => WebSessions.Find(session, tokens[1])));
        var late = await node.Db.Write(session => WebSessions.Begin(session, agentId));
        Pass(nodes, WebSessions.Life);
        Assert.Null(await node.Db.Read(session => WebSessions.Find(session, late)));
        Pass(nodes, TimeSpan.FromSeconds(1));
        Assert.Equal(1, await node.Db.Write(session => WebSessions.Prune(session, Retention.BatchSize)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_agents_that_get_one_login_at_once_one_has_it(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);

        var saved = await nodes.AtOnce(
            8,
            (node, i) =>
                node.Db.Write(async session =>
                {
                    await AccountStore.Lock(session);
                    if (await AccountStore.ByLogin(session, "ann") is not null)
                    {
                        return false;
                    }

                    await AccountStore.Save(
                        session,
                        new Account(node.Ids.Next(), "ann", "x", "https://i", $"{i}", session.Now)
                    );
                    return true;
                })
        );

        Assert.Equal(1, saved.Count(won => won));
        var account = await nodes.One.Db.Read(session => AccountStore.ByLogin(session, "ann"));
        var same = await nodes.One.Db.Read(session => AccountStore.ByIdentity(session, "https://i", account!.Subject!));
        Assert.Equal(account, same);
        await nodes.One.Db.Write(session => AccountStore.Remove(session, account!.AgentId));
        Assert.Null(await nodes.One.Db.Read(session => AccountStore.Of(session, account!.AgentId)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Refresh_tokens_of_clients_end_without_those_of_the_agent(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var (node, agentId) = (nodes.One, nodes.One.Ann.AgentId);
        var life = TimeSpan.FromDays(1);
        var tokens = new RefreshTokens(node.Ids, new TokenSettings("", "", life, life));

        Task<string> Issue(string? clientId) =>
            node.Db.Write(session => tokens.Issue(session, agentId, Scope.TasksRead, clientId: clientId));
        Task<RefreshToken?> Find(string token) => node.Db.Read(session => RefreshTokens.Find(session, token));

        var (own, one, other) = (await Issue(null), await Issue("one"), await Issue("other"));
        await node.Db.Write(session => RefreshTokens.EndAllOfClient(session, "one"));
        Assert.Null(await Find(one));
        Assert.Equal("other", (await Find(other))!.ClientId);
        await node.Db.Write(session => RefreshTokens.EndConsented(session, agentId));
        Assert.Null(await Find(other));
        Assert.Null((await Find(own))!.ClientId);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_held_of_an_agent_is_listed_clients_first_once_for_each_family(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var (node, agentId) = (nodes.One, nodes.One.Ann.AgentId);
        var (unused, last) = (TimeSpan.FromDays(1), TimeSpan.FromDays(3));
        var settings = new TokenSettings("", "", unused, unused) { SessionLife = last };
        var tokens = new RefreshTokens(node.Ids, settings);

        Task<string> Issue(Guid owner, string? clientId, Guid? family = null) =>
            node.Db.Write(session => tokens.Issue(session, owner, Scope.TasksRead, family, clientId));
        Task<List<TokenFamily>> Listed(int limit = 10) =>
            node.Db.Read(session => RefreshTokens.Families(session, agentId, limit));

        var family = node.Ids.Next();
        var first = await Issue(agentId, "one", family);
        await Issue(agentId, null);
        await Issue(node.Ids.Next(), "one");
        Pass(nodes, TimeSpan.FromHours(1));
        await Issue(agentId, "other");
        var usedAt = nodes.Clock.GetUtcNow();
        await node.Db.Write(async session =>
            await RefreshTokens.Use(session, (await RefreshTokens.Find(session, first))!)
        );
        await Issue(agentId, "one", family);

        var listed = await Listed();
        Assert.Equal(["other", "one", null], listed.Select(one => one.ClientId));
        Assert.Equal([null, usedAt, null], listed.Select(one => one.RefreshedAt));
        Assert.Equal((family, usedAt + unused), (listed[1].Id, listed[1].ExpiresAt));
        Assert.Equal(Scope.TasksRead, listed[1].Scopes);
        Assert.Equal(2, (await Listed(2)).Count);
        Pass(nodes, unused - TimeSpan.FromHours(1));
        Assert.Equal(["other", "one"], (await Listed()).Select(one => one.ClientId));
        Pass(nodes, TimeSpan.FromHours(1));
        Assert.Empty(await Listed());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Browsers_of_an_agent_are_listed_newest_first_and_the_others_end(string engine)
    {
        using var nodes = await Store.Nodes.Start(engine);
        var (node, agentId) = (nodes.One, nodes.One.Ann.AgentId);
        var tokens = new List<string>();
        foreach (var owner in new[] { agentId, agentId, agentId, node.Ids.Next() })
        {
            tokens.Add(await node.Db.Write(session => WebSessions.Begin(session, owner)));
            Pass(nodes, TimeSpan.FromMinutes(1));
        }

        Task<List<WebSession>> Listed(int limit = 10) =>
            node.Db.Read(session => WebSessions.Of(session, agentId, limit));

        var listed = await Listed();
        Assert.Equal(3, listed.Count);
        Assert.Equal(nodes.Clock.GetUtcNow() - TimeSpan.FromMinutes(2), listed[0].BeganAt);
        Assert.Equal(listed.OrderByDescending(one => one.BeganAt), listed);
        Assert.Equal(listed[0].Name, Assert.Single(await Listed(1)).Name);
        await node.Db.Write(session => WebSessions.EndOthers(session, listed[1]));
        Assert.Equal(listed[1].Name, Assert.Single(await Listed()).Name);
        Assert.NotNull(await node.Db.Read(session => WebSessions.Find(session, tokens[3])));
        Pass(nodes, WebSessions.Life);
        Assert.Empty(await Listed());
    }

    private static void Pass(Store.Nodes nodes, TimeSpan time) => nodes.Clock.MoveTo(nodes.Clock.GetUtcNow() + time);

    private static Consent Of(CoreBundle node) =>
        new(
            node.Ids.Next(),
            node.Ids.Next().ToString(),
            node.Ann.AgentId,
            Scope.TasksRead | Scope.TasksCreate,
            "http://127.0.0.1/callback",
            Pkce.Challenge("x"),
            null
        );

    private static async ValueTask<bool> Use(Ordinaut.Store.Session session, string code) =>
        await AuthorizationCodes.Find(session, code) is { } row && await AuthorizationCodes.Use(session, row);
}
