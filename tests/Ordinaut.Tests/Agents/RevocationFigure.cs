using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Agents;

/// <summary>
/// Figure 11, the part of revocation: what is taken away is gone on every node within five seconds, while Redis is
/// down, and stays gone for a node that starts afterwards.
/// </summary>
public sealed class RevocationFigure(ITestOutputHelper output)
{
    private const string Quiet = "update agent set scopes = @scopes where id = @id";

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task What_is_taken_away_is_gone_on_three_nodes_within_five_seconds_and_after_a_restart()
    {
        await using var nodes = await ThreeNodes.Start();
        var admin = await nodes.First.AsAdmin();
        var gone = new List<string>();
        foreach (var (name, takeAway) in Ways(nodes, admin))
        {
            gone.Add(await Take(nodes, name, takeAway));
        }

        // What nobody took away is there, as old as the others: the refusals are of what was.
        await using (var restarted = await nodes.Node())
        {
            Assert.Equal(200, await ThreeNodes.Status(restarted, admin.Token, "/agents"));
            foreach (var token in gone)
            {
                Assert.NotEqual(200, await ThreeNodes.Status(restarted, token, "/agents"));
            }
        }

        // The last, for it takes all: with the keys every token ends.
        var last = await Take(nodes, "keys rotated at once", (_, _) => RotateAtOnce(admin));
        await using var again = await nodes.Node();
        Assert.Equal(401, await ThreeNodes.Status(again, last, "/agents"));
        var next = (await nodes.First.Login(nodes.First.Admin)).AccessToken;
        Assert.Equal(200, await ThreeNodes.Status(again, next, "/agents"));
    }

    /// <summary>The mutant of the test above.</summary>
    [Fact]
    public async Task A_node_that_never_looks_again_would_be_found_out()
    {
        await using var nodes = await ThreeNodes.Start();
        var admin = await nodes.First.AsAdmin();
        await using var deaf = await nodes.Node(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        var agent = await nodes.First.AsAgent("agents:manage");
        // It hears nothing either: what is told of the agent's creation may come late.
        await deaf.Get<IEnumerable<IHostedService>>().OfType<PostgresBell>().Single().StopAsync(default);
        Assert.Equal(200, await ThreeNodes.Status(deaf, agent.Token, "/agents"));

        await TakeQuietly(nodes.First, agent.AgentId);

        Assert.True(await nodes.Until(agent.Token, 403, "/agents") <= Most);
        Assert.Equal(200, await ThreeNodes.Status(deaf, agent.Token, "/agents"));
        Assert.Equal(200, await ThreeNodes.Status(deaf, admin.Token, "/agents"));
    }

    [Fact]
    public async Task A_refresh_token_presented_twice_ends_its_family_on_every_node()
    {
        await using var nodes = await ThreeNodes.Start();
        var agent = await nodes.First.AsAgent("agents:manage");
        for (var round = 0; round < 10; round++)
        {
            var stolen = await nodes.First.Login(agent.Credentials!);

            var at = Enumerable.Range(0, 3).Select(i => ThreeNodes.Refresh(nodes.All[i], stolen.RefreshToken));
            var won = (await Task.WhenAll(at)).OfType<TokenAnswer>().ToList();

            // Of all that come at once at most one gets the next token, and then it is worth nothing.
            Assert.InRange(won.Count, 0, 1);
            foreach (var token in won)
            {
                Assert.Null(await ThreeNodes.Refresh(nodes.All[round % 3], token.RefreshToken));
                Assert.True(await nodes.Until(token.AccessToken, 401) <= Most);
            }

            Assert.True(await nodes.Until(stolen.AccessToken, 401) <= Most);
        }

        // One that is used once goes on: the family does not end by itself.
        var honest = await nodes.First.Login(agent.Credentials!);
        foreach (var node in nodes.All)
        {
            honest = (await ThreeNodes.Refresh(node, honest.RefreshToken))!;
            Assert.Equal(200, await ThreeNodes.Status(node, honest.AccessToken));
        }
    }

    /// <summary>Gives a token and takes it away again; returns it.</summary>
    private async Task<string> Take(
        ThreeNodes nodes,
        string name,
        Func<OrdinautApp.Client, TokenAnswer, Task<int>> takeAway
    )
    {
        var agent = await nodes.First.AsAgent("agents:manage");
        var session = await nodes.First.Login(agent.Credentials!);
        Assert.True(await nodes.Until(session.AccessToken, 200, "/agents") < Most);

        var status = await takeAway(agent, session);

        var took = await nodes.Until(session.AccessToken, status, "/agents");
        Assert.True(took <= Most, $"{name}: {took}");
        output.WriteLine($"Figure 11, {name}: gone on three nodes after {took.TotalMilliseconds:0} ms");
        return session.AccessToken;
    }

    private static async Task<int> RotateAtOnce(OrdinautApp.Client admin)
    {
        await admin.Post<RotatedKeys>("/keys:rotate", """{"at_once": true}""");
        return 401;
    }

    /// <summary>Ways to take something away, and the answer that then comes.</summary>
    private static IEnumerable<(string, Func<OrdinautApp.Client, TokenAnswer, Task<int>>)> Ways(
        ThreeNodes nodes,
        OrdinautApp.Client admin
    )
    {
        yield return (
            "session revoked",
            async (_, session) =>
            {
                var body = OrdinautApp.Body(Json.Write(new RevokeRequest(session.RefreshToken)));
                await OrdinautApp.Expect(await nodes.All[1].Http.PostAsync("/agents/auth/revoke", body), 204);
                return 401;
            }
        );
        yield return (
            "agent stopped",
            async (agent, _) =>
            {
                await admin.Post<AgentView>($"/agents/{agent.AgentId}/stop", "");
                return 401;
            }
        );
        yield return (
            "new secret",
            async (agent, _) =>
            {
                await admin.Post<AgentCredentials>($"/agents/{agent.AgentId}/credentials", "", 201);
                return 401;
            }
        );
        yield return (
            "scope cut",
            async (agent, _) =>
            {
                await admin.Patch<AgentView>($"/agents/{agent.AgentId}", """{"scopes": ["tasks:read"]}""");
                return 403;
            }
        );
        yield return (
            "scope cut in the database, told by nobody",
            async (agent, _) =>
            {
                await TakeQuietly(nodes.First, agent.AgentId);
                return 403;
            }
        );
    }

    private static Task<int> TakeQuietly(OrdinautApp node, Guid agentId) =>
        node.Get<Db>()
            .Write(async session => await session.Execute(Quiet, ("scopes", Scope.TasksRead.Text()), ("id", agentId)));
}
