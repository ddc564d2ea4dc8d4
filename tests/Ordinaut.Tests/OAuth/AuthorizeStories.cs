using Microsoft.Extensions.Time.Testing;
using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.OAuth;

/// <summary>A person before the pages, and what a client is told of it.</summary>
public sealed class AuthorizeStories
{
    [Fact]
    public async Task A_person_signs_in_sees_who_asks_for_what_and_allows_it()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var address = story.Authorize(("scope", "tasks:read tasks:delete admin"));

        var first = await OrdinautApp.Expect(await browser.Get(address), 200);
        Assert.Contains("name=\"password\"", first, StringComparison.Ordinal);
        var page = await browser.SignIn(address, OAuthApp.Login.ToUpperInvariant(), OAuthApp.Password);

        Assert.Contains("Allow Notes?", page, StringComparison.Ordinal);
        Assert.Contains("registered here by <strong>admin</strong>", page, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:49152", page, StringComparison.Ordinal);
        Assert.Contains("See your tasks", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Cancel your tasks", page, StringComparison.Ordinal);
        Assert.DoesNotContain("administer", page, StringComparison.Ordinal);
        var back = await browser.Allow(address, page);
        Assert.StartsWith(OAuthApp.Callback + "?code=ordc_", back.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("s t/1", Browser.Field(back, "state"));
        Assert.Equal(story.Issuer, Browser.Field(back, "iss"));
        Assert.Equal(["consent.given", "account.signed_in"], (await story.Audited()).Take(2));
    }

    [Fact]
    public async Task A_page_runs_no_script_and_no_other_page_may_frame_it_or_send_its_form()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var address = story.Authorize(("state", "\"><script>alert(1)</script>"));

        var answer = await browser.Get(address);

        var page = await OrdinautApp.Expect(answer, 200);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        (string, string)[] form = [("action", "sign_in"), ("login", OAuthApp.Login), ("password", OAuthApp.Password)];
        await OrdinautApp.Expect(await browser.PostFrom("cross-site", address, form), 403);
        await OrdinautApp.Expect(await browser.PostFrom("same-site", address, form), 403);
        await OrdinautApp.Expect(await browser.PostFrom(null, address, form), 403);
        await OrdinautApp.Expect(await browser.PostFrom(null, address, form, "https://evil.example"), 403);
        await OrdinautApp.Expect(await browser.PostFrom(null, address, form, "null"), 403);
        Assert.Equal(0, browser.Cookies.Count);
        var own = story.App.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        await OrdinautApp.Expect(await browser.PostFrom(null, address, form, own), 303);
    }

    [Fact]
    public async Task A_name_cannot_become_markup()
    {
        await using var story = await OAuthApp.Start();
        var admin = await story.App.AsAdmin();
        var input = new OAuthClientInput("<img src=x onerror=alert(1)>", [OAuthApp.Callback]);
        var client = await admin.Post<OAuthClientView>("/oauth/clients", Json.Write(input), 201);
        using var browser = new Browser(story.App);
        var address = story.Authorize(("client_id", client.ClientId.ToString()));

        var page = await browser.SignIn(address, OAuthApp.Login, OAuthApp.Password);

        Assert.Contains("&lt;img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_can_give_less_or_nothing()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var address = story.Authorize();
        var page = await browser.SignIn(address, OAuthApp.Login, OAuthApp.Password);
        var agent = ("agent", Browser.AgentOn(page));

        var less = await browser.Post(address, ("action", "allow"), agent, ("scope", "tasks:read"), ("scope", "admin"));
        var code = Browser.Field(Browser.LocationOf(less), "code")!;
        Assert.Equal("tasks:read", (await story.Tokens(code)).Scope);

        foreach (var answer in new[] { ("action", "refuse"), ("action", "allow") })
        {
            var refused = Browser.LocationOf(await browser.Post(address, answer, agent));
            Assert.Equal("access_denied", Browser.Field(refused, "error"));
            Assert.Equal("s t/1", Browser.Field(refused, "state"));
            Assert.Null(Browser.Field(refused, "code"));
        }

        Assert.Equal("consent.refused", (await story.Audited())[0]);
    }

    [Fact]
    public async Task Who_is_signed_in_must_be_who_was_asked()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var address = story.Authorize();
        await browser.SignIn(address, OAuthApp.Login, OAuthApp.Password);

        var answer = await browser.Post(
            address,
            ("action", "allow"),
            ("agent", story.App.Admin.AgentId),
            ("scope", "tasks:read")
        );

        Assert.Contains("Allow Notes?", await OrdinautApp.Expect(answer, 200), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_by_signing_out_by_time_by_a_new_account_and_when_the_agent_is_stopped()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var story = await OAuthApp.Start(clock);
        var admin = await story.App.AsAdmin();
        var address = story.Authorize();

        async Task Ends(Func<Browser, string, Task> how)
        {
            using var browser = new Browser(story.App);
            var page = await browser.SignIn(address, OAuthApp.Login, OAuthApp.Password);
            await how(browser, page);
            var after = await OrdinautApp.Expect(await browser.Get(address), 200);
            Assert.Contains("name=\"password\"", after, StringComparison.Ordinal);
        }

        await Ends((browser, page) => browser.Post(address, ("action", "sign_out"), ("agent", Browser.AgentOn(page))));
        Assert.Equal("account.signed_out", (await story.Audited())[0]);
        var account = Json.Write(new AccountInput(OAuthApp.Login));
        await Ends((_, _) => admin.Send("PUT", $"/agents/{story.Person.AgentId}/account", account));
        await Ends((_, _) => admin.Send("POST", $"/agents/{story.Person.AgentId}/stop"));
        await OrdinautApp.Expect(await admin.Send("POST", $"/agents/{story.Person.AgentId}/start"), 200);
        await Ends(
            (_, _) =>
            {
                clock.Advance(WebSessions.Life);
                return Task.CompletedTask;
            }
        );
    }

    [Fact]
    public async Task A_wrong_password_tells_nothing_and_too_many_make_all_wait()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var story = await OAuthApp.Start(clock);
        using var browser = new Browser(story.App);
        var address = story.Authorize();

        Task<HttpResponseMessage> Try(string login, string password) =>
            browser.Post(address, ("action", "sign_in"), ("login", login), ("password", password));

        var wrong = await OrdinautApp.Expect(await Try(OAuthApp.Login, "wrong password!"), 403);
        Assert.Equal(wrong, await OrdinautApp.Expect(await Try("nobody", OAuthApp.Password), 403));
        Assert.Equal("account.refused", (await story.Audited())[0]);
        for (var i = 1; i < LoginBackoff.MaxFailures; i++)
        {
            await OrdinautApp.Expect(await Try(OAuthApp.Login, "wrong password!"), 403);
        }

        await OrdinautApp.Expect(await Try(OAuthApp.Login, OAuthApp.Password), 429);
        clock.Advance(LoginBackoff.Window);
        await OrdinautApp.Expect(await Try(OAuthApp.Login, OAuthApp.Password), 303);
    }

    [Fact]
    public async Task Over_https_the_cookie_is_tied_to_the_host()
    {
        await using var story = await OAuthApp.Start(configure: o => o with { Issuer = "https://ordinaut.example" });
        using var browser = new Browser(story.App);

        var answer = await browser.Post(
            story.Authorize(),
            ("action", "sign_in"),
            ("login", OAuthApp.Login),
            ("password", OAuthApp.Password)
        );

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-ordinaut-session=", cookie, StringComparison.Ordinal);
        foreach (var attribute in new[] { "secure", "httponly", "samesite=lax", "path=/", "max-age=900" })
        {
            Assert.Contains("; " + attribute, cookie, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whoever asks wrongly about itself or the way back is told nothing; the person is.</summary>
    [Theory]
    [InlineData("client_id", null)]
    [InlineData("client_id", "0190f3a0-0000-7000-8000-000000000000")]
    [InlineData("client_id", "notes")]
    [InlineData("client_id", "https://127.0.0.1/client.json")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", "http://127.0.0.1:49152/other")]
    [InlineData("redirect_uri", "http://127.0.0.1:49152@evil.example/callback")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_the_clients(string name, string? value)
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);

        var answer = await browser.Get(story.Authorize((name, value)));

        Assert.InRange((int)answer.StatusCode, 400, 401);
        Assert.Null(answer.Headers.Location);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("scope", "tasks:read root", "invalid_scope")]
    [InlineData("resource", "https://other.example/mcp", "invalid_target")]
    public async Task What_else_is_wrong_is_told_to_the_client(string name, string? value, string error)
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);

        var back = Browser.LocationOf(await browser.Get(story.Authorize((name, value))));

        Assert.StartsWith(OAuthApp.Callback, back.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal(error, Browser.Field(back, "error"));
        Assert.Equal("s t/1", Browser.Field(back, "state"));
        Assert.Equal(story.Issuer, Browser.Field(back, "iss"));
    }

    [Fact]
    public async Task A_parameter_that_comes_twice_is_refused_and_one_that_nobody_knows_passed_over()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);

        await OrdinautApp.Expect(await browser.Get(story.Authorize() + "&nonce=1&prompt=consent"), 200);
        var back = Browser.LocationOf(await browser.Get(story.Authorize() + "&scope=audit:read"));

        Assert.Equal("invalid_request", Browser.Field(back, "error"));
    }

    [Fact]
    public async Task Without_a_scope_all_is_asked_for_but_to_administer()
    {
        await using var story = await OAuthApp.Start();
        var admin = await story.App.AsAdmin();
        var account = Json.Write(new AccountInput("root", OAuthApp.Password));
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{admin.AgentId}/account", account), 200);
        using var browser = new Browser(story.App);
        var address = story.Authorize(("scope", null));

        var back = await browser.Allow(address, await browser.SignIn(address, "root", OAuthApp.Password));

        var tokens = await story.Tokens(Browser.Field(back, "code")!);
        Assert.Equal(Scopes.Names.Where(name => name != "admin"), tokens.Scope.Split(' '));
    }
}
