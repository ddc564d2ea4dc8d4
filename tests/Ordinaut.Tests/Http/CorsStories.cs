namespace Ordinaut.Tests.Http;

/// <summary>Web pages of other origins call the API only where an operator named them.</summary>
public sealed class CorsStories
{
    private const string Ours = "https://app.example";
    private const string Second = "http://localhost:3000";
    private const string Allowed = "Access-Control-Allow-Origin";

    [Fact]
    public async Task By_default_no_page_is_let_in()
    {
        await using var app = await OrdinautApp.Start();

        Assert.Null(Header(await Ask(app, HttpMethod.Get, "/health", Ours), Allowed));
        var preflight = await Ask(app, HttpMethod.Options, "/tasks", Ours, "POST");
        await OrdinautApp.Expect(preflight, 405);
        Assert.Null(Header(preflight, Allowed));
    }

    [Theory]
    [InlineData(Ours, true)]
    [InlineData(Second, true)]
    [InlineData("https://app.example.evil", false)]
    [InlineData("http://app.example", false)]
    [InlineData("https://app.example:8443", false)]
    [InlineData("null", false)]
    public async Task Only_the_origins_that_were_named_are_let_in(string origin, bool letIn)
    {
        await using var app = await Start();

        var preflight = await Ask(app, HttpMethod.Options, "/tasks", origin, "POST", "authorization, idempotency-key");
        var answer = await Ask(app, HttpMethod.Get, "/health", origin);

        Assert.Equal(letIn ? origin : null, Header(preflight, Allowed));
        Assert.Equal(letIn ? origin : null, Header(answer, Allowed));
        Assert.Equal(letIn, answer.Headers.Vary.Contains("Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task A_page_that_is_let_in_can_read_problems_and_etags_too()
    {
        await using var app = await Start();

        var refusal = await Ask(app, HttpMethod.Get, "/tasks", Ours);

        await OrdinautApp.Expect(refusal, 401);
        Assert.Equal(Ours, Header(refusal, Allowed));
        Assert.Contains("ETag", Header(refusal, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRACE", "authorization")]
    [InlineData("POST", "x-other")]
    public async Task A_preflight_for_more_than_the_api_needs_allows_less(string method, string headers)
    {
        await using var app = await Start();

        var preflight = await Ask(app, HttpMethod.Options, "/tasks", Ours, method, headers);

        var methods = Header(preflight, "Access-Control-Allow-Methods") ?? "";
        var allowed = Header(preflight, "Access-Control-Allow-Headers") ?? "";
        Assert.DoesNotContain("TRACE", methods, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("x-other", allowed, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<OrdinautApp> Start() =>
        OrdinautApp.Start(configure: options => options with { CorsOrigins = $"{Ours},{Second}" });

    private static Task<HttpResponseMessage> Ask(
        OrdinautApp app,
        HttpMethod method,
        string path,
        string origin,
        string? wanted = null,
        string? headers = null
    )
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        if (wanted is not null)
        {
            request.Headers.Add("Access-Control-Request-Method", wanted);
            request.Headers.Add("Access-Control-Request-Headers", headers);
        }

        return app.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
