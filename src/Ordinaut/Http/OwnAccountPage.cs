using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.OAuth;

namespace Ordinaut.Http;

/// <summary>The page of one's own account.</summary>
internal static class OwnAccountPage
{
    /// <param name="said">What was done, or why it was not.</param>
    public static SignInPage Of(
        SignedIn who,
        IReadOnlyList<WebSession> browsers,
        IReadOnlyList<HeldGrant> held,
        string? said
    ) =>
        new(
            "Your account",
            $"""
            {SignInPages.Note(said)}
            {Form(who, $"""
                  <p>You are signed in as <strong>{SignInPages.Text(who.Agent.Name)}</strong>.
                  <button name="action" value="sign_out">Sign out</button></p>
            """)}
                <h2>Password</h2>
            {Password(who)}
                <h2>Programs</h2>
            {Programs(who, held)}
                <h2>Browsers</h2>
            {Browsers(who, browsers)}
            """
        );

    private static string Password(SignedIn who)
    {
        if (who.Account is not { Login: { } login, Password: not null })
        {
            var issuer = SignInPages.Text(who.Account.Issuer ?? "");
            return $"    <p>You have none here: you sign in at <strong>{issuer}</strong>, and change it there.</p>";
        }

        return Form(
            who,
            $"""
                  <p><label>Login<br><input value="{SignInPages.Text(
                login
            )}" autocomplete="username" readonly></label></p>
                  <p><label>Password as it is now<br>
                  <input name="current" type="password" autocomplete="current-password" required></label></p>
                  <p><label>New password, of at least {Passwords.MinLength} characters<br>
                  <input name="new" type="password" autocomplete="new-password" required></label></p>
                  <p><label>New password again<br>
                  <input name="again" type="password" autocomplete="new-password" required></label></p>
                  <p><label><input type="checkbox" name="programs" value="end">
                  Take back what programs were allowed, too</label></p>
                  <p>You will be signed out in all other browsers.</p>
                  <p><button name="action" value="change_password">Change password</button></p>
            """
        );
    }

    private static string Programs(SignedIn who, IReadOnlyList<HeldGrant> held) =>
        held.Count == 0
            ? "    <p>None may act for you.</p>"
            : string.Join('\n', held.Select(one => Form(who, Program(one))));

    private static string Program(HeldGrant held)
    {
        var family = held.Family;
        var name = held.Program is { } program
            ? $"<strong>{SignInPages.Text(program)}</strong>"
            : "Somebody with <strong>the secret</strong> of your agent";
        var words = family.Scopes.List().Select(scope => SignInPages.Text(ScopeWords.Of(Scopes.Parse(scope))));
        var refreshed = family.RefreshedAt is { } at ? $", last refreshed {Instants.Format(at)}" : "";
        return $"""
                  <p>{name}, since {Instants.Format(family.BeganAt)}{refreshed}. It ends on {Instants.Format(
                family.ExpiresAt
            )}
                  unless it is refreshed. It may: {string.Join("; ", words)}.
                  <input type="hidden" name="consent" value="{family.Id}">
                  <button name="action" value="take_back">Take back</button></p>
            """;
    }

    private static string Browsers(SignedIn who, IReadOnlyList<WebSession> browsers)
    {
        var all = string.Join('\n', browsers.Select(one => Form(who, Browser(who, one))));
        return browsers.Count < 2
            ? all
            : $"""
            {all}
            {Form(who, """
                  <p><button name="action" value="end_others">Sign out in all others</button></p>
            """)}
            """;
    }

    private static string Browser(SignedIn who, WebSession one)
    {
        var which = one.Name == who.Browser.Name ? "<strong>This one</strong>" : "Another";
        return $"""
                  <p>{which}, since {Instants.Format(one.BeganAt)}, until {Instants.Format(one.ExpiresAt)}.
                  <input type="hidden" name="browser" value="{one.Name}">
                  <button name="action" value="end_browser">Sign out there</button></p>
            """;
    }

    private static string Form(SignedIn who, string body) =>
        $"""
                <form method="post" action="account">
                  <input type="hidden" name="agent" value="{who.Agent.Id}">
            {body}
                </form>
            """;
}
