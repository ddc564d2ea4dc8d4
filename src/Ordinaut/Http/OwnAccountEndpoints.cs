using System.Collections.Frozen;
using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary><c>/oauth/account</c>: where people see their own accounts, and change what is theirs to change.</summary>
internal sealed class OwnAccountEndpoints(
    AuthorizeEndpoints authorize,
    SignInOperations signIns,
    OwnAccountOperations accounts,
    ProgramOperations programs,
    SignInCookie cookie,
    RefusalLog refusals,
    OidcSignIn? provider = null
)
{
    private const string Path = "/oauth/account";
    private const string Tag = "OAuth";

    /// <summary>What was done, by the word in the address that the browser is sent on to.</summary>
    private static readonly FrozenDictionary<string, string> Done = new Dictionary<string, string>
    {
        ["change_password"] = "Your password is changed, and you are signed in in this browser alone.",
        ["end_browser"] = "You are signed out there.",
        ["end_others"] = "You are signed in in this browser alone.",
        ["take_back"] = "It is taken back.",
    }.ToFrozenDictionary();

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get(Path, call => authorize.Shown(call, Show))
            .Named("showOwnAccount", Tag, "Show the person in the browser their account")
            .PassesOthersOver()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
        app.Post(Path, call => authorize.Shown(call, Decide))
            .Named("changeOwnAccount", Tag, "Change the password, end sessions, take back what programs were allowed")
            .TakesForm()
            .Anonymous(RateClass.Login)
            .ExcludeFromDescription();
    }

    private async Task Show(Call call)
    {
        var said = call.Http.Request.Query["done"].ToString();
        await (await Who(call) is { } who ? Account(call, who, Done.GetValueOrDefault(said)) : SignIn(call));
    }

    private async Task Decide(Call call)
    {
        authorize.RequireSameOrigin(call.Http);
        var form = new Parameters(call.Fields());
        var action = form.Required("action");
        try
        {
            if (action == "sign_in")
            {
                var session = await signIns.WithPassword(form.One("login"), form.One("password"), call.RequestId);
                await authorize.Enter(call, session, query: "");
            }
            // Who is signed in must be whose page it is.
            else if (await Who(call) is not { } who || form.One("agent") != who.Agent.Id.ToString())
            {
                await Show(call);
            }
            else
            {
                await Do(call, who, action, form);
            }
        }
        catch (Problem problem) when (problem.Kind == ProblemKind.Unauthenticated)
        {
            refusals.Note(call.Http, problem);
            await SignIn(call, problem.Message, StatusCodes.Status403Forbidden);
        }
    }

    private async Task Do(Call call, SignedIn who, string action, Parameters form)
    {
        try
        {
            await Do(call, action, form);
        }
        catch (Problem problem) when (problem.Kind is ProblemKind.Invalid or ProblemKind.Forbidden)
        {
            refusals.Note(call.Http, problem);
            var status = ProblemViews.Of(problem, call.RequestId).Status;
            var details = problem.Errors.Select(error => error.Detail).DefaultIfEmpty(problem.Message);
            await Account(call, who, string.Join(' ', details), status);
        }
    }

    private async Task Do(Call call, string action, Parameters form)
    {
        var token = cookie.Read(call.Http, SignInCookie.Session);
        switch (action)
        {
            case "change_password":
                await accounts.ChangePassword(token, Change(form), call.RequestId);
                break;
            case "end_browser":
                await accounts.EndBrowser(token, form.Required("browser"), call.RequestId);
                break;
            case "end_others":
                await accounts.EndOtherBrowsers(token, call.RequestId);
                break;
            case "take_back":
                await programs.TakeBack(token, form.Required("consent"), call.RequestId);
                break;
            case "sign_out":
                await authorize.Leave(call);
                await SignIn(call);
                return;
            default:
                throw new Problem(
                    ProblemKind.Malformed,
                    $"action must be sign_in, sign_out, {string.Join(", ", Done.Keys.Order())}."
                );
        }

        AuthorizeEndpoints.Redirect(call.Http, "account?done=" + action);
    }

    private static PasswordChange Change(Parameters form)
    {
        var next = form.One("new") ?? "";
        return next == form.One("again")
            ? new PasswordChange(form.One("current") ?? "", next, form.One("programs") is not null)
            : throw Problem.Invalid("/again", "The new password is not the same both times; type it again.");
    }

    private async Task Account(Call call, SignedIn who, string? said, int status = StatusCodes.Status200OK)
    {
        var (browsers, held) = (await accounts.Browsers(who), await programs.Of(who));
        await OwnAccountPage.Of(who, browsers, held, said).Send(call.Http, status);
    }

    private Task SignIn(Call call, string? fault = null, int status = StatusCodes.Status200OK) =>
        SignInPages.SignIn(provider?.Host, fault).Send(call.Http, status);

    private Task<SignedIn?> Who(Call call) => signIns.Who(cookie.Read(call.Http, SignInCookie.Session));
}
