using System.Net;
using System.Text.RegularExpressions;
using System.Web;

namespace Ordinaut.Tests.OAuth;

/// <summary>As much of a browser as the pages need: cookies, forms, and redirects that a test follows itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _http;

    public Browser(OrdinautApp app)
    {
        var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        Cookies = handler.CookieContainer;
        _http = new HttpClient(handler) { BaseAddress = app.Http.BaseAddress };
    }

    public CookieContainer Cookies { get; }

    public Task<HttpResponseMessage> Get(string address) =>
        _http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute));

    /// <summary>Sends the form of our own page.</summary>
    public Task<HttpResponseMessage> Post(string address, params (string Name, string Value)[] fields) =>
        PostFrom("same-origin", address, fields);

    /// <param name="site">Where the page is, as browsers tell it; null for a browser that does not.</param>
    public async Task<HttpResponseMessage> PostFrom(
        string? site,
        string address,
        (string Name, string Value)[] fields,
        string? origin = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Signs in, and stands before the page that asks.</summary>
    public async Task<string> SignIn(string address, string login, string password)
    {
        var answer = await Post(address, ("action", "sign_in"), ("login", login), ("password", password));
        await OrdinautApp.Expect(answer, 303);
        return await OrdinautApp.Expect(await Get(LocationOf(answer).AbsoluteUri), 200);
    }

    /// <summary>Allows everything that is checked on the page; where the browser is sent with the answer.</summary>
    public async Task<Uri> Allow(string address, string page)
    {
        var chosen = Checked().Matches(page).Select(match => ("scope", match.Groups[1].Value));
        return LocationOf(await Post(address, [("action", "allow"), ("agent", AgentOn(page)), .. chosen]));
    }

    public static string AgentOn(string page) => AgentField().Match(page).Groups[1].Value;

    public static Uri LocationOf(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var location = answer.Headers.Location!;
        return location.IsAbsoluteUri ? location : new Uri(answer.RequestMessage!.RequestUri!, location);
    }

    public static string? Field(Uri address, string name) => HttpUtility.ParseQueryString(address.Query)[name];

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("""name="scope" value="([^"]+)" checked""")]
    private static partial Regex Checked();

    [GeneratedRegex("""name="agent" value="([^"]+)""")]
    private static partial Regex AgentField();
}
