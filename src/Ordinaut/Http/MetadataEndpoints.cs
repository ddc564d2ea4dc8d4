using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/.well-known</c>: what a client needs to know before it has a token.</summary>
internal sealed class MetadataEndpoints(SigningKeys keys, TokenSettings settings)
{
    private const string Tag = "Login";
    private const string KeysPath = "/.well-known/jwks.json";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get(KeysPath, call => call.Answer(keys.PublicKeys))
            .Named("getPublicKeys", Tag, "The public keys that tokens are signed with")
            .Gives<KeySet>()
            .Anonymous();
        app.Get("/.well-known/oauth-authorization-server", Server)
            .Named("getAuthorizationServer", Tag, "Where and how to get tokens")
            .Gives<ServerMetadata>()
            .Anonymous();
        app.Get("/.well-known/oauth-protected-resource", Resource)
            .Named("getProtectedResource", Tag, "Which tokens the API takes")
            .Gives<ResourceMetadata>()
            .Anonymous();
    }

    private Task Server(Call call)
    {
        var root = Root(call);
        return call.Answer(
            new ServerMetadata(
                settings.Issuer,
                root + LoginEndpoints.TokenPath,
                root + KeysPath,
                Scopes.Names,
                [],
                ["client_credentials", "refresh_token"],
                ["client_secret_basic", "client_secret_post"]
            )
        );
    }

    private Task Resource(Call call)
    {
        var root = Root(call);
        return call.Answer(new ResourceMetadata(root, [root], Scopes.Names, ["header"]));
    }

    /// <summary>
    /// The issuer where it is a URL, as it should be in earnest; else the address the client itself used. No answer
    /// is cached, so a made-up Host header misleads only who sent it.
    /// </summary>
    private string Root(Call call) =>
        Uri.TryCreate(settings.Issuer, UriKind.Absolute, out var issuer) && issuer.Scheme is ("http" or "https")
            ? settings.Issuer.TrimEnd('/')
            : $"{call.Http.Request.Scheme}://{call.Http.Request.Host}";
}
