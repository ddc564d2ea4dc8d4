using System.Text.Json;

namespace Ordinaut.Agents;

/// <summary>
/// A name for a set of scopes, to give them by. What an agent holds is its scopes and nothing else: a role becomes them
/// when it is saved, and is read off them when it is shown.
/// </summary>
internal sealed record AgentRole(string Name, Scope Scopes)
{
    private const Scope Reading = Scope.TasksRead | Scope.RunsRead;

    private const Scope Working =
        Reading
        | Scope.TasksCreate
        | Scope.TasksUpdate
        | Scope.TasksDelete
        | Scope.TasksRun
        | Scope.RunsManage
        | Scope.EventsPublish
        | Scope.EventsRead
        | Scope.ToolsUse;

    /// <summary>
    /// Every role there is. Who does the work and who approves it are two: no role but <c>admin</c> has both.
    /// </summary>
    public static readonly IReadOnlyList<AgentRole> All =
    [
        new("admin", Scope.Admin),
        new("operator", Working | Scope.ToolsManage | Scope.AgentsManage | Scope.AuditRead),
        new("agent", Working),
        new("viewer", Reading | Scope.EventsRead | Scope.AuditRead),
        new("approver", Reading | Scope.ApprovalsDecide),
    ];

    public static AgentRole? Named(string name) => All.FirstOrDefault(role => role.Name == name);

    /// <summary>Whether a patch of an agent names a role.</summary>
    public static bool IsIn(JsonElement patch) =>
        patch.ValueKind == JsonValueKind.Object
        && patch.TryGetProperty("role", out var role)
        && role.ValueKind != JsonValueKind.Null;

    /// <summary>The role that means exactly these scopes; null when none does.</summary>
    public static AgentRole? Of(Scope scopes) => All.FirstOrDefault(role => role.Scopes == scopes);
}
