using System.Collections.Frozen;

namespace Ordinaut.Agents;

/// <summary>What a token allows. <see cref="Admin"/> allows everything and sees every agent's things.</summary>
[Flags]
internal enum Scope
{
    None = 0,
    TasksCreate = 1 << 0,
    TasksRead = 1 << 1,
    TasksUpdate = 1 << 2,
    TasksDelete = 1 << 3,
    TasksRun = 1 << 4,
    RunsRead = 1 << 5,
    RunsManage = 1 << 6,
    EventsPublish = 1 << 7,
    EventsRead = 1 << 8,
    ToolsUse = 1 << 9,
    ToolsManage = 1 << 10,
    ApprovalsDecide = 1 << 11,
    AgentsManage = 1 << 12,
    AuditRead = 1 << 13,
    Admin = 1 << 14,
}

/// <summary>Scopes as text: space-separated in tokens (RFC 6749 §3.3), a list on the wire.</summary>
internal static class Scopes
{
    private static readonly FrozenDictionary<string, Scope> ByName = new Dictionary<string, Scope>
    {
        ["tasks:create"] = Scope.TasksCreate,
        ["tasks:read"] = Scope.TasksRead,
        ["tasks:update"] = Scope.TasksUpdate,
        ["tasks:delete"] = Scope.TasksDelete,
        ["tasks:run"] = Scope.TasksRun,
        ["runs:read"] = Scope.RunsRead,
        ["runs:manage"] = Scope.RunsManage,
        ["events:publish"] = Scope.EventsPublish,
        ["events:read"] = Scope.EventsRead,
        ["tools:use"] = Scope.ToolsUse,
        ["tools:manage"] = Scope.ToolsManage,
        ["approvals:decide"] = Scope.ApprovalsDecide,
        ["agents:manage"] = Scope.AgentsManage,
        ["audit:read"] = Scope.AuditRead,
        ["admin"] = Scope.Admin,
    }.ToFrozenDictionary();

    public static IReadOnlyList<string> Names { get; } = [.. ByName.OrderBy(entry => entry.Value).Select(e => e.Key)];

    public static bool TryParse(string name, out Scope scope) => ByName.TryGetValue(name, out scope);

    /// <summary>Reads scopes this program wrote; an unknown one (from a newer version) grants nothing.</summary>
    public static Scope Parse(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(Scope.None, (all, name) => all | ByName.GetValueOrDefault(name));

    public static IReadOnlyList<string> List(this Scope scopes) =>
        [.. Names.Where(name => scopes.HasFlag(ByName[name]))];

    public static string Text(this Scope scopes) => string.Join(' ', scopes.List());

    /// <summary>Whether these scopes cover the wanted ones; <see cref="Scope.Admin"/> covers all.</summary>
    public static bool Cover(this Scope held, Scope wanted) => held.HasFlag(Scope.Admin) || (held & wanted) == wanted;

    /// <summary>What is left of these scopes for one who holds <paramref name="limit"/>.</summary>
    public static Scope Within(this Scope wanted, Scope limit)
    {
        if (limit.HasFlag(Scope.Admin))
        {
            return wanted;
        }

        return wanted.HasFlag(Scope.Admin) ? limit : wanted & limit;
    }
}
