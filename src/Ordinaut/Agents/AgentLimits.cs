using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Agents;

/// <summary>What an agent may not, whatever its scopes say; stored with it as one JSON document.</summary>
internal sealed record AgentLimits
{
    public static readonly AgentLimits None = new();

    /// <summary>Each task it creates or edits waits until someone else approves it.</summary>
    public bool TasksNeedApproval { get; init; }

    /// <summary>Patterns of the tools it may use; null: every one.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    /// <summary>Patterns of the hosts it may name; null: every one.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }

    /// <summary>Rules by which what it proposes is approved.</summary>
    public IReadOnlyList<AutoApproveRule> AutoApprove { get; init; } = [];

    public static AgentLimits Of(AgentInput input, AgentLimits now) =>
        new()
        {
            TasksNeedApproval = input.TasksNeedApproval ?? now.TasksNeedApproval,
            AllowedTools = input.AllowedTools,
            AllowedHosts = input.AllowedHosts,
            AutoApprove = input.AutoApprove ?? [],
        };

    /// <summary>These limits and those of a grant together.</summary>
    public AgentLimits Within(Grant grant) =>
        this with
        {
            AllowedTools = Patterns.Both(AllowedTools, grant.Tools, Patterns.CoversTool),
            AllowedHosts = Patterns.Both(AllowedHosts, grant.Hosts, Patterns.CoversHost),
        };

    /// <summary>
    /// Which member would allow more than whoever sets it may do; null when none. The rules of an agent whose own tasks
    /// need approval are for others to write, or it would approve for itself.
    /// </summary>
    public string? Exceeds(AgentLimits setter)
    {
        if (setter.TasksNeedApproval && !TasksNeedApproval)
        {
            return "tasks_need_approval";
        }

        if (!Patterns.Covers(setter.AllowedTools, AllowedTools, Patterns.CoversTool))
        {
            return "allowed_tools";
        }

        if (!Patterns.Covers(setter.AllowedHosts, AllowedHosts, Patterns.CoversHost))
        {
            return "allowed_hosts";
        }

        var rules = setter.AutoApprove.Select(Json.Write).ToHashSet();
        return setter.TasksNeedApproval && !AutoApprove.All(rule => rules.Contains(Json.Write(rule)))
            ? "auto_approve"
            : null;
    }
}
