using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Ordinaut.Accounts;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary><c>/oauth/external</c> and back by <c>/oauth/callback</c>: people sign in at a provider.</summary>
internal sealed class ExternalSignInEndpoints(
    AuthorizeEndpoints authorize,
    SignInOperations signIns,
    ServerAddress address,
    SignInCookie cookie,
    OidcSignIn? provider = null
)
{
    private const string CallbackPath = "/oauth/callback";
    private const string Tag = "OAuth";

    private OidcSignIn Provider =>
        provider ?? throw new Problem(ProblemKind.NotFound, "There is no provider to sign in with; see oidc_issuer.");

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/oauth/external", call => authorize.Shown(call, Begin))
            .Named("beginExternalSignIn", Tag, "Send the browser to the provider")
            .PassesOthersOver()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
        app.Get(CallbackPath, call => authorize.Shown(call, Return))
            .Named("endExternalSignIn", Tag, "Take the browser back from the provider")
            .PassesOthersOver()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
    }

    private async Task Begin(Call call)
    {
        var http = call.Http;
        var query = http.Request.QueryString.Value ?? "";
        if (query.Length > 0 && await authorize.Read(http) is null)
        {
            return;
        }

        if (query.Length > OidcAttempt.MaxQuery)
        {
            throw new Problem(ProblemKind.TooLarge, $"The request has more than {OidcAttempt.MaxQuery} characters.");
        }

        var attempt = OidcSignIn.Begin(query);
        var location = await Provider.AddressFor(attempt, Callback(http), http.RequestAborted);
        cookie.Write(http, SignInCookie.External, Write(attempt), OidcAttempt.Life);
        AuthorizeEndpoints.Redirect(http, location);
    }

    private async Task Return(Call call)
    {
        var http = call.Http;
        var given = new Parameters(QueryHelpers.ParseQuery(http.Request.QueryString.Value));
        var attempt = Read(cookie.Read(http, SignInCookie.External));
        cookie.Remove(http, SignInCookie.External);
        if (attempt is null || !IsSame(given.One("state"), attempt.State))
        {
            throw new Problem(ProblemKind.Forbidden, "This sign-in was not begun in this browser; begin anew.");
        }

        if (given.One("code") is not { } code || (given.One("iss") ?? Provider.Issuer) != Provider.Issuer)
        {
            throw new Problem(ProblemKind.Forbidden, "The provider did not sign you in.");
        }

        var subject = await Provider.Subject(attempt, code, Callback(http), http.RequestAborted);
        var session =
            await signIns.WithIdentity(Provider.Issuer, subject, call.RequestId)
            ?? throw new Problem(
                ProblemKind.Forbidden,
                $"Nobody here is bound to the subject {Quoted.Of(subject)} of {Provider.Issuer}. Whoever manages your "
                    + "agent can do that with PUT /agents/{id}/account."
            );
        await authorize.Enter(call, session, attempt.Query);
    }

    private string Callback(HttpContext http) => address.Root(http) + CallbackPath;

    private static bool IsSame(string? given, string kept) =>
        given is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(kept));

    private static string Write(OidcAttempt attempt) =>
        string.Join(
            '.',
            attempt.State,
            attempt.Nonce,
            attempt.Verifier,
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(attempt.Query))
        );

    private static OidcAttempt? Read(string? text) =>
        text?.Split('.') is [var state, var nonce, var verifier, var query] && Base64Url.IsValid(query)
            ? new OidcAttempt(state, nonce, verifier, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(query)))
            : null;
}
