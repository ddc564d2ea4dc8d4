using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>From nothing but the server's address to a token, by what the server says of itself.</summary>
public sealed class MetadataStories
{
    [Fact]
    public async Task A_client_finds_the_way_to_a_token_and_to_the_keys()
    {
        await using var app = await OrdinautApp.Start();
        var resource = await Get<ResourceMetadata>(app, "/.well-known/oauth-protected-resource");
        var server = await Get<ServerMetadata>(
            app,
            Assert.Single(resource.AuthorizationServers) + "/.well-known/oauth-authorization-server"
        );
        Assert.Contains("client_credentials", server.GrantTypesSupported);
        Assert.Equal(Scopes.Names, server.ScopesSupported);

        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = app.Admin.AgentId,
            ["client_secret"] = app.Admin.AgentSecret,
        };
        using var content = new FormUrlEncodedContent(form);
        var answer = await app.Http.PostAsync(new Uri(server.TokenEndpoint), content);
        var token = OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(answer, 200));

        var keys = await Get<KeySet>(app, server.JwksUri);
        var header = Json.Parse(Decode(token.AccessToken.Split('.')[0]));
        Assert.Contains(keys.Keys, key => key.Kid == header.GetProperty("kid").GetString());
        Assert.Equal(server.Issuer, Json.Parse(Decode(token.AccessToken.Split('.')[1])).GetProperty("iss").GetString());
    }

    [Fact]
    public async Task An_issuer_that_is_a_url_is_the_root_of_every_address()
    {
        const string Issuer = "https://ordinaut.example";
        await using var app = await OrdinautApp.Start(configure: options => options with { Issuer = Issuer });

        var server = await Get<ServerMetadata>(app, "/.well-known/oauth-authorization-server");

        Assert.Equal((Issuer, Issuer + "/oauth/token"), (server.Issuer, server.TokenEndpoint));
        Assert.Equal(Issuer + "/oauth/authorize", server.AuthorizationEndpoint);
        Assert.Equal(["S256"], server.CodeChallengeMethodsSupported);
    }

    private static async Task<T> Get<T>(OrdinautApp app, string address) =>
        OrdinautApp.Read<T>(
            await OrdinautApp.Expect(await app.Http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute)), 200)
        );

    private static string Decode(string part) =>
        System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(part));
}
