using System.Buffers.Text;
using System.Security.Cryptography;
using System.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.OAuth;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.OAuth;

/// <summary>A small OpenID provider on this machine; a test can make its tokens wrong.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private const string Code = "provider-code";

    private readonly FakeServer _server;
    private ECDsaSecurityKey _key = NewKey("first");
    private System.Collections.Specialized.NameValueCollection _asked = [];

    public FakeProvider() => _server = new FakeServer(Answer);

    public string Issuer => _server.Url.TrimEnd('/');

    public string Host => $"127.0.0.1:{_server.Port}";

    /// <summary>Whom it signs in.</summary>
    public string Subject { get; set; } = "person-1";

    /// <summary>The last word on the claims of a token.</summary>
    public Action<Dictionary<string, object>> Adjust { get; set; } = _ => { };

    /// <summary>What it calls itself in its metadata; null for the truth.</summary>
    public string? OtherIssuer { get; set; }

    /// <summary>How it wants the secret, in its metadata's words; empty says nothing, which means Basic.</summary>
    public string Methods { get; set; } = "";

    /// <summary>Signs with a key that it does not publish.</summary>
    public bool IsForged { get; set; }

    /// <summary>What this server asked, when it last sent the browser.</summary>
    public string? Asked(string name) => _asked[name];

    public void ChangeKey() => _key = NewKey("second");

    /// <summary>The person signs in; where the browser is sent back to.</summary>
    public string SignIn(Uri address)
    {
        Assert.StartsWith(Issuer + "/authorize?", address.AbsoluteUri, StringComparison.Ordinal);
        _asked = HttpUtility.ParseQueryString(address.Query);
        Assert.Equal(("code", "S256"), (_asked["response_type"], _asked["code_challenge_method"]));
        return $"{_asked["redirect_uri"]}?code={Code}&state={_asked["state"]}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static ECDsaSecurityKey NewKey(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };

    private byte[] Answer(Received request) =>
        request.Target switch
        {
            "/.well-known/openid-configuration" => Say(
                $$"""
                {"issuer": "{{OtherIssuer ?? Issuer}}", "authorization_endpoint": "{{Issuer}}/authorize",
                 "token_endpoint": "{{Issuer}}/token", "jwks_uri": "{{Issuer}}/keys"{{Methods}}}
                """
            ),
            "/keys" => Say(Keys()),
            "/token" => Token(request),
            _ => FakeServer.Answer(404),
        };

    private string Keys()
    {
        var point = _key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        return $$"""{"keys": [{"kty": "EC", "crv": "P-256", "kid": "{{_key.KeyId}}", "x": "{{x}}", "y": "{{y}}"}]}""";
    }

    private byte[] Token(Received request)
    {
        var form = HttpUtility.ParseQueryString(request.Text);
        var basic = Convert.ToBase64String("ordinaut-at-provider:provider-secret"u8);
        var fine =
            form["code"] == Code
            && (
                Methods.Length == 0
                    ? request.Headers.GetValueOrDefault("Authorization") == "Basic " + basic
                    : form["client_secret"] == "provider-secret"
            )
            && form["redirect_uri"] == _asked["redirect_uri"]
            && Pkce.Answers(form["code_verifier"], _asked["code_challenge"]!);
        return fine
            ? Say($$"""{"access_token": "x", "token_type": "Bearer", "id_token": "{{IdToken()}}"}""")
            : FakeServer.Answer(400);
    }

    private string IdToken()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = _asked["client_id"]!,
            ["sub"] = Subject,
            ["nonce"] = _asked["nonce"]!,
            ["iat"] = now,
            ["exp"] = now + 300,
        };
        Adjust(claims);
        var key = IsForged ? NewKey(_key.KeyId) : _key;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = claims,
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
            }
        );
    }

    private static byte[] Say(string json) => FakeServer.Answer(200, "Content-Type: application/json\r\n", json);
}
