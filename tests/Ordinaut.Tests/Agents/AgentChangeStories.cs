using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Agents;

/// <summary>Agents changed member by member, and what nobody can change.</summary>
public sealed class AgentChangeStories
{
    [Theory]
    [InlineData("""{"name": "new"}""", "new", "tasks:read,audit:read", "active", "https://a.example/")]
    [InlineData("""{"scopes": ["tasks:read"]}""", "old", "tasks:read", "active", "https://a.example/")]
    [InlineData("""{"status": "disabled"}""", "old", "tasks:read,audit:read", "disabled", "https://a.example/")]
    [InlineData("""{"webhook_url": null}""", "old", "tasks:read,audit:read", "active", null)]
    [InlineData(
        """{"role": "viewer"}""",
        "old",
        "tasks:read,runs:read,events:read,audit:read",
        "active",
        "https://a.example/"
    )]
    [InlineData("""{"role": null}""", "old", "tasks:read,audit:read", "active", "https://a.example/")]
    [InlineData("{}", "old", "tasks:read,audit:read", "active", "https://a.example/")]
    public async Task A_patch_changes_what_it_names(
        string patch,
        string name,
        string scopes,
        string status,
        string? address
    )
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var input = new AgentInput("old", ["tasks:read", "audit:read"], "https://a.example/");
        var made = await admin.Post<AgentView>("/agents", Json.Write(input), 201);

        var changed = await admin.Patch<AgentView>($"/agents/{made.Id}", patch);

        Assert.Equal((name, status, address), (changed.Name, changed.Status, changed.WebhookUrl));
        Assert.Equal(scopes, string.Join(',', changed.Scopes));
        var shown = await admin.Get<AgentView>($"/agents/{made.Id}");
        Assert.Equal(Json.Write(changed), Json.Write(shown));
    }

    [Theory]
    [InlineData("""{"name": null}""", 422, "/name")]
    [InlineData("""{"scopes": null}""", 422, "/scopes")]
    [InlineData("""{"scopes": ["root"]}""", 422, "/scopes/0")]
    [InlineData("""{"role": "root"}""", 422, "/role")]
    [InlineData("""{"role": "viewer", "scopes": []}""", 422, "/role")]
    [InlineData("""{"status": "asleep"}""", 422, "/status")]
    [InlineData("""{"weight": 0}""", 422, "/weight")]
    [InlineData("""{"weight": 101}""", 422, "/weight")]
    [InlineData("""{"id": "x"}""", 400, "/id")]
    [InlineData("""{"secret": "x"}""", 400, "/secret")]
    public async Task A_patch_that_makes_no_agent_is_refused_by_pointer(string patch, int status, string pointer)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("tasks:read");

        var problem = await admin.Refused(status, "PATCH", $"/agents/{agent.AgentId}", patch);

        Assert.Equal(pointer, Assert.Single(problem.Errors).Pointer);
    }

    [Fact]
    public async Task Only_an_admin_changes_an_agents_share_of_the_workers()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var manager = await app.AsAgent("agents:manage");
        var child = await manager.Post<AgentView>("/agents", Json.Write(new AgentInput("child", [])), 201);
        Assert.Equal(1, child.Weight);

        var heavy = Json.Write(new AgentInput("heavy", [], Weight: 2));
        var refusal = await manager.Refused(403, "POST", "/agents", heavy);
        Assert.Equal("/weight", Assert.Single(refusal.Errors).Pointer);
        await manager.Refused(403, "PATCH", $"/agents/{child.Id}", """{"weight": 2}""");

        Assert.Equal(
            AgentCheck.MaxWeight,
            (await admin.Patch<AgentView>($"/agents/{child.Id}", """{"weight": 100}""")).Weight
        );
        // Who may not change it may leave it as it is.
        var renamed = await manager.Patch<AgentView>($"/agents/{child.Id}", """{"name": "renamed", "weight": 100}""");
        Assert.Equal(("renamed", 100), (renamed.Name, renamed.Weight));
    }

    [Fact]
    public async Task A_patch_grants_nothing_that_its_author_does_not_hold()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent("agents:manage", "tasks:read");
        var child = await manager.Post<AgentView>("/agents", Json.Write(new AgentInput("child", [])), 201);

        Assert.Equal(
            ["tasks:read"],
            (await manager.Patch<AgentView>($"/agents/{child.Id}", """{"scopes": ["tasks:read"]}""")).Scopes
        );
        var more = """{"scopes": ["tasks:read", "tasks:run"]}""";
        var problem = await manager.Refused(403, "PATCH", $"/agents/{child.Id}", more);
        Assert.Contains("tasks:run", problem.Detail, StringComparison.Ordinal);
        await manager.Refused(403, "PATCH", $"/agents/{manager.AgentId}", """{"scopes": ["admin"]}""");
    }

    [Fact]
    public async Task A_token_of_fewer_scopes_grants_only_those()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent("agents:manage", "tasks:read");
        var narrow = await app.Login(manager.Credentials!, "agents:manage");
        var client = new OrdinautApp.Client(app, narrow.AccessToken, manager.AgentId);

        await client.Refused(403, "POST", "/agents", Json.Write(new AgentInput("x", ["tasks:read"])));
    }

    [Fact]
    public async Task Tokens_of_an_agent_that_was_disabled_stay_dead_when_it_is_activated_again()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("audit:read");

        await admin.Patch<AgentView>($"/agents/{agent.AgentId}", """{"status": "disabled"}""");
        await agent.Refused(401, "GET", "/audit");
        await admin.Patch<AgentView>($"/agents/{agent.AgentId}", """{"status": "active"}""");

        await agent.Refused(401, "GET", "/audit");
        await app.Login(agent.Credentials!);
        var lines = await admin.Get<Page<AuditView>>($"/audit?subject={agent.AgentId}&limit=3");
        Assert.Equal(["token.issued", "agent.started", "agent.stopped"], lines.Items.Select(line => line.Action));
    }

    [Theory]
    [InlineData("PATCH", """{"status": "disabled"}""", "itself")]
    [InlineData("DELETE", null, "itself")]
    [InlineData("PATCH", """{"scopes": ["agents:manage"]}""", "last admin")]
    public async Task The_last_admin_cannot_lock_everyone_out(string method, string? body, string says)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        await admin.Post<AgentView>("/agents", Json.Write(new AgentInput("no secret yet", ["admin"])), 201);

        var problem = await admin.Refused(409, method, $"/agents/{admin.AgentId}", body);

        Assert.Contains(says, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_two_admins_can_step_down()
    {
        await using var app = await OrdinautApp.Start();
        var second = await app.AsAgent("admin");

        Assert.Equal(
            ["audit:read"],
            (await second.Patch<AgentView>($"/agents/{second.AgentId}", """{"scopes": ["audit:read"]}""")).Scopes
        );
        await second.Refused(403, "GET", "/agents");
    }
}
