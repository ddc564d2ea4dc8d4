using ModelContextProtocol;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Mcp;
using Ordinaut.Tests.OAuth;

namespace Ordinaut.Tests.Http;

/// <summary>Whoever is turned away, by whatever door, is told of once.</summary>
public sealed class RefusalStories
{
    private const string Wrong = "not the secret";

    [Fact]
    public async Task Each_way_to_be_turned_away_is_one_line()
    {
        await using var oauth = await OAuthApp.Start();
        var heard = HeardLog.Of<RefusalLog>(oauth.App);
        foreach (var (knock, told) in Ways(oauth))
        {
            heard.Take();

            await knock();

            Assert.StartsWith($"access.refused: {told}", Assert.Single(heard.Take()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_guesses_passwords_is_told_of_with_each_guess_also_when_slowed_down()
    {
        await using var oauth = await OAuthApp.Start();
        var heard = HeardLog.Of<RefusalLog>(oauth.App);
        using var browser = new Browser(oauth.App);
        for (var i = 0; i <= LoginBackoff.MaxFailures; i++)
        {
            await SignIn(oauth, browser, Wrong);
        }

        var lines = heard.Take();
        Assert.Equal(LoginBackoff.MaxFailures + 1, lines.Count);
        Assert.All(
            lines.SkipLast(1),
            line => Assert.Contains("Unauthenticated POST /oauth/authorize", line, StringComparison.Ordinal)
        );
        Assert.Contains("TooMany POST /oauth/authorize", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_mcp_the_line_says_who_it_was_and_where_from()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("tasks:read");
        await using var client = await app.Connect(agent);
        var heard = HeardLog.Of<RefusalLog>(app);

        await client.Call("list_tasks");
        Assert.Empty(heard.Take());
        await Assert.ThrowsAnyAsync<McpException>(async () =>
            await client.ReadResourceAsync($"ordinaut://runs/{Guid.NewGuid()}")
        );

        var line = Assert.Single(heard.Take());
        Assert.StartsWith(
            "access.refused: Forbidden MCP resources/read scope 'runs:read'",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains($"agent '{agent.AgentId}' from 127.0.0.1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_succeeds_and_a_mistake_are_no_lines()
    {
        await using var oauth = await OAuthApp.Start();
        var heard = HeardLog.Of<RefusalLog>(oauth.App);

        await oauth.Tokens(await oauth.Code());
        await oauth.Send("/oauth/token", ("grant_type", "password"));

        Assert.Empty(heard.Take());
    }

    private static IEnumerable<(Func<Task> Knock, string Told)> Ways(OAuthApp oauth)
    {
        var person = oauth.Person;
        var claimed = $"scope '' agent '{person.AgentId}'";
        yield return (
            () =>
                oauth.App.Http.PostAsync(
                    "/agents/auth/token",
                    OrdinautApp.Body(Json.Write(new TokenRequest(person.AgentId.ToString(), Wrong)))
                ),
            $"Unauthenticated POST /agents/auth/token {claimed}"
        );
        yield return (
            () =>
                oauth.Send(
                    "/oauth/token",
                    ("grant_type", "client_credentials"),
                    ("client_id", person.AgentId.ToString()),
                    ("client_secret", Wrong)
                ),
            $"Unauthenticated POST /oauth/token {claimed}"
        );
        yield return (() => oauth.Refresh(Wrong), "Unauthenticated POST /oauth/token scope '' agent ''");
        yield return (() => oauth.Exchange(Wrong), "Malformed POST /oauth/token");
        yield return (
            async () =>
            {
                using var browser = new Browser(oauth.App);
                await SignIn(oauth, browser, Wrong);
            },
            $"Unauthenticated POST /oauth/authorize {claimed}"
        );
        yield return (
            async () =>
            {
                using var browser = new Browser(oauth.App);
                await browser.PostFrom("cross-site", oauth.Authorize(), [("action", "sign_in")]);
            },
            "Forbidden POST /oauth/authorize"
        );
        // Newer clients name the tool in a header and are turned away before the call; older ones by it.
        yield return (
            () => Wire.Send(oauth.App, person.Token, Wire.Call("list_runs")),
            "Forbidden POST /mcp/ scope 'runs:read'"
        );
        yield return (
            () => Wire.Send(oauth.App, person.Token, Wire.Call("list_runs") with { Revision = "2025-11-25" }),
            "Forbidden MCP list_runs scope 'runs:read'"
        );
        yield return (() => person.Send("GET", "/runs"), "Forbidden GET /runs scope 'runs:read'");
        yield return (() => oauth.App.Http.GetAsync("/runs"), "Unauthenticated GET /runs");
    }

    private static Task<HttpResponseMessage> SignIn(OAuthApp oauth, Browser browser, string password) =>
        browser.Post(oauth.Authorize(), ("action", "sign_in"), ("login", OAuthApp.Login), ("password", password));
}
