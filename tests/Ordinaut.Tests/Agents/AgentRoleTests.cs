using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Agents;

/// <summary>Roles are names for scopes, and nothing that is checked beside them.</summary>
public sealed class AgentRoleTests
{
    [Theory]
    [InlineData("admin", "admin")]
    [InlineData(
        "operator",
        "tasks:create tasks:read tasks:update tasks:delete tasks:run runs:read runs:manage events:publish events:read "
            + "tools:use tools:manage agents:manage audit:read"
    )]
    [InlineData(
        "agent",
        "tasks:create tasks:read tasks:update tasks:delete tasks:run runs:read runs:manage events:publish events:read "
            + "tools:use"
    )]
    [InlineData("viewer", "tasks:read runs:read events:read audit:read")]
    [InlineData("approver", "tasks:read runs:read approvals:decide")]
    public void A_role_becomes_its_scopes_and_is_read_off_them(string role, string scopes)
    {
        Assert.Equal(scopes, AgentRole.Named(role)!.Scopes.Text());
        Assert.Equal(role, AgentRole.Of(Scopes.Parse(scopes))!.Name);
        Assert.Equal(Scopes.Parse(scopes), AgentCheck.Check(new AgentInput("x", Role: role)));
    }

    [Fact]
    public void There_are_no_other_roles_and_each_means_other_scopes()
    {
        Assert.Equal(["admin", "operator", "agent", "viewer", "approver"], AgentRole.All.Select(role => role.Name));
        Assert.Equal(5, AgentRole.All.Select(role => role.Scopes).Distinct().Count());
        Assert.Null(AgentRole.Named("Admin"));
        Assert.Null(AgentRole.Of(Scope.TasksRead));
        Assert.Null(AgentRole.Of(Scope.None));
    }

    [Fact]
    public void Nobody_but_an_admin_both_works_and_approves() =>
        Assert.DoesNotContain(
            AgentRole.All,
            role =>
                role.Scopes.HasFlag(Scope.ApprovalsDecide)
                && (role.Scopes & (Scope.TasksCreate | Scope.TasksUpdate | Scope.AgentsManage)) != Scope.None
        );

    [Fact]
    public async Task The_documents_name_the_same_scopes()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Tidy.Repository.Root, "docs", "governance.md"));

        Assert.All(
            AgentRole.All,
            role =>
                Assert.Contains(
                    $"| `{role.Name}` | {string.Join(' ', role.Scopes.List().Select(s => $"`{s}`"))} |",
                    text
                )
        );
    }

    [Fact]
    public async Task A_role_is_given_shown_and_lost_with_its_scopes()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var made = await admin.Post<AgentView>("/agents", """{"name": "ann", "role": "approver"}""", 201);
        var less = await admin.Patch<AgentView>($"/agents/{made.Id}", """{"scopes": ["tasks:read"]}""");
        var more = await admin.Patch<AgentView>($"/agents/{made.Id}", """{"role": "operator"}""");

        Assert.Equal(("approver", "tasks:read runs:read approvals:decide"), (made.Role, string.Join(' ', made.Scopes)));
        Assert.Null(less.Role);
        Assert.Equal(("operator", 13), (more.Role, more.Scopes.Count));
    }

    [Fact]
    public async Task Nobody_gives_a_role_that_means_more_than_they_hold()
    {
        await using var app = await OrdinautApp.Start();
        var manager = await app.AsAgent([.. AgentRole.Named("operator")!.Scopes.List()]);

        foreach (var role in new[] { "admin", "approver" })
        {
            var body = $$"""{"name": "{{role}}", "role": "{{role}}"}""";
            var problem = await manager.Refused(403, "POST", "/agents", body);
            Assert.Equal("/role", Assert.Single(problem.Errors).Pointer);
        }

        await manager.Post<AgentView>("/agents", """{"name": "twin", "role": "operator"}""", 201);
        await manager.Refused(403, "PATCH", $"/agents/{manager.AgentId}", """{"role": "admin"}""");
    }
}
