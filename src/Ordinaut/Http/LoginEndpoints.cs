using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/agents/auth</c>: how secrets become tokens.</summary>
internal sealed class LoginEndpoints(LoginOperations logins, ServerAddress address)
{
    public const string TokenPath = "/agents/auth/token";

    private const string Tag = "Login";
    private const string ClientCredentials = "client_credentials";
    private const string RefreshGrant = "refresh_token";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Post(TokenPath, Token)
            .Named("createToken", Tag, "Exchange an agent's secret for an access and a refresh token")
            .Takes<TokenRequest>(optional: false, Route.FormType)
            .Gives<TokenAnswer>()
            .Anonymous(RateClass.Login);
        app.Post("/agents/auth/refresh", Refresh)
            .Named("refreshToken", Tag, "Exchange a refresh token, usable once, for the next pair of tokens")
            .Takes<RefreshRequest>()
            .Gives<TokenAnswer>()
            .Anonymous(RateClass.Login);
        app.Post("/agents/auth/revoke", Revoke)
            .Named("revokeToken", Tag, "End a session and the agent's access tokens")
            .Takes<RevokeRequest>()
            .GivesNothing()
            .Anonymous(RateClass.Login);
    }

    private async Task Token(Call call)
    {
        var request = Authenticate(call, IsForm(call) ? FromForm(call.Form()) : call.Body<TokenRequest>());
        var answer = request.GrantType switch
        {
            null or ClientCredentials => await logins.Token(
                request.AgentId,
                request.AgentSecret,
                request.Scope,
                address.Login(call.Http)
            ),
            RefreshGrant => await logins.Refresh(request.RefreshToken, request.Scope, address.Login(call.Http)),
            _ => throw Problem.Invalid(
                "/grant_type",
                $"The grant type must be '{ClientCredentials}' or '{RefreshGrant}'."
            ),
        };
        await call.Answer(answer);
    }

    private async Task Refresh(Call call)
    {
        var request = call.Body<RefreshRequest>();
        await call.Answer(await logins.Refresh(request.RefreshToken, request.Scope, address.Login(call.Http)));
    }

    private async Task Revoke(Call call)
    {
        await logins.Revoke(call.Body<RevokeRequest>().RefreshToken, call.RequestId);
        await call.Nothing();
    }

    private static bool IsForm(Call call) =>
        call.Http.Request.ContentType?.StartsWith(Route.FormType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>OAuth's names and ours for the same fields; a repeated field reads as one that fits nothing.</summary>
    private static TokenRequest FromForm(Dictionary<string, string> form) =>
        new(
            form.GetValueOrDefault("agent_id") ?? form.GetValueOrDefault("client_id"),
            form.GetValueOrDefault("agent_secret") ?? form.GetValueOrDefault("client_secret"),
            form.GetValueOrDefault("grant_type"),
            form.GetValueOrDefault("refresh_token"),
            form.GetValueOrDefault("scope")
        );

    /// <summary>HTTP Basic (RFC 6749 §2.3.1) in place of the two members.</summary>
    private static TokenRequest Authenticate(Call call, TokenRequest request) =>
        BasicCredentials.Of(call.Http.Request) is { } basic
            ? request with
            {
                AgentId = basic.Id,
                AgentSecret = basic.Secret,
            }
            : request;
}
