using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace Ordinaut.Tests.OAuth;

/// <summary>An assistant that was given nothing but the address of the MCP endpoint and its own client id.</summary>
public sealed class McpClientStories
{
    [Fact]
    public async Task The_official_client_finds_the_way_asks_the_person_and_calls_a_tool()
    {
        await using var story = await OAuthApp.Start();
        using var browser = new Browser(story.App);
        await using var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = new Uri(story.App.Http.BaseAddress!, "mcp"),
                TransportMode = HttpTransportMode.StreamableHttp,
                OAuth = new ClientOAuthOptions
                {
                    ClientId = story.Client.ClientId.ToString(),
                    RedirectUri = new Uri(OAuthApp.Callback),
                    AuthorizationCallbackHandler = (context, _) => Consent(browser, context.AuthorizationUri),
                },
            }
        );

        await using var assistant = await McpClient.CreateAsync(transport);

        var tools = await assistant.ListToolsAsync();
        Assert.Contains(tools, tool => tool.Name == "list_tasks");
        Assert.DoesNotContain(tools, tool => tool.Name == "cancel_task");
        var me = await assistant.CallToolAsync("whoami");
        Assert.Contains(story.Person.AgentId.ToString(), Mcp.McpApp.TextOf(me), StringComparison.Ordinal);
    }

    private static async Task<AuthorizationResult?> Consent(Browser browser, Uri address)
    {
        var page = await browser.SignIn(address.AbsoluteUri, OAuthApp.Login, OAuthApp.Password);
        var back = await browser.Allow(address.AbsoluteUri, page);
        return new AuthorizationResult
        {
            Code = Browser.Field(back, "code"),
            State = Browser.Field(back, "state"),
            Iss = Browser.Field(back, "iss"),
        };
    }
}
