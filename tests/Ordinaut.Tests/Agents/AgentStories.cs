using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Agents;

public sealed class AgentStories
{
    [Fact]
    public async Task An_agent_without_any_scope_sees_itself_and_no_other()
    {
        await using var app = await OrdinautApp.Start();
        var agent = await app.AsAgent();
        var other = await app.AsAgent();

        var own = await agent.Get<AgentView>($"/agents/{agent.AgentId}");

        Assert.Equal((agent.AgentId, 0), (own.Id, own.Scopes.Count));
        await agent.Refused(403, "GET", $"/agents/{other.AgentId}");
        await agent.Refused(403, "PATCH", $"/agents/{agent.AgentId}", """{"name": "me"}""");
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task The_first_start_writes_an_admin_secret_that_only_the_owner_can_read()
    {
        await using var app = await OrdinautApp.Start();

        var path = Path.Combine(app.Options.Data, "admin.json");
        Assert.True(AgentSecret.LooksRight(app.Admin.AgentSecret));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("admin", (await app.Login(app.Admin)).Scope);
    }

    [Fact]
    public async Task A_second_start_keeps_the_admin_and_its_secret()
    {
        var folder = OrdinautApp.NewFolder();
        await using (var first = await OrdinautApp.Start(folder: folder))
        {
            File.Delete(Path.Combine(folder, "admin.json.tmp"));
        }

        var before = await File.ReadAllTextAsync(Path.Combine(folder, "admin.json"));
        await using (var second = await OrdinautApp.Start(folder: folder))
        {
            Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(folder, "admin.json")));
            await second.Login(second.Admin);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_first_start_that_died_between_file_and_row_heals_at_the_next()
    {
        var folder = OrdinautApp.NewFolder();
        Directory.CreateDirectory(folder);
        var stale = new AgentCredentials(Guid.Empty.ToString(), AgentSecret.Create());
        await File.WriteAllTextAsync(Path.Combine(folder, "admin.json"), Json.Write(stale));
        await File.WriteAllTextAsync(Path.Combine(folder, "admin.json.tmp"), "{\"agent_id\":");

        await using (var app = await OrdinautApp.Start(folder: folder))
        {
            Assert.NotEqual(stale.AgentSecret, app.Admin.AgentSecret);
            await app.Login(app.Admin);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_new_secret_ends_the_old_one_and_every_token()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("agents:manage");
        await agent.Get<Page<AgentView>>("/agents");

        await admin.Post<AgentCredentials>($"/agents/{agent.AgentId}/credentials", "", 201);

        await agent.Refused(401, "GET", "/agents");
        var old = new TokenRequest(agent.Credentials!.AgentId, agent.Credentials.AgentSecret);
        var answer = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(Json.Write(old)));
        await OrdinautApp.Expect(answer, 401);
    }

    [Fact]
    public async Task A_scope_taken_away_is_gone_on_the_next_request()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("agents:manage", "audit:read");
        await agent.Get<Page<AgentView>>("/agents");
        var view = await admin.Get<AgentView>($"/agents/{agent.AgentId}");

        var less = new AgentInput(view.Name, ["audit:read"]);
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{agent.AgentId}", Json.Write(less)), 200);

        var problem = await agent.Refused(403, "GET", "/agents");
        Assert.Contains("agents:manage", problem.Detail, StringComparison.Ordinal);
        await agent.Get<Page<AuditView>>("/audit");
    }

    [Fact]
    public async Task A_deactivated_agent_is_refused_at_once_and_cannot_log_in()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("audit:read");
        await agent.Get<Page<AuditView>>("/audit");

        await OrdinautApp.Expect(await admin.Send("DELETE", $"/agents/{agent.AgentId}"), 200);

        await agent.Refused(401, "GET", "/audit");
        var login = new TokenRequest(agent.Credentials!.AgentId, agent.Credentials.AgentSecret);
        var answer = await app.Http.PostAsync("/agents/auth/token", OrdinautApp.Body(Json.Write(login)));
        await OrdinautApp.Expect(answer, 401);
    }

    [Fact]
    public async Task Nobody_grants_what_they_do_not_hold()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent("agents:manage", "tasks:read");

        foreach (var scope in Scopes.Names.Except(["agents:manage", "tasks:read"]))
        {
            var problem = await manager.Refused(403, "POST", "/agents", Json.Write(new AgentInput("x", [scope])));
            Assert.Contains(scope, problem.Detail, StringComparison.Ordinal);
        }

        await manager.Post<AgentView>("/agents", Json.Write(new AgentInput("x", ["tasks:read"])), 201);
    }

    [Fact]
    public async Task A_manager_cannot_reach_an_agent_it_did_not_create_nor_raise_itself()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent("agents:manage");
        var stranger = await app.AsAgent("tasks:read");
        var adminId = app.Admin.AgentId;

        foreach (var id in new[] { adminId, stranger.AgentId.ToString() })
        {
            await manager.Refused(404, "GET", $"/agents/{id}");
            await manager.Refused(404, "DELETE", $"/agents/{id}");
            await manager.Refused(404, "POST", $"/agents/{id}/credentials");
            await manager.Refused(404, "PUT", $"/agents/{id}", Json.Write(new AgentInput("y", [])));
        }

        var raise = Json.Write(new AgentInput("me", ["agents:manage", "admin"]));
        await manager.Refused(403, "PUT", $"/agents/{manager.AgentId}", raise);
    }

    [Fact]
    public async Task A_manager_cannot_take_over_an_agent_that_holds_more()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var manager = await app.AsAgent("agents:manage");
        var child = await manager.Post<AgentView>("/agents", Json.Write(new AgentInput("child", [])), 201);
        var more = Json.Write(new AgentInput("child", ["tasks:delete"]));
        await OrdinautApp.Expect(await admin.Send("PUT", $"/agents/{child.Id}", more), 200);

        await manager.Refused(403, "POST", $"/agents/{child.Id}/credentials");
        await manager.Refused(403, "DELETE", $"/agents/{child.Id}");
    }

    [Fact]
    public async Task Names_are_unique_and_conflicts_say_so()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var input = Json.Write(new AgentInput("twin", []));
        await admin.Post<AgentView>("/agents", input, 201);

        var problem = await admin.Refused(409, "POST", "/agents", input);

        Assert.Contains("twin", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_change_to_an_agent_is_in_the_audit_log_without_its_secret()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("audit:read");
        await OrdinautApp.Expect(await admin.Send("DELETE", $"/agents/{agent.AgentId}"), 200);

        var page = await admin.Get<Page<AuditView>>($"/audit?subject={agent.AgentId}");

        Assert.Equal(
            ["agent.stopped", "token.issued", "agent.credentials_issued", "agent.created"],
            page.Items.Select(line => line.Action)
        );
        var text = Json.Write(page);
        Assert.DoesNotContain(agent.Credentials!.AgentSecret, text, StringComparison.Ordinal);
        Assert.All(page.Items, line => Assert.NotNull(line.RequestId));
    }

    [Fact]
    public async Task An_agent_reads_its_own_audit_lines_and_no_others()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var one = await app.AsAgent("audit:read");
        var other = await app.AsAgent("audit:read");

        var own = await one.Get<Page<AuditView>>("/audit");
        var foreign = await one.Get<Page<AuditView>>($"/audit?actor={other.AgentId}");
        var about = await one.Get<Page<AuditView>>($"/audit?subject={other.AgentId}");
        var all = await admin.Get<Page<AuditView>>("/audit");

        Assert.All(own.Items, line => Assert.Equal(one.AgentId, line.ActorId));
        Assert.NotEmpty(own.Items);
        Assert.Empty(foreign.Items);
        Assert.Empty(about.Items);
        Assert.Contains(all.Items, line => line.ActorId == other.AgentId);
    }

    [Fact]
    public async Task The_audit_log_is_read_page_by_page_without_gap_or_repetition()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        for (var i = 0; i < 5; i++)
        {
            await admin.Post<AgentView>("/agents", Json.Write(new AgentInput($"a{i}", [])), 201);
        }

        var whole = await admin.Get<Page<AuditView>>("/audit?limit=200");
        var seen = new List<Guid>();
        var path = "/audit?limit=2";
        while (path.Length > 0)
        {
            var page = await admin.Get<Page<AuditView>>(path);
            seen.AddRange(page.Items.Select(line => line.Id));
            path = page.NextCursor is null ? "" : $"/audit?limit=2&cursor={page.NextCursor}";
        }

        Assert.Equal(whole.Items.Select(line => line.Id), seen);
    }
}
