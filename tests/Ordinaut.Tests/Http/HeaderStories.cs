using Ordinaut.Http;
using Ordinaut.Tests.OAuth;

namespace Ordinaut.Tests.Http;

/// <summary>Whatever an answer says, it carries the headers that confine it.</summary>
public sealed class HeaderStories
{
    private const string NothingButData = "default-src 'none'; frame-ancestors 'none'";
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    [Theory]
    [InlineData("GET", "/health", 200)]
    [InlineData("HEAD", "/health", 200)]
    [InlineData("GET", "/tasks", 200)]
    [InlineData("HEAD", "/tasks", 200)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("GET", "/.well-known/jwks.json", 200)]
    [InlineData("POST", "/agents", 400)]
    [InlineData("GET", "/tasks", 401)]
    [InlineData("HEAD", "/tasks", 401)]
    [InlineData("POST", "/mcp", 401)]
    [InlineData("GET", "/runs", 403)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("HEAD", "/nothing", 404)]
    [InlineData("GET", "/tasks/x", 404)]
    [InlineData("DELETE", "/tasks", 405)]
    [InlineData("GET", "/broken", 500)]
    [InlineData("HEAD", "/broken", 500)]
    public async Task An_answer_of_data_is_shown_nowhere_read_as_nothing_else_and_kept_by_nobody(
        string method,
        string path,
        int status
    )
    {
        await using var app = await OrdinautApp.Start(adjust: web =>
            web.Get("/broken", _ => throw new InvalidOperationException("secret inside")).Anonymous()
        );
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (status is not 401)
        {
            var agent = await app.AsAgent("tasks:read", "agents:manage");
            request.Headers.Authorization = new("Bearer", agent.Token);
        }

        var answer = await app.Http.SendAsync(request);

        await OrdinautApp.Expect(answer, status);
        Assert.Equal(NothingButData, Header(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal("no-store", Header(answer, "Cache-Control"));
        Assert.Equal(status < 400 ? Json : Problem, answer.Content.Headers.ContentType?.ToString());
        Assert.NotEmpty(Header(answer, "X-Request-ID"));
        // Nothing tells what it is made of.
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
    }

    [Fact]
    public async Task A_page_with_a_form_says_where_it_comes_from_and_is_framed_by_nobody()
    {
        await using var oauth = await OAuthApp.Start();
        using var browser = new Browser(oauth.App);

        var answer = await browser.Get(oauth.Authorize());

        await OrdinautApp.Expect(answer, 200);
        Assert.Contains("frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Equal("no-store", Header(answer, "Cache-Control"));
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        Assert.Single(answer.Headers.TryGetValues(name, out var values) ? values : []);
}
