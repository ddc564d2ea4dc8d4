using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.OAuth;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.OAuth;

/// <summary>Codes and refresh tokens against the token endpoint, rightly and wrongly presented.</summary>
public sealed class GrantStories
{
    [Fact]
    public async Task A_code_gives_tokens_that_do_what_was_allowed_and_no_more()
    {
        await using var story = await OAuthApp.Start();
        var resource = new Uri(story.App.Http.BaseAddress!, "mcp").AbsoluteUri;

        var code = await story.Code(("resource", resource));
        var answer = await story.Exchange(code, ("resource", resource));

        var tokens = OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(answer, 200));
        Assert.Equal(("Bearer", 900, "tasks:create tasks:read"), (tokens.TokenType, tokens.ExpiresIn, tokens.Scope));
        var client = story.With(tokens);
        Assert.Equal(story.Person.AgentId, (await client.Get<WhoAmI>("/agents/me")).AgentId);
        await client.Get<Page<TaskView>>("/tasks");
        await client.Refused(403, "GET", "/events");
        var claims = Json.Parse(
            Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(tokens.AccessToken.Split('.')[1]))
        );
        Assert.Equal(story.Client.ClientId.ToString(), claims.GetProperty("client_id").GetString());
        Assert.Equal("token.issued", (await story.Audited())[0]);
    }

    [Theory]
    [InlineData("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx", "invalid_grant")]
    [InlineData("redirect_uri", "http://127.0.0.1:49153/callback", "invalid_grant")]
    [InlineData("client_id", "0190f3a0-0000-7000-8000-000000000000", "invalid_grant")]
    [InlineData("resource", "https://other.example", "invalid_grant")]
    public async Task A_code_that_is_presented_wrongly_is_used_up(string name, string value, string error)
    {
        await using var story = await OAuthApp.Start();
        var code = await story.Code();

        Assert.Equal(error, (await OAuthApp.Error(await story.Exchange(code, (name, value)))).Error);

        Assert.Equal("code.refused", (await story.Audited())[0]);
        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Exchange(code))).Error);
    }

    [Theory]
    [InlineData("code", null)]
    [InlineData("client_id", null)]
    [InlineData("redirect_uri", null)]
    [InlineData("code_verifier", null)]
    [InlineData("grant_type", null)]
    public async Task What_is_missing_is_named(string name, string? value)
    {
        await using var story = await OAuthApp.Start();

        var error = await OAuthApp.Error(await story.Exchange("ordc_x", (name, value)));

        Assert.Equal("invalid_request", error.Error);
        Assert.Contains(name, error.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_that_nobody_knows_is_refused_in_the_protocols_words()
    {
        await using var story = await OAuthApp.Start();

        var password = await story.Send("/oauth/token", ("grant_type", "password"));
        Assert.Equal("unsupported_grant_type", (await OAuthApp.Error(password)).Error);
        var unknown = await story.Exchange("ordc_unknown");
        Assert.Equal("invalid_grant", (await OAuthApp.Error(unknown)).Error);
        var json = await story.App.Http.PostAsync("/oauth/token", OrdinautApp.Body("{}"));
        Assert.Contains("form", await OrdinautApp.Expect(json, 415), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_lives_a_minute()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var story = await OAuthApp.Start(clock);
        var (early, late) = (await story.Code(), await story.Code());

        clock.Advance(AuthorizationCodes.Life - TimeSpan.FromSeconds(1));
        await story.Tokens(early);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Exchange(late))).Error);
    }

    [Fact]
    public async Task A_second_use_of_a_code_takes_back_what_the_first_gave()
    {
        await using var story = await OAuthApp.Start();
        var code = await story.Code();
        var tokens = await story.Tokens(code);
        var next = OrdinautApp.Read<TokenAnswer>(
            await OrdinautApp.Expect(await story.Refresh(tokens.RefreshToken), 200)
        );

        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Exchange(code))).Error);

        await story.With(next).Refused(401, "GET", "/tasks");
        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Refresh(next.RefreshToken))).Error);
        Assert.Equal("code.reused", (await story.Audited())[0]);
    }

    [Fact]
    public async Task Of_many_who_exchange_a_code_at_once_one_wins_at_most()
    {
        await using var story = await OAuthApp.Start();
        var code = await story.Code();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => story.Exchange(code)));

        Assert.Single(answers, answer => (int)answer.StatusCode == 200);
    }

    [Fact]
    public async Task A_refresh_token_rotates_for_its_client_alone_and_its_second_use_ends_the_family()
    {
        await using var story = await OAuthApp.Start();
        var first = await story.Tokens(await story.Code());
        var stranger = Guid.NewGuid().ToString();

        await OAuthApp.Error(await story.Refresh(first.RefreshToken, stranger));
        var foreign = OrdinautApp.Body(Json.Write(new RefreshRequest(first.RefreshToken)));
        await OrdinautApp.Expect(await story.App.Http.PostAsync("/agents/auth/refresh", foreign), 401);
        var second = OrdinautApp.Read<TokenAnswer>(
            await OrdinautApp.Expect(await story.Refresh(first.RefreshToken), 200)
        );
        await story.With(second).Get<Page<TaskView>>("/tasks");

        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Refresh(first.RefreshToken))).Error);
        await OAuthApp.Error(await story.Refresh(second.RefreshToken));
        await story.With(second).Refused(401, "GET", "/tasks");
        Assert.Equal("token.reused", (await story.Audited())[0]);
    }

    [Fact]
    public async Task A_right_that_is_taken_from_the_person_is_taken_from_the_client()
    {
        await using var story = await OAuthApp.Start();
        var tokens = await story.Tokens(await story.Code());
        var admin = await story.App.AsAdmin();

        var less = """{"scopes": ["tasks:read"]}""";
        await OrdinautApp.Expect(await admin.Send("PATCH", $"/agents/{story.Person.AgentId}", less), 200);

        var next = OrdinautApp.Read<TokenAnswer>(
            await OrdinautApp.Expect(await story.Refresh(tokens.RefreshToken), 200)
        );
        Assert.Equal("tasks:read", next.Scope);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Revoking_either_token_ends_access_and_only_its_client_can(bool refresh)
    {
        await using var story = await OAuthApp.Start();
        var tokens = await story.Tokens(await story.Code());
        var token = refresh ? tokens.RefreshToken : tokens.AccessToken;

        Task<HttpResponseMessage> Revoke(string text, string client) =>
            story.Send("/oauth/revoke", ("token", text), ("client_id", client), ("token_type_hint", "whatever"));

        await OrdinautApp.Expect(await Revoke(token, Guid.NewGuid().ToString()), 200);
        await story.With(tokens).Get<Page<TaskView>>("/tasks");
        await OrdinautApp.Expect(await Revoke(token, story.Client.ClientId.ToString()), 200);

        await story.With(tokens).Refused(401, "GET", "/tasks");
        Assert.Equal("token.revoked", (await story.Audited())[0]);
        Assert.Equal(refresh ? 400 : 200, (int)(await story.Refresh(tokens.RefreshToken)).StatusCode);
        await OrdinautApp.Expect(await Revoke("ordr_unknown", story.Client.ClientId.ToString()), 200);
        await OAuthApp.Error(await story.Send("/oauth/revoke", ("token", token)));
    }

    [Fact]
    public async Task An_agent_logs_in_with_its_secret_by_post_and_by_basic()
    {
        await using var story = await OAuthApp.Start();
        var (id, secret) = (story.App.Admin.AgentId, story.App.Admin.AgentSecret);

        var posted = await story.Send(
            "/oauth/token",
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", "tasks:read")
        );
        Assert.Equal("tasks:read", OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(posted, 200)).Scope);
        await OrdinautApp.Expect(await Basic(story, id, secret), 200);
        var wrong = await Basic(story, id, secret + "x");
        Assert.Equal("invalid_client", (await OAuthApp.Error(wrong, 401)).Error);
        Assert.Equal("Basic", Assert.Single(wrong.Headers.WwwAuthenticate).Scheme);
        var more = await story.Send(
            "/oauth/token",
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", "root")
        );
        Assert.Equal("invalid_scope", (await OAuthApp.Error(more)).Error);
    }

    [Fact]
    public async Task A_client_that_is_deleted_can_neither_ask_nor_refresh()
    {
        await using var story = await OAuthApp.Start();
        var admin = await story.App.AsAdmin();
        var (code, tokens) = (await story.Code(), await story.Tokens(await story.Code()));

        await OrdinautApp.Expect(await admin.Send("DELETE", $"/oauth/clients/{story.Client.ClientId}"), 204);

        await OAuthApp.Error(await story.Exchange(code));
        await OAuthApp.Error(await story.Refresh(tokens.RefreshToken));
        using var browser = new Browser(story.App);
        await OrdinautApp.Expect(await browser.Get(story.Authorize()), 401);
    }

    private static async Task<HttpResponseMessage> Basic(OAuthApp story, string id, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + pair);
        return await story.App.Http.SendAsync(request);
    }
}
