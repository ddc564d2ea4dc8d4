using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Agents;

/// <summary>
/// Makes and verifies access tokens: JWTs as RFC 9068 profiles them (<c>typ: at+jwt</c>), signed ES256.
/// </summary>
internal sealed class AccessTokens(SigningKeys keys, TokenSettings settings, TimeProvider clock, Ids ids)
{
    public const string Type = "at+jwt";

    /// <summary>How far the clocks of two nodes may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new()
    {
        SetDefaultTimesOnTokenCreation = false,
        MaximumTokenSizeInBytes = TokenShape.MaxLength,
        MapInboundClaims = false,
    };

    private readonly TokenValidationParameters _rules = Rules(keys, settings, clock);

    public int LifeSeconds => (int)settings.AccessLife.TotalSeconds;

    /// <summary>What a login gives: an access token beside its refresh token.</summary>
    public TokenAnswer Answer(Agent agent, Scope scopes, string refreshToken, string issuer, string? clientId = null) =>
        new(Create(agent, scopes, issuer, clientId), refreshToken, "Bearer", LifeSeconds, scopes.Text());

    /// <param name="clientId">The OAuth client that it is for; null for the agent itself.</param>
    public string Create(Agent agent, Scope scopes, string issuer, string? clientId = null)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var id = agent.Id.ToString();
        return _handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = settings.Audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now + settings.AccessLife,
                TokenType = Type,
                SigningCredentials = keys.Signer,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = id,
                    ["client_id"] = clientId ?? id,
                    ["jti"] = ids.Next().ToString(),
                    ["scope"] = scopes.Text(),
                    [TokenClaims.EpochName] = agent.TokenEpoch,
                },
            }
        );
    }

    /// <summary>The claims of a token made here for us and alive now; null for any other text.</summary>
    public async Task<TokenClaims?> Verify(string token)
    {
        if (TokenShape.Read(token) is not { } claims)
        {
            return null;
        }

        var result = await _handler.ValidateTokenAsync(token, _rules);
        return result.IsValid ? claims : null;
    }

    /// <summary>Whether tokens by the key of this one are still valid.</summary>
    public bool IsKeyAlive(TokenClaims claims) => keys.Find(claims.KeyId) is not null;

    private static TokenValidationParameters Rules(SigningKeys keys, TokenSettings settings, TimeProvider clock) =>
        new()
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = [Type],
            ValidIssuer = settings.Issuer,
            IssuerValidator = settings.Issuer.Length > 0 ? null : RequireAddress,
            ValidAudience = settings.Audience,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Find(keyId) is { } key ? [key] : [],
            LifetimeValidator = (notBefore, expires, _, _) =>
                IsAlive(notBefore, expires, clock.GetUtcNow().UtcDateTime),
        };

    /// <summary>
    /// Without a name of its own the server goes by whatever address it is called; that it made the token its key says,
    /// which is this installation's alone.
    /// </summary>
    private static string RequireAddress(string issuer, SecurityToken token, TokenValidationParameters rules) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("It is no address.");

    private static bool IsAlive(DateTime? notBefore, DateTime? expires, DateTime now) =>
        notBefore is { } from && expires is { } until && from - Skew <= now && now < until + Skew;
}
