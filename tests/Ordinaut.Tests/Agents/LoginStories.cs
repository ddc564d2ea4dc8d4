using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Agents;

public sealed class LoginStories
{
    [Fact]
    public async Task The_same_secret_works_as_json_as_form_and_by_http_basic()
    {
        await using var app = await OrdinautApp.Start();
        var (id, secret) = (app.Admin.AgentId, app.Admin.AgentSecret);

        var form = Form(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));
        await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/token", form), 200);

        using var basic = new HttpRequestMessage(HttpMethod.Post, "/agents/auth/token");
        basic.Content = Form(("grant_type", "client_credentials"), ("scope", "tasks:read"));
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        basic.Headers.TryAddWithoutValidation("Authorization", "Basic " + pair);
        var answer = OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(await app.Http.SendAsync(basic), 200));

        Assert.Equal("tasks:read", answer.Scope);
        Assert.Equal("Bearer", answer.TokenType);
        Assert.Equal(900, answer.ExpiresIn);
    }

    [Fact]
    public async Task Unknown_agent_wrong_secret_and_disabled_agent_get_one_and_the_same_answer()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var disabled = await app.AsAgent();
        await OrdinautApp.Expect(await admin.Send("DELETE", $"/agents/{disabled.AgentId}"), 200);

        var answers = new List<ProblemView>();
        foreach (
            var who in new[]
            {
                new AgentCredentials(Guid.Empty.ToString(), AgentSecret.Create()),
                new AgentCredentials("nobody", "x"),
                app.Admin with
                {
                    AgentSecret = AgentSecret.Create(),
                },
                disabled.Credentials!,
            }
        )
        {
            var body = OrdinautApp.Body(Json.Write(new TokenRequest(who.AgentId, who.AgentSecret)));
            var text = await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/token", body), 401);
            answers.Add(OrdinautApp.Read<ProblemView>(text) with { RequestId = "" });
        }

        Assert.Single(answers.Select(Json.Write).Distinct());
    }

    [Fact]
    public async Task After_ten_failures_within_a_minute_guesses_must_wait_and_the_right_secret_need_not()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await OrdinautApp.Start(clock);
        var wrong = new TokenRequest(app.Admin.AgentId, AgentSecret.Create());
        for (var i = 0; i < LoginBackoff.MaxFailures; i++)
        {
            var answer = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(Json.Write(wrong)));
            await OrdinautApp.Expect(answer, 401);
        }

        var slowed = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(Json.Write(wrong)));
        await OrdinautApp.Expect(slowed, 429);
        Assert.NotNull(slowed.Headers.RetryAfter);

        // Else whoever knows its id could lock an agent out.
        await app.Login(app.Admin);
    }

    [Fact]
    public async Task A_session_that_is_refreshed_again_and_again_ends_all_the_same()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await OrdinautApp.Start(clock, configure: o => o with { SessionDays = 50 });
        var token = (await app.Login(app.Admin)).RefreshToken;
        foreach (var _ in new[] { 20, 40 })
        {
            clock.Advance(TimeSpan.FromDays(20));
            token = (await Refresh(app, token, 200))!.RefreshToken;
        }

        clock.Advance(TimeSpan.FromDays(10));

        await Refresh(app, token, 401);
        await app.Login(app.Admin);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_second_use_ends_the_family()
    {
        await using var app = await OrdinautApp.Start();
        var first = await app.Login(app.Admin);
        var second = await Refresh(app, first.RefreshToken, 200);

        await Refresh(app, first.RefreshToken, 401);

        await Refresh(app, second!.RefreshToken, 401);
        await new OrdinautApp.Client(app, second.AccessToken, Guid.Empty).Refused(401, "GET", "/agents");
        await app.Login(app.Admin);
    }

    [Fact]
    public async Task Of_many_who_refresh_at_once_one_wins_at_most()
    {
        await using var app = await OrdinautApp.Start();
        var first = await app.Login(app.Admin);
        var body = Json.Write(new RefreshRequest(first.RefreshToken));

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => app.Http.PostAsync("/agents/auth/refresh", OrdinautApp.Body(body)))
        );

        Assert.Single(answers, answer => (int)answer.StatusCode == 200);
    }

    [Fact]
    public async Task A_refresh_token_expires()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await OrdinautApp.Start(clock);
        var first = await app.Login(app.Admin);

        clock.Advance(TimeSpan.FromDays(app.Options.RefreshTokenDays));

        await Refresh(app, first.RefreshToken, 401);
    }

    [Fact]
    public async Task Revoking_ends_the_session_and_the_access_tokens()
    {
        await using var app = await OrdinautApp.Start();
        var login = await app.Login(app.Admin);
        var client = new OrdinautApp.Client(app, login.AccessToken, Guid.Empty);
        await client.Get<Page<AgentView>>("/agents");

        var body = OrdinautApp.Body(Json.Write(new RevokeRequest(login.RefreshToken)));
        await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/revoke", body), 204);

        await client.Refused(401, "GET", "/agents");
        await Refresh(app, login.RefreshToken, 401);
        var unknown = OrdinautApp.Body(Json.Write(new RevokeRequest("ordr_unknown")));
        await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/revoke", unknown), 204);
    }

    [Fact]
    public async Task A_token_can_be_asked_for_with_less_but_never_with_more()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent("tasks:read", "audit:read");
        var narrow = await app.Login(agent.Credentials!, "tasks:read");
        var client = new OrdinautApp.Client(app, narrow.AccessToken, agent.AgentId);

        await client.Refused(403, "GET", "/audit");
        var more = new TokenRequest(agent.Credentials!.AgentId, agent.Credentials.AgentSecret, Scope: "admin");
        var answer = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(Json.Write(more)));
        Assert.Contains("admin", await OrdinautApp.Expect(answer, 422), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_ends_after_its_life()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await OrdinautApp.Start(clock);
        var admin = await app.AsAdmin();
        await admin.Get<Page<AgentView>>("/agents");

        clock.Advance(TimeSpan.FromMinutes(app.Options.AccessTokenMinutes) + AccessTokens.Skew);

        await admin.Refused(401, "GET", "/agents");
    }

    private static async Task<TokenAnswer?> Refresh(OrdinautApp app, string token, int status)
    {
        var body = OrdinautApp.Body(Json.Write(new RefreshRequest(token)));
        var text = await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/refresh", body), status);
        return status == 200 ? OrdinautApp.Read<TokenAnswer>(text) : null;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
