using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>
/// What whoever saves a task may put into it: nobody grants through a task what they do not hold. At each call the
/// owner's rights of that moment are asked as well.
/// </summary>
internal static class TaskRights
{
    /// <summary>Adds a finding for each call that the caller could not make.</summary>
    public static void Check(Caller caller, Pipeline pipeline, ToolCatalog tools, List<FieldError> findings)
    {
        if (!caller.Scopes.Cover(Scope.ToolsUse))
        {
            findings.Add(new FieldError("/payload/pipeline", "Using tools needs the scope 'tools:use'."));
            return;
        }

        foreach (var (pointer, tool) in pipeline.Calls)
        {
            var needed = tools.Find(tool)?.Description.Scopes ?? [];
            foreach (var scope in needed.Where(s => !caller.Scopes.Cover(Scopes.Parse(s))))
            {
                var detail = $"Using '{tool}' needs the scope '{scope}', which the token does not carry.";
                findings.Add(new FieldError($"{pointer}/uses", detail));
            }

            if (!Patterns.AllowsTool(caller.Limits.AllowedTools, tool))
            {
                var detail =
                    $"'{tool}' is not among the tools that the agent may use ({List(caller.Limits.AllowedTools)}).";
                findings.Add(new FieldError($"{pointer}/uses", detail));
            }
        }
    }

    /// <summary>Adds a finding for each host that a step names and the caller may not.</summary>
    public static void CheckHosts(Caller caller, TaskReach reach, List<FieldError> findings)
    {
        foreach (var call in reach.Calls.Where(call => call.Host is not null))
        {
            if (!Patterns.AllowsHost(caller.Limits.AllowedHosts, call.Host!))
            {
                var allowed = List(caller.Limits.AllowedHosts);
                var detail = $"'{call.Host}' is not among the hosts that the agent's tasks may name ({allowed}).";
                findings.Add(new FieldError($"{call.Pointer}/with/url", detail));
            }
        }
    }

    /// <summary>The grant of what the caller saves now for this owner: never more than both of them may.</summary>
    public static async ValueTask<Grant> GrantOf(Session session, Caller caller, Guid ownerId)
    {
        var own = new Grant(caller.Scopes.List(), caller.Limits.AllowedTools, caller.Limits.AllowedHosts);
        if (ownerId == caller.AgentId)
        {
            return own;
        }

        var owner =
            await AgentStore.Get(session, ownerId)
            ?? throw Problem.Invalid("/created_by", $"There is no agent '{ownerId}' that could own the task.");
        var limits = owner.Limits.Within(own);
        return new Grant(owner.Scopes.Within(caller.Scopes).List(), limits.AllowedTools, limits.AllowedHosts);
    }

    private static string List(IReadOnlyList<string>? patterns) => string.Join(", ", patterns ?? []);
}
