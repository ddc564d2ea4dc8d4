using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class HttpRedirectTests
{
    private static readonly EgressRequest Post = new(HttpMethod.Post, new Uri("https://a.example/dir/page"))
    {
        Body = "x"u8.ToArray(),
        Headers =
        [
            new("Content-Type", "text/plain"),
            new("authorization", "Bearer x"),
            new("Cookie", "a=b"),
            new("Idempotency-Key", "k"),
            new("X-Api-Key", "k"),
            new("x-auth-TOKEN", "t"),
            new("X-Client-Secret", "s"),
            new("Proxy-Authorization", "Basic x"),
            new("X-Request-Id", "r"),
        ],
    };

    [Theory]
    [InlineData(301, "POST", "GET")]
    [InlineData(301, "PUT", "PUT")]
    [InlineData(302, "POST", "GET")]
    [InlineData(302, "GET", "GET")]
    [InlineData(303, "POST", "GET")]
    [InlineData(303, "DELETE", "GET")]
    [InlineData(303, "HEAD", "HEAD")]
    [InlineData(307, "POST", "POST")]
    [InlineData(308, "PUT", "PUT")]
    public void The_method_of_the_next_hop_is_the_one_of_the_standard(int status, string method, string next)
    {
        var request = Post with { Method = new HttpMethod(method) };

        var followed = HttpRedirects.Next(request, To(status, "/next"))!;

        Assert.Equal(new Uri("https://a.example/next"), followed.Url);
        Assert.Equal(next, followed.Method.Method);
        var keepsBody = !(next == "GET" && method != "GET");
        Assert.Equal(keepsBody, followed.Body is not null);
        Assert.Equal(keepsBody, followed.Headers.Any(h => h.Key == "Content-Type"));
        Assert.Contains(followed.Headers, h => h.Key == "authorization");
    }

    [Theory]
    [InlineData("https://a.example:443/x", true)]
    [InlineData("https://A.EXAMPLE/x", true)]
    [InlineData("other", true)]
    [InlineData("https://b.example/x", false)]
    [InlineData("https://a.example:8443/x", false)]
    [InlineData("https://a.example.b.example/x", false)]
    [InlineData("//b.example/x", false)]
    public void Credentials_stay_with_their_origin(string location, bool keeps)
    {
        var followed = HttpRedirects.Next(Post, To(307, location))!;

        string[] ofTheCall = ["Content-Type", "Idempotency-Key", "X-Request-Id"];
        Assert.Equal(keeps ? Post.Headers.Select(h => h.Key) : ofTheCall, followed.Headers.Select(h => h.Key));
    }

    [Theory]
    [InlineData(200, "/next")]
    [InlineData(300, "/next")]
    [InlineData(304, "/next")]
    [InlineData(302, "http://a.example/down")]
    [InlineData(302, "http://")]
    public void What_is_not_a_followable_redirect_is_an_answer(int status, string location) =>
        Assert.Null(HttpRedirects.Next(Post, To(status, location)));

    [Fact]
    public void A_redirect_without_location_is_an_answer() =>
        Assert.Null(HttpRedirects.Next(Post, new EgressResult.Answered(302, [], [])));

    [Fact]
    public void From_http_to_https_is_followed() =>
        Assert.NotNull(
            HttpRedirects.Next(Post with { Url = new Uri("http://a.example/") }, To(302, "https://a.example/"))
        );

    [Theory]
    [InlineData("", 302, 1)]
    [InlineData(""" "follow_redirects":false """, 302, 1)]
    [InlineData(""" "follow_redirects":true """, 200, 2)]
    public async Task Redirects_are_followed_only_when_asked(string input, int status, int requests)
    {
        await using var server = new FakeServer(r =>
            r.Target == "/end" ? FakeServer.Answer(200) : FakeServer.Answer(302, "Location: /end\r\n")
        );

        var output = (await HttpRequestToolTests.Run(server, input)).Output();

        Assert.Equal(status, output.GetProperty("status").GetInt32());
        Assert.Equal(requests, server.Requests.Count);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public async Task Five_redirects_are_followed_and_not_one_more(int hops, bool arrives)
    {
        await using var server = new FakeServer(r =>
        {
            var done = r.Target.Length - 1;
            return done == hops ? FakeServer.Answer(200) : FakeServer.Answer(302, $"Location: {r.Target}x\r\n");
        });

        var result = await HttpRequestToolTests.Run(server, """ "follow_redirects":true """);

        Assert.Equal(arrives ? null : "too_many_redirects", (result as ToolResult.Failed)?.Code);
        Assert.Equal(6, server.Requests.Count);
    }

    private static EgressResult.Answered To(int status, string location) =>
        new(status, [new("location", location)], []);
}
