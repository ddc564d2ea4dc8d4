using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.OAuth;

/// <summary>People who sign in at an OpenID provider, and providers that lie.</summary>
public sealed class ExternalSignInStories
{
    private const string ClientId = "ordinaut-at-provider";

    [Theory]
    [InlineData("")]
    [InlineData(""", "token_endpoint_auth_methods_supported": ["client_secret_post"]""")]
    public async Task A_person_signs_in_at_the_provider_and_allows_what_a_client_asks(string methods)
    {
        await using var provider = new FakeProvider { Methods = methods };
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);
        var address = story.Authorize();

        var page = await OrdinautApp.Expect(await browser.Get(address), 200);
        Assert.Contains("Sign in with 127.0.0.1", page, StringComparison.Ordinal);
        var entered = await Return(browser, provider, story);

        await OrdinautApp.Expect(entered, 303);
        var consent = await OrdinautApp.Expect(await browser.Get(Browser.LocationOf(entered).AbsoluteUri), 200);
        var back = await browser.Allow(address, consent);
        await story.Tokens(Browser.Field(back, "code")!);
        Assert.Contains("account.signed_in", await story.Audited());
    }

    [Fact]
    public async Task Before_the_own_account_the_provider_asks_anew_and_there_is_no_password_to_change()
    {
        await using var provider = new FakeProvider();
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);
        Assert.Contains(
            "href=\"external\"",
            await OrdinautApp.Expect(await browser.Get("/oauth/account"), 200),
            StringComparison.Ordinal
        );

        var there = Browser.LocationOf(await browser.Get("/oauth/external"));
        var back = Browser.LocationOf(await browser.Get(provider.SignIn(there)));

        Assert.Equal("login", provider.Asked("prompt"));
        Assert.Equal("/oauth/account", back.AbsolutePath);
        var page = await OrdinautApp.Expect(await browser.Get(back.AbsoluteUri), 200);
        Assert.Contains(provider.Issuer, page, StringComparison.Ordinal);
        Assert.DoesNotContain("change_password", page, StringComparison.Ordinal);
        (string, string)[] change = [("new", OAuthApp.Password), ("again", OAuthApp.Password)];
        var who = ("agent", Browser.AgentOn(page));
        await OrdinautApp.Expect(
            await browser.Post("/oauth/account", [("action", "change_password"), who, .. change]),
            409
        );
        await Return(browser, provider, story);
        Assert.Null(provider.Asked("prompt"));
    }

    [Fact]
    public async Task Whom_the_provider_knows_and_nobody_bound_is_told_whom_to_ask()
    {
        await using var provider = new FakeProvider();
        await using var story = await Start(provider);
        using var browser = new Browser(story.App);

        var answer = await OrdinautApp.Expect(await Return(browser, provider, story), 403);

        Assert.Contains("person-1", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_may_change_its_key()
    {
        await using var provider = new FakeProvider();
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);
        await OrdinautApp.Expect(await Return(browser, provider, story), 303);

        provider.ChangeKey();

        await OrdinautApp.Expect(await Return(browser, provider, story), 303);
    }

    [Theory]
    [InlineData("nonce", "another")]
    [InlineData("aud", "another-client")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("exp", 1_000_000_000L)]
    [InlineData("azp", "another-client")]
    [InlineData("sub", "")]
    public async Task A_token_that_was_not_made_for_this_sign_in_is_refused(string claim, object value)
    {
        await using var provider = new FakeProvider { Adjust = claims => claims[claim] = value };
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);

        await OrdinautApp.Expect(await Return(browser, provider, story), 503);
    }

    [Fact]
    public async Task A_forged_token_and_another_issuer_are_refused()
    {
        await using var provider = new FakeProvider { IsForged = true };
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);
        await OrdinautApp.Expect(await Return(browser, provider, story), 503);

        await using var other = new FakeProvider { OtherIssuer = "https://id.example" };
        await using var second = await Start(other);
        await OrdinautApp.Expect(await new Browser(second.App).Get(External(second)), 503);
    }

    [Fact]
    public async Task Only_the_browser_that_began_can_end_it_and_once()
    {
        await using var provider = new FakeProvider();
        await using var story = await Start(provider);
        await Bind(story, provider, provider.Subject);
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var back = provider.SignIn(Browser.LocationOf(await browser.Get(External(story))));

        await OrdinautApp.Expect(await other.Get(back), 403);
        await OrdinautApp.Expect(await browser.Get(back.Replace("state=", "state=x", StringComparison.Ordinal)), 403);
        await OrdinautApp.Expect(await browser.Get(back), 403);

        back = provider.SignIn(Browser.LocationOf(await browser.Get(External(story))));
        await OrdinautApp.Expect(await browser.Get(back + "&iss=https%3A%2F%2Fevil.example"), 403);
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_such_way()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);

        await OrdinautApp.Expect(await browser.Get(External(story)), 404);
        await OrdinautApp.Expect(await browser.Get("/oauth/callback?code=x&state=y"), 403);
    }

    private static Task<OAuthApp> Start(FakeProvider provider) =>
        OAuthApp.Start(configure: options =>
            options with
            {
                OidcIssuer = provider.Issuer,
                OidcClientId = ClientId,
                OidcClientSecret = "provider-secret",
                EgressAllow = provider.Host,
            }
        );

    private static async Task Bind(OAuthApp story, FakeProvider provider, string subject)
    {
        var admin = await story.App.AsAdmin();
        var body = Json.Write(new AccountInput(Issuer: provider.Issuer, Subject: subject));
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{story.Person.AgentId}/account", body), 200);
    }

    private static string External(OAuthApp story) =>
        story.Authorize().Replace("/oauth/authorize", "/oauth/external", StringComparison.Ordinal);

    /// <summary>To the provider and back.</summary>
    private static async Task<HttpResponseMessage> Return(Browser browser, FakeProvider provider, OAuthApp story)
    {
        var there = Browser.LocationOf(await browser.Get(External(story)));
        return await browser.Get(provider.SignIn(there));
    }
}
