using System.Text.Encodings.Web;
using Ordinaut.Agents;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary>A page for people, without any script.</summary>
/// <param name="Body">Markup; every text in it was encoded.</param>
/// <param name="FormTarget">Whom the answer to its form may lead to, beside this server.</param>
internal sealed record SignInPage(string Title, string Body, string FormTarget = "")
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        + "form-action 'self'";

    public Task Send(HttpContext http, int status = StatusCodes.Status200OK)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = FormTarget.Length == 0 ? Policy : $"{Policy} {FormTarget}";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["X-Frame-Options"] = "DENY";
        // Without it a browser would not say where a form comes from.
        headers["Referrer-Policy"] = "same-origin";
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{SignInPages.Text(Title)} - Ordinaut</title>
              <link rel="icon" type="image/svg+xml" href="../ui/icon.svg">
              <link rel="stylesheet" href="../ui/style.css">
            </head>
            <body>
              <main>
                <h1>{SignInPages.Text(Title)}</h1>
            {Body}
              </main>
            </body>
            </html>
            """,
            http.RequestAborted
        );
    }
}

/// <summary>The pages: sign in, allow or refuse, and why it cannot be.</summary>
internal static class SignInPages
{
    /// <param name="query">The request of the client, which every form goes on with.</param>
    /// <param name="provider">The host of the provider that people can sign in with; null for none.</param>
    /// <param name="fault">Why the last attempt failed.</param>
    public static SignInPage SignIn(AuthorizeRequest request, string query, string? provider, string? fault)
    {
        var lead = $"<strong>{Text(request.Client.Name)}</strong> wants to act for you. First say who you are.";
        return SignIn(lead, "authorize" + query, "external" + query, provider, fault);
    }

    /// <summary>Before the person's own account.</summary>
    public static SignInPage SignIn(string? provider, string? fault) =>
        SignIn("Say who you are, to see your account.", "account", "external", provider, fault);

    public static string Note(string? fault) =>
        fault is null ? "" : $"""    <p class="note" role="alert">{Text(fault)}</p>""";

    private static SignInPage SignIn(string lead, string action, string external, string? provider, string? fault)
    {
        var other = provider is null
            ? ""
            : $"""    <p><a href="{Text(external)}">Sign in with {Text(provider)}</a></p>""";
        return new SignInPage(
            "Sign in",
            $"""
                <p>{lead}</p>
            {Note(fault)}
                <form method="post" action="{Text(action)}">
                  <p><label>Login<br><input name="login" autocomplete="username" required></label></p>
                  <p><label>Password<br><input name="password" type="password" autocomplete="current-password" required>
                  </label></p>
                  <p><button name="action" value="sign_in">Sign in</button></p>
                </form>
            {other}
            """
        );
    }

    public static SignInPage Consent(AuthorizeRequest request, string query, Agent agent)
    {
        var offered = request.Offered(agent.Scopes).List().Select(Scopes.Parse).ToList();
        if (offered.Count == 0)
        {
            return Fault(
                "Nothing to allow",
                $"{request.Client.Name} asks for nothing that {agent.Name} may do; sign in as someone else, or let it "
                    + "ask for other scopes."
            );
        }

        var boxes = string.Join('\n', offered.Select(Box));
        var vouched =
            request.Client.Host is { } host ? $"It is known by its address at <strong>{Text(host)}</strong>."
            : request.Client.Registrant is { } agentName
                ? $"It was registered here by <strong>{Text(agentName)}</strong>."
            : "It was registered here.";
        var back = RedirectUris.Shown(request.RedirectUri);
        return new SignInPage(
            $"Allow {request.Client.Name}?",
            $"""
                <p><strong>{Text(request.Client.Name)}</strong> wants to act as <strong>{Text(agent.Name)}</strong>.
                {vouched} You will be sent back to <strong>{Text(back)}</strong>.</p>
                <form method="post" action="authorize{Text(query)}">
                  <input type="hidden" name="agent" value="{agent.Id}">
                  <fieldset>
                    <legend>It may</legend>
            {boxes}
                  </fieldset>
                  <p><button name="action" value="allow">Allow</button>
                  <button name="action" value="refuse">Refuse</button></p>
                  <p>Not {Text(agent.Name)}? <button name="action" value="sign_out">Sign out</button></p>
                  <p><a href="account">Your account</a></p>
                </form>
            """,
            RedirectUris.Source(request.RedirectUri)
        );
    }

    public static SignInPage Fault(string title, string detail) => new(title, $"    <p>{Text(detail)}</p>");

    public static string Text(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>Whatever includes everything else is not allowed by mere habit.</summary>
    private static string Box(Scope scope)
    {
        var check = scope == Scope.Admin ? "" : " checked";
        return $"""
                  <p><label><input type="checkbox" name="scope" value="{scope.Text()}"{check}>
                  {Text(ScopeWords.Of(scope))}</label></p>
            """;
    }
}
