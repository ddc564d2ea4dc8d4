using Ordinaut.Agents;
using Ordinaut.OAuth;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/.well-known</c>: what a client needs to know before it has a token.</summary>
internal sealed class MetadataEndpoints(SigningKeys keys, ServerAddress address)
{
    private const string Tag = "Login";
    private const string KeysPath = "/.well-known/jwks.json";
    private const string ResourcePath = "/.well-known/oauth-protected-resource";

    /// <summary>The other resource behind the same tokens: assistants look for its description by its path.</summary>
    public const string McpPath = "/mcp";

    private static readonly string[] AuthMethods = ["none", "client_secret_basic", "client_secret_post"];

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
        app.Get(ResourcePath, call => Resource(call, ""))
            .Named("getProtectedResource", Tag, "Which tokens the API takes")
            .Gives<ResourceMetadata>()
            .Anonymous();
        app.Get(ResourcePath + McpPath, call => Resource(call, McpPath))
            .Named("getProtectedMcpResource", Tag, "Which tokens the MCP endpoint takes")
            .Gives<ResourceMetadata>()
            .Anonymous();
    }

    /// <summary>
    /// Tells whoever was turned away where tokens come from (RFC 9728 §5.1), and which scope was missing
    /// (RFC 6750 §3.1).
    /// </summary>
    public void Challenge(HttpContext http, Problem problem)
    {
        var missing = problem.NeededScope is { } scope ? $"error=\"insufficient_scope\", scope=\"{scope}\", " : "";
        if (missing.Length > 0 || problem.Kind == ProblemKind.Unauthenticated)
        {
            var resource = http.Request.Path == McpPath ? McpPath : "";
            var described = address.Root(http) + ResourcePath + resource;
            http.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"ordinaut\", {missing}resource_metadata=\"{described}\"";
        }
    }

    private Task Server(Call call)
    {
        var root = address.Root(call.Http);
        return call.Answer(
            new ServerMetadata(
                address.Issuer(call.Http),
                root + AuthorizeEndpoints.Path,
                root + OAuthEndpoints.TokenPath,
                root + OAuthEndpoints.RevokePath,
                root + KeysPath,
                Scopes.Names,
                ["code"],
                ["query"],
                ["authorization_code", "refresh_token", "client_credentials"],
                AuthMethods,
                AuthMethods,
                [Pkce.Method],
                AuthorizationResponseIssParameterSupported: true,
                ClientIdMetadataDocumentSupported: true
            )
        );
    }

    private Task Resource(Call call, string path)
    {
        var root = address.Root(call.Http);
        return call.Answer(new ResourceMetadata(root + path, [root], Scopes.Names, ["header"]));
    }
}
