using Ordinaut.Agents;
using Ordinaut.OAuth;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>
/// <c>/oauth/token</c> and <c>/oauth/revoke</c>: the protocol's own forms and errors (RFC 6749 §5, RFC 7009) over the
/// same logins as <c>/agents/auth</c>.
/// </summary>
internal sealed class OAuthEndpoints(
    GrantOperations grants,
    LoginOperations logins,
    ServerAddress address,
    RefusalLog refusals
)
{
    public const string TokenPath = "/oauth/token";
    public const string RevokePath = "/oauth/revoke";

    private const string Tag = "OAuth";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Post(TokenPath, call => Guarded(call, Token))
            .Named("exchangeGrant", Tag, "Exchange a code, a refresh token or an agent's secret for tokens (RFC 6749)")
            .TakesForm()
            .Gives<TokenAnswer>()
            .Anonymous(RateClass.Login);
        app.Post(RevokePath, call => Guarded(call, Revoke))
            .Named("revokeGrant", Tag, "End what a token stands for (RFC 7009)")
            .TakesForm()
            .Anonymous(RateClass.Login);
    }

    private async Task Token(Call call)
    {
        var form = new Parameters(call.Fields());
        var answer = form.Required("grant_type") switch
        {
            "authorization_code" => await Exchange(call, form),
            "refresh_token" => await Refresh(call, form),
            "client_credentials" => await Login(call, form),
            _ => throw GrantProblems.Of(
                "unsupported_grant_type",
                "grant_type must be authorization_code, refresh_token or client_credentials."
            ),
        };
        await call.Answer(answer);
    }

    private async Task<TokenAnswer> Exchange(Call call, Parameters form) =>
        await grants.Exchange(
            new CodeExchange(
                form.Required("code"),
                ClientOf(call, form) ?? form.Required("client_id"),
                form.Required("redirect_uri"),
                form.Required("code_verifier"),
                form.All("resource"),
                address.Name(call.Http).IsResource
            ),
            address.Login(call.Http)
        );

    private async Task<TokenAnswer> Refresh(Call call, Parameters form)
    {
        RequireOurs(call, form);
        return await logins.Refresh(
            form.Required("refresh_token"),
            form.One("scope"),
            address.Login(call.Http),
            ClientOf(call, form)
        );
    }

    private void RequireOurs(Call call, Parameters form)
    {
        if (!form.All("resource").All(address.Name(call.Http).IsResource))
        {
            throw GrantProblems.Of("invalid_target", "resource must be this server.");
        }
    }

    private async Task<TokenAnswer> Login(Call call, Parameters form)
    {
        RequireOurs(call, form);
        var basic = BasicCredentials.Of(call.Http.Request);
        return await logins.Token(
            basic?.Id ?? form.One("client_id"),
            basic?.Secret ?? form.One("client_secret"),
            form.One("scope"),
            address.Login(call.Http)
        );
    }

    private async Task Revoke(Call call)
    {
        var form = new Parameters(call.Fields());
        var client = ClientOf(call, form) ?? form.Required("client_id");
        await grants.Revoke(form.Required("token"), client, call.RequestId);
        call.Http.Response.ContentLength = 0;
    }

    /// <summary>Who presents itself. A client of people has no secret: it shows its code or its token.</summary>
    private static string? ClientOf(Call call, Parameters form) =>
        BasicCredentials.Of(call.Http.Request)?.Id ?? form.One("client_id");

    /// <summary>Says what failed in OAuth's words; what those have no word for stays a problem.</summary>
    private async Task Guarded(Call call, Func<Call, Task> handler)
    {
        try
        {
            await handler(call);
        }
        catch (Problem problem) when (WordFor(problem) is { } word)
        {
            refusals.Note(call.Http, problem);
            var isClient = word == "invalid_client";
            if (isClient && call.Http.Request.Headers.Authorization.Count > 0)
            {
                call.Http.Response.Headers.WWWAuthenticate = "Basic realm=\"ordinaut\"";
            }

            var status = isClient ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest;
            await call.Answer(new OAuthError(word, problem.Message), status);
        }
    }

    private static string? WordFor(Problem problem) =>
        problem.GrantError ?? (problem.Kind == ProblemKind.Unauthenticated ? "invalid_client" : null);
}
