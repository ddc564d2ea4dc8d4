using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ordinaut.Tests.JavaScript;
using Ordinaut.Tests.OAuth;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>The suite for authorization servers, with a person who opens what it prints and allows.</summary>
public sealed class AuthorizationSuite
{
    [Fact]
    public async Task The_authorization_server_does_what_the_revision_requires()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        var results = new SuiteResults();
        string[] arguments =
        [
            .. new[] { "authorization", "--url", story.Issuer, "--spec-version", Wire.Current },
            .. new[] { "--client-id", story.Client.ClientId.ToString(), "--port", FreePort() },
            .. new[] { "--resource", story.Issuer + "/mcp", "-o", results.Folder },
        ];

        var done = await NodePackages.Run(SuiteResults.Program, arguments, line => Open(browser, line));

        Assert.Equal(["authorization-code-grant", "authorization-server-metadata-endpoint"], results.Scenarios());
        Assert.Empty(results.NotPassed());
        Assert.True(done.Code == 0, done.Output + done.Errors);
        results.Forget();
    }

    private static async Task Open(Browser browser, string line)
    {
        if (line.Contains("/oauth/authorize?", StringComparison.Ordinal))
        {
            var page = await browser.SignIn(line, OAuthApp.Login, OAuthApp.Password);
            await OrdinautApp.Expect(await browser.Get((await browser.Allow(line, page)).AbsoluteUri), 200);
        }
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
