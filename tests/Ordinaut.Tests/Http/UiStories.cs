using System.Net;
using System.Text.RegularExpressions;
using Ordinaut.Http;

namespace Ordinaut.Tests.Http;

/// <summary>The files of the web UI as a browser gets them.</summary>
public sealed partial class UiStories
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    [Fact]
    public async Task Every_file_is_served_with_its_type_and_the_headers_that_confine_it()
    {
        await using var app = await OrdinautApp.Start();

        foreach (var path in UiEndpoints.Names.Select(name => $"/ui/{name}").Append("/"))
        {
            var answer = await app.Http.GetAsync(new Uri(path, UriKind.Relative));

            await OrdinautApp.Expect(answer, 200);
            var type = path == "/" ? Types[".html"] : Types[Path.GetExtension(path)];
            Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
            Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
            Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
            Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
            Assert.Equal("no-cache", Header(answer, "Cache-Control"));
        }
    }

    [Fact]
    public async Task The_policy_allows_what_this_server_serves_and_nothing_else()
    {
        await using var app = await OrdinautApp.Start();

        var policy = Header(await app.Http.GetAsync(new Uri("/", UriKind.Relative)), "Content-Security-Policy");

        string[] expected =
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ];
        Assert.Equal(expected, policy.Split("; "));
    }

    [Fact]
    public async Task A_browser_that_has_a_file_gets_no_second_copy()
    {
        await using var app = await OrdinautApp.Start();
        var first = await app.Http.GetAsync(new Uri("/ui/app.js", UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/ui/app.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        var answer = await app.Http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Equal(first.Headers.ETag, answer.Headers.ETag);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/ui/nothing.js")]
    [InlineData("/ui/../appsettings.json")]
    [InlineData("/ui/..%2fapp.js")]
    [InlineData("/ui/APP.JS")]
    public async Task Another_name_is_no_file(string path)
    {
        await using var app = await OrdinautApp.Start();

        await OrdinautApp.Expect(await app.Http.GetAsync(new Uri(path, UriKind.Relative)), 404);
    }

    [Fact]
    public async Task Whatever_a_file_asks_for_is_served()
    {
        await using var app = await OrdinautApp.Start();
        foreach (var name in UiEndpoints.Names)
        {
            var text = await app.Http.GetStringAsync(new Uri($"/ui/{name}", UriKind.Relative));
            foreach (var asked in Asked().Matches(text).Select(match => match.Groups["name"].Value))
            {
                Assert.Contains(asked, UiEndpoints.Names);
            }
        }
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    /// <summary>Imports of modules, and addresses in the page.</summary>
    [GeneratedRegex("""(from '\./|(src|href)="/ui/)(?<name>[^'"]+)['"]""")]
    private static partial Regex Asked();
}
