using Microsoft.AspNetCore.WebUtilities;
using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary>
/// <c>/oauth/authorize</c>: where a browser brings a client's wish, and a person signs in and allows it or not.
/// </summary>
internal sealed class AuthorizeEndpoints(
    AuthorizationOperations authorizations,
    SignInOperations signIns,
    ServerAddress address,
    SignInCookie cookie,
    RefusalLog refusals,
    OidcSignIn? provider = null
)
{
    public const string Path = "/oauth/authorize";

    private const string Tag = "OAuth";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get(Path, call => Shown(call, Show))
            .Named("showAuthorization", Tag, "Ask the person in the browser")
            .PassesOthersOver()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
        app.Post(Path, call => Shown(call, Decide))
            .Named("decideAuthorization", Tag, "Sign in, allow, refuse or sign out")
            .TakesForm()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
    }

    /// <summary>What cannot be told to a client is told to the person.</summary>
    public async Task Shown(Call call, Func<Call, Task> handler)
    {
        try
        {
            await handler(call);
        }
        catch (Problem problem)
        {
            refusals.Note(call.Http, problem);
            Problems.TellWait(call.Http, problem);
            var status = ProblemViews.Of(problem, call.RequestId).Status;
            await SignInPages.Fault("This does not work", problem.Message).Send(call.Http, status);
        }
    }

    /// <summary>The wish in the query; null when it has a fault, which the client was sent.</summary>
    public async Task<AuthorizeRequest?> Read(HttpContext http)
    {
        var query = QueryHelpers.ParseQuery(http.Request.QueryString.Value);
        var request = await authorizations.Read(new Parameters(query), address.Name(http), http.RequestAborted);
        switch (request.Fault)
        {
            case null:
                return request;
            case var fault when request.IsSafeToSendBack:
                Redirect(http, request.Refusal(fault));
                return null;
            case var fault:
                throw fault;
        }
    }

    /// <summary>A redirect after which the browser gets, whatever it did before.</summary>
    public static void Redirect(HttpContext http, string location)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = location;
    }

    /// <summary>
    /// The browser is signed in from here on, and no more as whoever it was. It goes on with what it came for: to be
    /// asked again what a client wants, or, without that, to the person's own account.
    /// </summary>
    public async Task Enter(Call call, string session, string query)
    {
        await signIns.SignOut(cookie.Read(call.Http, SignInCookie.Session), call.RequestId);
        cookie.Write(call.Http, SignInCookie.Session, session, WebSessions.Life);
        Redirect(call.Http, query.Length == 0 ? "account" : "authorize" + query);
    }

    /// <summary>Nobody is signed in in the browser from here on.</summary>
    public async Task Leave(Call call)
    {
        await signIns.SignOut(cookie.Read(call.Http, SignInCookie.Session), call.RequestId);
        cookie.Remove(call.Http, SignInCookie.Session);
    }

    /// <summary>
    /// A form counts only from our own page: browsers say where one comes from, and another site cannot make them lie.
    /// </summary>
    public void RequireSameOrigin(HttpContext http)
    {
        var site = http.Request.Headers["Sec-Fetch-Site"].ToString();
        var origin = http.Request.Headers.Origin.ToString();
        var fine =
            site.Length > 0
                ? site == "same-origin"
                : origin.Length > 0
                    && (
                        origin == $"{http.Request.Scheme}://{http.Request.Host}"
                        || origin == new Uri(address.Root(http)).GetLeftPart(UriPartial.Authority)
                    );
        if (!fine)
        {
            throw new Problem(ProblemKind.Forbidden, "This form was not sent by our own page; begin anew.");
        }
    }

    private async Task Show(Call call)
    {
        if (await Read(call.Http) is not { } request)
        {
            return;
        }

        var who = await Who(call.Http);
        await (who is null ? SignIn(call, request) : Consent(call, request, who.Agent));
    }

    private async Task Decide(Call call)
    {
        RequireSameOrigin(call.Http);
        if (await Read(call.Http) is not { } request)
        {
            return;
        }

        var form = new Parameters(call.Fields());
        var action = form.Required("action");
        if (action == "sign_in")
        {
            await SignIn(call, request, form);
            return;
        }

        // Who is signed in must be who was asked.
        if (await Who(call.Http) is not { Agent: var agent } || form.One("agent") != agent.Id.ToString())
        {
            await Show(call);
            return;
        }

        switch (action)
        {
            case "allow":
                var chosen = form.All("scope").Aggregate(Scope.None, (all, name) => all | Scopes.Parse(name));
                Redirect(call.Http, await authorizations.Allow(request, agent, chosen, call.RequestId));
                break;
            case "refuse":
                Redirect(call.Http, await authorizations.Refuse(request, agent, call.RequestId));
                break;
            case "sign_out":
                await Leave(call);
                await SignIn(call, request);
                break;
            default:
                throw new Problem(ProblemKind.Malformed, "action must be sign_in, allow, refuse or sign_out.");
        }
    }

    private async Task SignIn(Call call, AuthorizeRequest request, Parameters form)
    {
        try
        {
            var session = await signIns.WithPassword(form.One("login"), form.One("password"), call.RequestId);
            await Enter(call, session, QueryOf(call.Http));
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Unauthenticated)
        {
            refusals.Note(call.Http, problem);
            await SignIn(call, request, problem.Message, StatusCodes.Status403Forbidden);
        }
    }

    private Task SignIn(
        Call call,
        AuthorizeRequest request,
        string? fault = null,
        int status = StatusCodes.Status200OK
    ) => SignInPages.SignIn(request, QueryOf(call.Http), provider?.Host, fault).Send(call.Http, status);

    private static Task Consent(Call call, AuthorizeRequest request, Agent agent) =>
        SignInPages.Consent(request, QueryOf(call.Http), agent).Send(call.Http);

    private Task<SignedIn?> Who(HttpContext http) => signIns.Who(cookie.Read(http, SignInCookie.Session));

    private static string QueryOf(HttpContext http) => http.Request.QueryString.Value ?? "";
}
