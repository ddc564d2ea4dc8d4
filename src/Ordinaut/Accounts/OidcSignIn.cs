using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Agents;
using Ordinaut.Tools;

namespace Ordinaut.Accounts;

/// <summary>
/// Signs people in by an OpenID provider (OpenID Connect Core, code flow with PKCE and nonce). What it says of itself
/// and its keys are fetched through the one way out, and kept for an hour.
/// </summary>
internal sealed class OidcSignIn : IDocumentRetriever
{
    /// <summary>How long what it says of itself counts; a key that is not in it is looked for at once.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.EcdsaSha256,
    ];

    private readonly IdentityProvider _provider;
    private readonly Egress _egress;
    private readonly TimeProvider _clock;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private Known? _known;

    public OidcSignIn(IdentityProvider provider, Egress egress, TimeProvider clock)
    {
        _provider = provider;
        _egress = egress;
        _clock = clock;
    }

    public string Issuer => _provider.Issuer;

    public string Host => new Uri(_provider.Issuer).IdnHost;

    public static OidcAttempt Begin(string query) =>
        new(RandomToken.Create(), RandomToken.Create(), RandomToken.Create(), query);

    /// <summary>Where the browser goes to sign in.</summary>
    /// <param name="callback">Where it comes back to.</param>
    public async Task<string> AddressFor(OidcAttempt attempt, string callback, CancellationToken ct)
    {
        var configuration = await Discover(ct);
        var challenge = Sha256.Base64(attempt.Verifier);
        return QueryHelpers.AddQueryString(
            configuration.AuthorizationEndpoint,
            new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = _provider.ClientId,
                ["redirect_uri"] = callback,
                ["scope"] = "openid",
                ["state"] = attempt.State,
                ["nonce"] = attempt.Nonce,
                ["code_challenge"] = challenge,
                ["code_challenge_method"] = "S256",
                // What one does with one's account takes being there: a session at the provider does not do.
                ["prompt"] = attempt.Query.Length == 0 ? "login" : null,
            }
        );
    }

    /// <summary>Exchanges what the browser came back with for whom the provider vouches: its <c>sub</c>.</summary>
    public async Task<string> Subject(OidcAttempt attempt, string code, string callback, CancellationToken ct)
    {
        var configuration = await Discover(ct);
        var token = await Exchange(configuration, attempt, (code, callback), ct);
        var result = await Validate(configuration, token);
        if (!result.IsValid)
        {
            // It may have changed its keys since they were fetched.
            _known = null;
            result = await Validate(await Discover(ct), token);
        }

        if (!result.IsValid || result.SecurityToken is not JsonWebToken { Subject: { Length: > 0 } subject } read)
        {
            throw Refusal("its token is not valid");
        }

        var nonce = read.TryGetPayloadValue<string>("nonce", out var given) ? given : "";
        var party = read.TryGetPayloadValue<string>("azp", out var azp) ? azp : _provider.ClientId;
        return
            CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(nonce),
                Encoding.UTF8.GetBytes(attempt.Nonce)
            )
            && party == _provider.ClientId
            ? subject
            : throw Refusal("its token was made for another sign-in");
    }

    /// <summary>A document of the provider, for the library that reads them.</summary>
    async Task<string> IDocumentRetriever.GetDocumentAsync(string address, CancellationToken cancel) =>
        Encoding.UTF8.GetString(await Send(new EgressRequest(HttpMethod.Get, Trusted(address)), cancel));

    private async Task<OpenIdConnectConfiguration> Discover(CancellationToken ct)
    {
        if (_known is { } known && _clock.GetElapsedTime(known.FetchedAt) < Age)
        {
            return known.Configuration;
        }

        var configuration = await Fetch(ct);
        // Who could answer in the provider's place could answer with another's name (OpenID Connect Discovery §4.3).
        if (configuration.Issuer != _provider.Issuer)
        {
            throw Refusal("it goes by another issuer than oidc_issuer says");
        }

        _known = new Known(configuration, _clock.GetTimestamp());
        return configuration;
    }

    private async Task<OpenIdConnectConfiguration> Fetch(CancellationToken ct)
    {
        try
        {
            var address = _provider.Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            return await OpenIdConnectConfigurationRetriever.GetAsync(address, this, ct);
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Refusal("what it says of itself cannot be read");
        }
    }

    private async Task<string> Exchange(
        OpenIdConnectConfiguration configuration,
        OidcAttempt attempt,
        (string Code, string Callback) given,
        CancellationToken ct
    )
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = given.Code,
            ["redirect_uri"] = given.Callback,
            ["code_verifier"] = attempt.Verifier,
            ["client_id"] = _provider.ClientId,
        };
        List<KeyValuePair<string, string>> headers =
        [
            KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded"),
            KeyValuePair.Create("Accept", "application/json"),
        ];
        if (_provider.Secret() is { Length: > 0 } secret)
        {
            // Basic is what a provider takes that does not say (OpenID Connect Core §9).
            if (configuration.TokenEndpointAuthMethodsSupported.Contains("client_secret_post"))
            {
                fields["client_secret"] = secret;
            }
            else
            {
                headers.Add(KeyValuePair.Create("Authorization", Basic(_provider.ClientId, secret)));
            }
        }

        using var form = new FormUrlEncodedContent(fields);
        var request = new EgressRequest(HttpMethod.Post, Trusted(configuration.TokenEndpoint))
        {
            Headers = headers,
            Body = await form.ReadAsByteArrayAsync(ct),
        };
        var body = await Send(request, ct);
        try
        {
            using var answer = JsonDocument.Parse(body);
            return answer.RootElement.GetProperty("id_token").GetString()!;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Refusal("its answer has no id_token");
        }
    }

    private static string Basic(string id, string secret)
    {
        var pair = $"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}";
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
    }

    private Task<TokenValidationResult> Validate(OpenIdConnectConfiguration configuration, string token) =>
        _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidAlgorithms = Algorithms,
                ValidIssuer = _provider.Issuer,
                ValidAudience = _provider.ClientId,
                IssuerSigningKeys = configuration.SigningKeys,
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires),
            }
        );

    private bool IsAlive(DateTime? notBefore, DateTime? expires)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return (notBefore is null || notBefore - Skew <= now) && expires is { } until && now < until + Skew;
    }

    private async Task<byte[]> Send(EgressRequest request, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            return await _egress.Send(request, either.Token) switch
            {
                EgressResult.Answered { Status: 200, Body: var body } => body,
                EgressResult.Answered { Status: var status } => throw Refusal($"it answers {status}"),
                EgressResult.Failed { Reason: var reason } => throw Refusal(reason.Message.TrimEnd('.')),
                _ => throw Refusal("it does not answer"),
            };
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw Refusal($"it did not answer within {Patience.TotalSeconds} s");
        }
    }

    /// <summary>An address that the provider named: as safe as its own.</summary>
    private Uri Trusted(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp && new Uri(Issuer).Scheme == url.Scheme)
            ? url
            : throw Refusal("one of its addresses is not https");

    private static Problem Refusal(string why) =>
        new(ProblemKind.Unavailable, $"Signing in with the provider does not work: {why}.");

    private sealed record Known(OpenIdConnectConfiguration Configuration, long FetchedAt);
}
