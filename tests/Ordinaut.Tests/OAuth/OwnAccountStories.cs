using Microsoft.Extensions.Time.Testing;
using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using static Ordinaut.Tests.OAuth.AccountPage;

namespace Ordinaut.Tests.OAuth;

/// <summary>A person before the page of their own account.</summary>
public sealed class OwnAccountStories
{
    private static FakeTimeProvider NewClock() => new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_person_changes_their_password_and_is_signed_out_everywhere_else()
    {
        await using var story = await OAuthApp.Start();
        var tokens = await story.Tokens(await story.Code());
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var page = await SignIn(browser);
        await SignIn(other);

        var after = await Done(browser, await Change(browser, page));

        Assert.Contains("Your password is changed", after, StringComparison.Ordinal);
        Assert.Equal("account.password_changed", (await story.Audited())[0]);
        Assert.Contains("name=\"password\"", await Shown(other), StringComparison.Ordinal);
        await OrdinautApp.Expect(await Enter(other, OAuthApp.Password), 403);
        await OrdinautApp.Expect(await Enter(other, NewPassword), 303);
        await OrdinautApp.Expect(await story.Refresh(tokens.RefreshToken), 200);
    }

    [Fact]
    public async Task What_programs_were_allowed_ends_with_the_password_where_that_is_asked_for()
    {
        await using var story = await OAuthApp.Start();
        var tokens = await story.Tokens(await story.Code());
        using var browser = new Browser(story.App);
        var page = await SignIn(browser);

        await Done(browser, await Change(browser, page, ("programs", "end")));

        await story.With(tokens).Refused(401, "GET", "/tasks");
        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Refresh(tokens.RefreshToken))).Error);
        Assert.Contains("the secret", await Shown(browser), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("current", "correct horse batterz", 403, "not your password")]
    [InlineData("current", "", 403, "not your password")]
    [InlineData("again", "umbrella seventeen violetz", 422, "both times")]
    [InlineData("new", "", 422, "both times")]
    [InlineData("new", "fourteen chars", 422, "15 to 256 characters")]
    [InlineData("new", "my ordinaut password", 422, "neither the login")]
    [InlineData("new", "qwertyuiopasdfg", 422, "which are tried first")]
    public async Task A_change_that_will_not_do_says_why_and_changes_nothing(
        string name,
        string value,
        int status,
        string told
    )
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var page = await SignIn(browser);
        (string, string)[] changes =
            name == "new" && value.Length > 0 ? [(name, value), ("again", value)] : [(name, value)];

        var answer = await OrdinautApp.Expect(await Change(browser, page, changes), status);

        Assert.Contains(told, answer, StringComparison.Ordinal);
        Assert.Contains("change_password", answer, StringComparison.Ordinal);
        await OrdinautApp.Expect(await Enter(other, OAuthApp.Password), 303);
    }

    [Fact]
    public async Task Wrong_passwords_count_wherever_they_are_given()
    {
        var clock = NewClock();
        await using var story = await OAuthApp.Start(clock);
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var page = await SignIn(browser);
        await OrdinautApp.Expect(await Enter(other, "wrong password!"), 403);
        for (var i = 1; i < LoginBackoff.MaxFailures; i++)
        {
            await OrdinautApp.Expect(await Change(browser, page, ("current", "wrong password!")), 403);
        }

        Assert.Equal("account.refused", (await story.Audited())[0]);
        var held = await Change(browser, page);
        await OrdinautApp.Expect(held, 429);
        Assert.NotNull(held.Headers.RetryAfter);
        await OrdinautApp.Expect(await Enter(other, OAuthApp.Password), 429);
        clock.Advance(LoginBackoff.Window);
        await Done(browser, await Change(browser, page));
    }

    [Fact]
    public async Task A_person_sees_the_browsers_they_are_signed_in_in_and_signs_out_there()
    {
        await using var story = await OAuthApp.Start(NewClock());
        using var browser = new Browser(story.App);
        using var second = new Browser(story.App);
        using var third = new Browser(story.App);
        await SignIn(browser);
        await SignIn(second);
        await SignIn(third);
        var page = await Shown(browser);
        Assert.Equal(3, Names().Count(page));
        Assert.Contains("<strong>This one</strong>, since 2027-01-01T00:00:00Z", page, StringComparison.Ordinal);

        var named = OtherBrowser().Match(page).Groups["name"].Value;
        await Done(browser, await Do(browser, page, "end_browser", ("browser", named)));
        Assert.Equal("account.session_ended", (await story.Audited())[0]);
        Assert.Equal(2, Names().Count(await Shown(browser)));
        await OrdinautApp.Expect(await Do(browser, page, "end_browser", ("browser", named)), 404);

        await Done(browser, await Do(browser, page, "end_others"));
        Assert.Equal("account.sessions_ended", (await story.Audited())[0]);
        Assert.Equal(1, Names().Count(await Shown(browser)));
        Assert.Equal(0, Names().Count(await Shown(second)) + Names().Count(await Shown(third)));
    }

    [Fact]
    public async Task What_is_anothers_is_not_there()
    {
        await using var story = await OAuthApp.Start();
        await story.Tokens(await story.Code());
        var admin = await story.App.AsAdmin();
        var bob = await story.App.AsAgent("tasks:read");
        var account = Json.Write(new AccountInput("bob", NewPassword));
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{bob.AgentId}/account", account), 200);
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var anns = await SignIn(browser);
        var bobs = await other.SignIn(Page, "bob", NewPassword);

        var (named, consent) = (Names().Match(anns), Consents().Match(anns));
        await OrdinautApp.Expect(await Do(other, bobs, "end_browser", [("browser", named.Groups["name"].Value)]), 404);
        await OrdinautApp.Expect(await Do(other, bobs, "take_back", [("consent", consent.Groups["id"].Value)]), 404);
        Assert.DoesNotContain("Notes", bobs, StringComparison.Ordinal);
        // A page that was opened as one person changes nothing for another who signed in since.
        var answer = await OrdinautApp.Expect(await Do(other, anns, "end_others"), 200);
        Assert.Contains(Browser.AgentOn(bobs), answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Minutes_after_signing_in_nothing_ends_before_one_signs_in_again()
    {
        var clock = NewClock();
        await using var story = await OAuthApp.Start(clock);
        await story.Tokens(await story.Code());
        using var browser = new Browser(story.App);
        using var other = new Browser(story.App);
        var page = await SignIn(browser);
        var consent = ("consent", Consents().Match(page).Groups["id"].Value);
        clock.Advance(SignedIn.Recent);
        await Done(browser, await Do(browser, page, "end_others"));
        clock.Advance(TimeSpan.FromSeconds(1));
        await SignIn(other);

        foreach (var (action, field) in new[] { ("end_others", consent), ("take_back", consent) })
        {
            var asked = await OrdinautApp.Expect(await Do(browser, page, action, field), 403);
            Assert.Contains("sign in again", asked, StringComparison.Ordinal);
            Assert.Contains("name=\"password\"", asked, StringComparison.Ordinal);
        }

        Assert.Equal(2, Names().Count(await Shown(browser)));
        // The session of before ends with the next.
        Assert.Equal(2, Names().Count(await SignIn(browser)));
        await Done(browser, await Do(browser, page, "take_back", consent));
    }

    [Fact]
    public async Task A_person_sees_what_programs_may_and_takes_it_back()
    {
        var clock = NewClock();
        await using var story = await OAuthApp.Start(clock);
        var kept = await story.Tokens(await story.Code(("scope", "tasks:read")));
        clock.Advance(TimeSpan.FromMinutes(1));
        var tokens = await story.Tokens(await story.Code());
        clock.Advance(TimeSpan.FromMinutes(1));
        tokens = OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(await story.Refresh(tokens.RefreshToken), 200));
        using var browser = new Browser(story.App);

        var page = await SignIn(browser);

        const string expected =
            "<strong>Notes</strong>, since 2027-01-01T00:01:00Z, last refreshed 2027-01-01T00:02:00Z";
        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.Contains("Create tasks, which then run by themselves; See your tasks.", page, StringComparison.Ordinal);
        var consent = ("consent", Consents().Match(page).Groups["id"].Value);
        await OrdinautApp.Expect(await story.With(tokens).Send("GET", "/tasks"), 200);
        await Done(browser, await Do(browser, page, "take_back", consent));

        await story.With(tokens).Refused(401, "GET", "/tasks");
        Assert.Equal("invalid_grant", (await OAuthApp.Error(await story.Refresh(tokens.RefreshToken))).Error);
        await OrdinautApp.Expect(await story.Refresh(kept.RefreshToken), 200);
        Assert.Equal("consent.taken_back", (await story.Audited()).First(action => action != "token.refreshed"));
        await OrdinautApp.Expect(await Do(browser, page, "take_back", consent), 404);
    }

    [Fact]
    public async Task A_hundred_of_each_are_shown_and_all_others_end()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        await SignIn(browser);
        var (db, refresh) = (story.App.Get<Db>(), story.App.Get<RefreshTokens>());
        var id = story.Person.AgentId;

        async Task<string> Show(int more)
        {
            await db.Write(async session =>
            {
                for (var i = 0; i < more; i++)
                {
                    await WebSessions.Begin(session, id);
                    await refresh.Issue(session, id, Scope.TasksRead, clientId: "https://app.example/notes.json");
                }
            });
            return await Shown(browser);
        }

        var page = await Show(OwnAccountOperations.MaxShown - 1);
        Assert.Equal((100, 99), (Names().Count(page), page.Split("notes.json").Length - 1));
        page = await Show(2);
        Assert.Equal((100, 100), (Names().Count(page), page.Split("notes.json").Length - 1));

        await Done(browser, await Do(browser, page, "end_others"));
        Assert.Equal(1, Names().Count(await Shown(browser)));
    }

    [Fact]
    public async Task A_form_counts_from_our_own_page_alone_and_no_script_runs_in_it()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var page = await SignIn(browser);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        (string, string)[] form = [("action", "sign_out"), ("agent", Browser.AgentOn(page))];

        foreach (var site in new[] { "cross-site", "same-site", null })
        {
            await OrdinautApp.Expect(await browser.PostFrom(site, Page, form), 403);
        }

        Assert.Equal(1, Names().Count(await Shown(browser)));
        await OrdinautApp.Expect(await Do(browser, page, "nothing"), 400);
        var left = await OrdinautApp.Expect(await browser.Post(Page, form), 200);
        Assert.Contains("name=\"password\"", left, StringComparison.Ordinal);
        Assert.Equal(0, browser.Cookies.Count);
    }
}
