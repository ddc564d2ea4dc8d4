using System.Text.RegularExpressions;

namespace Ordinaut.Tests.OAuth;

/// <summary>The page of one's own account, as a person uses it.</summary>
internal static partial class AccountPage
{
    public const string Page = "/oauth/account";
    public const string NewPassword = "umbrella seventeen violets";

    public static Task<string> SignIn(Browser browser) => browser.SignIn(Page, OAuthApp.Login, OAuthApp.Password);

    public static Task<HttpResponseMessage> Enter(Browser browser, string password) =>
        browser.Post(Page, ("action", "sign_in"), ("login", OAuthApp.Login), ("password", password));

    public static async Task<string> Shown(Browser browser) => await OrdinautApp.Expect(await browser.Get(Page), 200);

    /// <summary>A button of the page, with the fields of its form.</summary>
    public static Task<HttpResponseMessage> Do(
        Browser browser,
        string page,
        string action,
        params (string Name, string Value)[] fields
    ) => browser.Post(Page, [("action", action), ("agent", Browser.AgentOn(page)), .. fields]);

    /// <summary>A change of the password that would do, but for what is given.</summary>
    public static Task<HttpResponseMessage> Change(
        Browser browser,
        string page,
        params (string Name, string Value)[] changes
    )
    {
        var fields = new Dictionary<string, string>
        {
            ["current"] = OAuthApp.Password,
            ["new"] = NewPassword,
            ["again"] = NewPassword,
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return Do(browser, page, "change_password", [.. fields.Select(field => (field.Key, field.Value))]);
    }

    /// <summary>The page that the browser is sent on to when something was done.</summary>
    public static async Task<string> Done(Browser browser, HttpResponseMessage answer)
    {
        await OrdinautApp.Expect(answer, 303);
        return await OrdinautApp.Expect(await browser.Get(Browser.LocationOf(answer).AbsoluteUri), 200);
    }

    [GeneratedRegex("name=\"browser\" value=\"(?<name>[^\"]+)")]
    public static partial Regex Names();

    [GeneratedRegex("Another, [^<]*<input type=\"hidden\" name=\"browser\" value=\"(?<name>[^\"]+)")]
    public static partial Regex OtherBrowser();

    [GeneratedRegex("name=\"consent\" value=\"(?<id>[^\"]+)")]
    public static partial Regex Consents();
}
