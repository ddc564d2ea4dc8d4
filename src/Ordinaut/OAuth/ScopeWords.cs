using System.Collections.Frozen;
using Ordinaut.Agents;

namespace Ordinaut.OAuth;

/// <summary>What a scope allows, as a person is asked for it.</summary>
internal static class ScopeWords
{
    private static readonly FrozenDictionary<Scope, string> Words = new Dictionary<Scope, string>
    {
        [Scope.TasksCreate] = "Create tasks, which then run by themselves",
        [Scope.TasksRead] = "See your tasks",
        [Scope.TasksUpdate] = "Change, pause and resume your tasks",
        [Scope.TasksDelete] = "Cancel your tasks",
        [Scope.TasksRun] = "Run your tasks at once",
        [Scope.RunsRead] = "See what your tasks did",
        [Scope.RunsManage] = "Cancel and repeat runs",
        [Scope.EventsPublish] = "Publish events, which set off tasks that listen",
        [Scope.EventsRead] = "See events",
        [Scope.ToolsUse] = "Use tools",
        [Scope.ToolsManage] = "Register tools and secrets",
        [Scope.ApprovalsDecide] = "Decide in your name what agents ask approval for",
        [Scope.AgentsManage] = "Create and manage agents",
        [Scope.AuditRead] = "Read the audit log",
        [Scope.Admin] = "Everything, for every agent: administer this server",
    }.ToFrozenDictionary();

    public static string Of(Scope one) => Words[one];
}
