using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ordinaut.Agents;
using Ordinaut.Http;

namespace Ordinaut.Tests.Http;

/// <summary>Every endpoint there is, taken from its own declaration, against every kind of principal.</summary>
public sealed class AuthorizationMatrix
{
    private static readonly string[] OpenToAnyone =
    [
        "GET /",
        "GET /.well-known/jwks.json",
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/oauth-protected-resource",
        "GET /.well-known/oauth-protected-resource/mcp",
        "GET /health",
        "GET /health/live",
        "GET /health/ready",
        "GET /health/startup",
        "GET /oauth/account",
        "GET /oauth/authorize",
        "GET /oauth/callback",
        "GET /oauth/external",
        "GET /openapi.json",
        "GET /ui/{name}",
        "POST /agents/auth/refresh",
        "POST /agents/auth/revoke",
        "POST /agents/auth/token",
        "POST /heartbeats/{token}",
        "POST /hooks/{id}",
        "POST /oauth/account",
        "POST /oauth/authorize",
        "POST /oauth/revoke",
        "POST /oauth/token",
        "POST /signals/{token}",
    ];

    [Fact]
    public async Task Only_the_listed_endpoints_are_open_to_anyone()
    {
        await using var app = await OrdinautApp.Start();

        var open = Endpoints(app).Where(endpoint => endpoint.Rule.Scope is null).Select(endpoint => endpoint.Name);

        Assert.Equal(
            OpenToAnyone,
            open.Where(name => !name.StartsWith("GET /docs/", StringComparison.Ordinal)).Order()
        );
    }

    [Fact]
    public async Task Without_a_token_every_other_endpoint_answers_401()
    {
        await using var app = await OrdinautApp.Start();

        Assert.Empty(await Wrong(app, endpoint => endpoint.Rule.Scope is not null, null, _ => 401));
    }

    [Fact]
    public async Task Without_the_scope_every_endpoint_answers_403()
    {
        await using var app = await OrdinautApp.Start();
        var nobody = await app.AsAgent();

        Assert.Empty(await Wrong(app, Scoped, nobody.Token, _ => 403));
    }

    [Fact]
    public async Task Every_scope_but_the_right_one_answers_403()
    {
        await using var app = await OrdinautApp.Start();
        var used = Endpoints(app).Aggregate(Scope.None, (all, endpoint) => all | (endpoint.Rule.Scope ?? Scope.None));
        foreach (var scope in Enum.GetValues<Scope>().Where(scope => scope != Scope.None && used.HasFlag(scope)))
        {
            var others = Scopes.Names.Where(name => name != "admin" && name != scope.Text());
            var agent = await app.AsAgent([.. others]);
            Assert.Empty(
                await Wrong(app, endpoint => endpoint.Rule.Scope?.HasFlag(scope) == true, agent.Token, _ => 403)
            );
        }
    }

    [Fact]
    public async Task With_every_scope_but_admin_a_foreign_id_is_not_found()
    {
        await using var app = await OrdinautApp.Start();

        Assert.Empty(await ForeignIds(app, _ => true));
    }

    /// <summary>The mutant of the test above.</summary>
    [Fact]
    public async Task A_store_without_its_owner_filter_is_caught()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { Rewrite = Unfiltered.Of });

        var wrong = await ForeignIds(app, endpoint => endpoint.Method == "GET");

        Assert.Contains("GET /tasks/{id}: a stranger got 200", wrong);
        Assert.Contains("GET /runs/{id}: a stranger got 200", wrong);
        Assert.Contains("GET /events/{id}: a stranger got 200", wrong);
    }

    /// <summary>Where somebody else's thing is not "not found" to who may do everything but see all.</summary>
    internal static async Task<List<string>> ForeignIds(OrdinautApp app, Func<Declared, bool> which)
    {
        string[] scopes = [.. Scopes.Names.Where(name => name != "admin")];
        var owner = await app.AsAgent(scopes);
        var stranger = await app.AsAgent(scopes);
        var ids = await Things.Make(owner);

        var wrong = new List<string>();
        // Who may decide sees what others ask (ApprovalStories and ProposalStories tell who does not).
        foreach (var endpoint in Endpoints(app).Where(e => Scoped(e) && e.HasId && !IsForDeciders(e) && which(e)))
        {
            using var foreign = await stranger.Begin(endpoint.Method, ids.Path(endpoint), Things.Body(endpoint));
            if ((int)foreign.StatusCode != 404)
            {
                wrong.Add($"{endpoint.Name}: a stranger got {(int)foreign.StatusCode}");
            }
        }

        return wrong;
    }

    [Fact]
    public async Task The_owner_and_the_admin_see_what_the_stranger_does_not()
    {
        await using var app = await OrdinautApp.Start();
        var owner = await app.AsAgent([.. Scopes.Names.Where(name => name != "admin")]);
        var admin = await app.AsAdmin();
        var ids = await Things.Make(owner);
        var reading = Endpoints(app).Where(endpoint => endpoint is { Method: "GET", HasId: true } && Scoped(endpoint));

        foreach (var endpoint in reading.Where(e => e.Rule.Rate != RateClass.Stream))
        {
            await OrdinautApp.Expect(await owner.Send("GET", ids.Path(endpoint)), 200);
            await OrdinautApp.Expect(await admin.Send("GET", ids.Path(endpoint)), 200);
        }
    }

    [Fact]
    public async Task An_endpoint_that_lies_about_its_scope_is_caught()
    {
        // The mutant: it lets anyone in, and the check for 401 must see it.
        await using var app = await OrdinautApp.Start(adjust: web =>
            web.Get("/lie", call => call.Nothing()).Anonymous()
        );

        var wrong = await Wrong(app, endpoint => endpoint.Name == "GET /lie", null, _ => 401);

        Assert.Single(wrong);
    }

    [Fact]
    public async Task An_endpoint_without_a_declaration_refuses_to_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            OrdinautApp.Start(adjust: web => web.MapGet("/rogue", (RequestDelegate)(http => Task.CompletedTask)))
        );

        Assert.Contains("/rogue", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_needs_no_scope_at_all_refuses_to_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            OrdinautApp.Start(adjust: web => web.Get("/loose", call => call.Nothing()).Needs(Scope.None))
        );

        Assert.Contains("/loose", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What asks for scopes by its body has a matrix of its own (Mcp/ToolMatrix.cs).</summary>
    internal static bool Scoped(Declared endpoint) => endpoint.Rule is { Scope: not null, AnyToken: false };

    [Fact]
    public async Task Only_the_listed_endpoints_let_any_token_in()
    {
        await using var app = await OrdinautApp.Start();

        var loose = Endpoints(app).Where(endpoint => endpoint.Rule.AnyToken).Select(endpoint => endpoint.Name);

        Assert.Equal(["GET /agents/me", "POST /mcp"], loose.Order());
    }

    private static async Task<List<string>> Wrong(
        OrdinautApp app,
        Func<Declared, bool> which,
        string? token,
        Func<Declared, int> expected
    )
    {
        var wrong = new List<string>();
        var all = Endpoints(app).Where(which).ToList();
        Assert.NotEmpty(all);
        foreach (var endpoint in all)
        {
            var path = endpoint.Path.Replace("{id}", Guid.Empty.ToString(), StringComparison.Ordinal);
            using var request = new HttpRequestMessage(
                new HttpMethod(endpoint.Method),
                path.Replace("{name}", "x", StringComparison.Ordinal)
            );
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            var answer = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if ((int)answer.StatusCode != expected(endpoint))
            {
                wrong.Add($"{endpoint.Name}: {(int)answer.StatusCode}");
            }
        }

        return wrong;
    }

    internal static List<Declared> Endpoints(OrdinautApp app) =>
        [
            .. app.Get<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(endpoint =>
                    (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(
                        method => new Declared(
                            method,
                            "/" + endpoint.RoutePattern.RawText!.Trim('/'),
                            endpoint.Metadata.GetMetadata<EndpointRule>()!
                        )
                    )
                ),
        ];

    internal static bool IsForDeciders(Declared endpoint) =>
        endpoint.Path.StartsWith("/approvals", StringComparison.Ordinal) || endpoint.IsOfProposal;
}
