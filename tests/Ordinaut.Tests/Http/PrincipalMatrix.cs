using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Tests.Agents;

namespace Ordinaut.Tests.Http;

/// <summary>
/// Figure 10: eight principals against every operation, and every field of a request that holds an id. What there is
/// is taken from the program itself; an operation or a field that the tables do not know fails.
/// </summary>
public sealed class PrincipalMatrix(ITestOutputHelper output)
{
    private static readonly string[] AllButAdmin = [.. Scopes.Names.Where(name => name != "admin")];

    /// <summary>Who holds 'approvals:decide' sees what others ask, and decides it, once.</summary>
    private static readonly Dictionary<string, (int Stranger, int Admin)> OfDeciders = new()
    {
        ["GET /approvals"] = (200, 200),
        ["GET /approvals/{id}"] = (200, 200),
        ["POST /approvals/{id}/approve"] = (200, 409),
        ["POST /approvals/{id}/reject"] = (409, 409),
        ["GET /tasks/{id}/proposal"] = (200, 200),
        // It names the digest of what is approved, and here names none.
        ["POST /tasks/{id}/approve"] = (422, 422),
        ["POST /tasks/{id}/reject"] = (200, 404),
    };

    [Fact]
    public async Task Eight_principals_get_of_every_operation_what_its_rule_says()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var app = await OrdinautApp.Start(clock);
        var expired = await app.AsAdmin();
        clock.Advance(TimeSpan.FromMinutes(20));
        var owner = await app.AsAgent(AllButAdmin);
        var things = await Things.Make(owner);
        var stopped = await app.AsAgent(AllButAdmin);
        var admin = await app.AsAdmin();
        await OrdinautApp.Expect(await admin.Send("POST", $"/agents/{stopped.AgentId}/stop"), 200);
        var nobody = await app.AsAgent();
        var stranger = await app.AsAgent(AllButAdmin);
        var forged = Forgery.ByAnotherKey(admin.Token);
        var scoped = AuthorizationMatrix.Endpoints(app).Where(AuthorizationMatrix.Scoped).ToList();
        var without = new Dictionary<Scope, OrdinautApp.Client>();
        foreach (var scope in scoped.Select(endpoint => endpoint.Rule.Scope!.Value).Distinct())
        {
            without[scope] = await app.AsAgent([.. AllButAdmin.Where(name => !scope.List().Contains(name))]);
        }

        var (tried, wrong) = (0, new List<string>());
        // What destroys comes last, and of that what stops the agents themselves.
        foreach (var endpoint in scoped.OrderBy(Harm))
        {
            var own = things.Path(endpoint);
            var seen = own.Replace("{name}", "x", StringComparison.Ordinal);
            (string Who, string? Token, Func<int, bool> Right)[] principals =
            [
                ("nobody", null, status => status == 401),
                ("a forger", forged, status => status == 401),
                ("an admin of yesterday", expired.Token, status => status == 401),
                ("a stopped agent", stopped.Token, status => status == 401),
                ("an agent without scopes", nobody.Token, status => status == 403),
                ("an agent without this scope", without[endpoint.Rule.Scope!.Value].Token, status => status == 403),
                ("a stranger", stranger.Token, status => IsRightForStranger(endpoint, status)),
                ("the admin", admin.Token, status => IsRightForAdmin(endpoint, status)),
            ];
            foreach (var (who, token, isRight) in principals)
            {
                tried++;
                var client = new OrdinautApp.Client(app, token ?? "", Guid.Empty);
                using var answer = await client.Begin(endpoint.Method, seen, Things.Body(endpoint));
                if (!isRight((int)answer.StatusCode))
                {
                    wrong.Add($"{endpoint.Name}: {who} got {(int)answer.StatusCode}");
                }
            }
        }

        Assert.Empty(wrong);
        output.WriteLine(
            $"Figure 10, operations ({Figure.Machine}): all {scoped.Count}, {tried} requests, 0 wrong allows"
        );
    }

    [Fact]
    public async Task Every_field_that_holds_an_id_is_in_the_table()
    {
        await using var app = await OrdinautApp.Start();
        var text = await app.Http.GetStringAsync("/openapi.json");

        var fields = IdFields.In(Json.Parse(text)).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(IdFieldTable.All.Select(row => row.Field).Order(StringComparer.Ordinal), fields);
    }

    [Fact]
    public async Task A_foreign_id_in_any_field_of_a_request_reaches_nothing()
    {
        await using var app = await OrdinautApp.Start();
        var owner = await app.AsAgent(AllButAdmin);
        var stranger = await app.AsAgent(AllButAdmin);
        var theirs = await Things.Make(owner);
        var own = await Things.Make(stranger);
        var before = await (await app.AsAdmin()).Send("GET", $"/tasks/{theirs.Task}");
        var whole = await before.Content.ReadAsStringAsync();

        var wrong = new List<string>();
        foreach (var row in IdFieldTable.All)
        {
            var (path, body) = row.Request(owner.AgentId, theirs, own);
            var answer = await stranger.Send(row.Method, path, body);
            var text = await answer.Content.ReadAsStringAsync();
            if (!IdFieldTable.IsNothing((int)answer.StatusCode, text))
            {
                wrong.Add($"{row.Field}: {(int)answer.StatusCode} {text}");
            }
        }

        Assert.Empty(wrong);
        var after = await (await app.AsAdmin()).Send("GET", $"/tasks/{theirs.Task}");
        Assert.Equal(whole, await after.Content.ReadAsStringAsync());
    }

    /// <summary>The refusals above are of the id alone: the same request about one's own is let through.</summary>
    [Fact]
    public async Task An_own_id_in_any_field_of_a_request_is_let_through()
    {
        await using var app = await OrdinautApp.Start();
        var wrong = new List<string>();
        foreach (var row in IdFieldTable.All)
        {
            var agent = await app.AsAgent(AllButAdmin);
            var own = await Things.Make(agent);
            var (path, body) = row.Request(agent.AgentId, own, own);
            var answer = await agent.Send(row.Method, path, body);
            if (!answer.IsSuccessStatusCode)
            {
                wrong.Add($"{row.Field}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
        }

        Assert.Empty(wrong);
    }

    private static int Harm(Declared endpoint) =>
        endpoint.Method switch
        {
            "GET" => 0,
            "DELETE" => 2,
            _ => endpoint.Path.EndsWith("/stop", StringComparison.Ordinal) ? 3
            : endpoint.Path.EndsWith(":rotate", StringComparison.Ordinal) ? 4
            : 1,
        };

    /// <summary>A stranger finds no id; without one it is let in, and is told what is wrong with its request.</summary>
    private static bool IsRightForStranger(Declared endpoint, int status) =>
        endpoint.Rule.Scope == Scope.Admin ? status == 403
        : AuthorizationMatrix.IsForDeciders(endpoint) ? status == OfDeciders[endpoint.Name].Stranger
        : endpoint.HasId ? status == 404
        : status is not (401 or 403);

    /// <summary>Nothing is refused to it for its rights; what the stranger before it decided is decided.</summary>
    private static bool IsRightForAdmin(Declared endpoint, int status) =>
        AuthorizationMatrix.IsForDeciders(endpoint)
            ? status == OfDeciders[endpoint.Name].Admin
            : status is not (401 or 403);
}
