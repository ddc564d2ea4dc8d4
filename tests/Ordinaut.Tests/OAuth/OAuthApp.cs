using Ordinaut.OAuth;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.OAuth;

/// <summary>The program with a person who can sign in, and a program that asks.</summary>
internal sealed record OAuthApp(OrdinautApp App, OrdinautApp.Client Person, OAuthClientView Client) : IAsyncDisposable
{
    public const string Login = "ann";
    public const string Password = "correct horse battery";
    public const string Callback = "http://127.0.0.1:49152/callback";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public static async Task<OAuthApp> Start(
        TimeProvider? clock = null,
        Func<Ordinaut.Hosting.OrdinautOptions, Ordinaut.Hosting.OrdinautOptions>? configure = null
    )
    {
        var app = await OrdinautApp.Start(clock, configure: configure);
        var admin = await app.AsAdmin();
        var person = await app.AsAgent("tasks:read", "tasks:create", "events:read");
        var account = new AccountInput(Login, Password);
        await OrdinautApp.Expect(
            await admin.Send("PUT", $"/agents/{person.AgentId}/account", Json.Write(account)),
            200
        );
        var input = new OAuthClientInput("Notes", ["http://127.0.0.1/callback"]);
        var client = await admin.Post<OAuthClientView>("/oauth/clients", Json.Write(input), 201);
        return new OAuthApp(app, person, client);
    }

    /// <summary>What the server calls itself, having been given no name.</summary>
    public string Issuer => App.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>The address that the client opens in a browser; null takes a parameter away.</summary>
    public string Authorize(params (string Name, string? Value)[] changes)
    {
        var fields = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = Client.ClientId.ToString(),
            ["redirect_uri"] = Callback,
            ["scope"] = "tasks:read tasks:create",
            ["state"] = "s t/1",
            ["code_challenge"] = Pkce.Challenge(Verifier),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return "/oauth/authorize?"
            + string.Join(
                '&',
                fields.Where(f => f.Value is not null).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value!)}")
            );
    }

    /// <summary>A code, as the client gets it when the person signs in and allows.</summary>
    public async Task<string> Code(params (string Name, string? Value)[] changes)
    {
        using var browser = new Browser(App);
        var address = Authorize(changes);
        var back = await browser.Allow(address, await browser.SignIn(address, Login, Password));
        return Browser.Field(back, "code") ?? throw new InvalidOperationException(back.ToString());
    }

    /// <summary>The client's exchange of a code; null takes a field away.</summary>
    public Task<HttpResponseMessage> Exchange(string code, params (string Name, string? Value)[] changes)
    {
        var fields = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Callback,
            ["client_id"] = Client.ClientId.ToString(),
            ["code_verifier"] = Verifier,
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        return Send("/oauth/token", [.. fields.Where(f => f.Value is not null).Select(f => (f.Key, f.Value!))]);
    }

    public async Task<TokenAnswer> Tokens(string code) =>
        OrdinautApp.Read<TokenAnswer>(await OrdinautApp.Expect(await Exchange(code), 200));

    public Task<HttpResponseMessage> Refresh(string token, string? client = null) =>
        Send(
            "/oauth/token",
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", client ?? Client.ClientId.ToString())
        );

    public async Task<HttpResponseMessage> Send(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await App.Http.PostAsync(new Uri(path, UriKind.Relative), form);
    }

    public OrdinautApp.Client With(TokenAnswer tokens) => new(App, tokens.AccessToken, Person.AgentId);

    /// <summary>What the audit log tells of the person, newest first.</summary>
    public async Task<IReadOnlyList<string>> Audited()
    {
        var admin = await App.AsAdmin();
        var page = await admin.Get<Page<AuditView>>($"/audit?actor={Person.AgentId}&limit=50");
        return [.. page.Items.Select(entry => entry.Action)];
    }

    public static async Task<OAuthError> Error(HttpResponseMessage answer, int status = 400) =>
        OrdinautApp.Read<OAuthError>(await OrdinautApp.Expect(answer, status));

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
