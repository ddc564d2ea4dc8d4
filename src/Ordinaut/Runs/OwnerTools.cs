using Ordinaut.Agents;
using Ordinaut.Secrets;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// The catalogue as runs use it: each call is made with the rights the task's owner holds at that moment, never with
/// more than the task was granted when it was saved, and with the owner's secrets.
/// </summary>
internal sealed class OwnerTools(ToolCatalog tools, ToolInvoker invoker, AgentDirectory agents, SecretDesk secrets)
{
    public ITool? Find(string name) => tools.Find(name);

    /// <summary>Calls a tool, or says as data that its owner may not.</summary>
    public async ValueTask<ToolResult> Call(ITool tool, ToolCall call, TimeSpan timeout, CancellationToken ct)
    {
        var owner = await agents.Find(call.OwnerId);
        if (owner is not { IsActive: true })
        {
            return Forbidden("The agent that owns the task is not active, so its tasks use no tools.");
        }

        if (Refusal(tool.Description, owner, call.Grant) is { } forbidden)
        {
            return forbidden;
        }

        var hosts = Patterns.Both(owner.Limits.AllowedHosts, call.Grant?.Hosts, Patterns.CoversHost);
        var (filled, refusal) = await secrets.Fill(tool.Description, call with { Hosts = hosts });
        return refusal ?? await invoker.Invoke(tool, filled, timeout, ct);
    }

    private static ToolResult.Failed? Refusal(ToolDescription tool, Agent owner, Grant? grant)
    {
        var needed = tool.Scopes.Aggregate(Scope.ToolsUse, (all, name) => all | Scopes.Parse(name));
        if (!owner.Scopes.Cover(needed))
        {
            return Forbidden($"{tool.Name} needs the scopes '{needed.Text()}', which the task's owner does not hold.");
        }

        if (!Patterns.AllowsTool(owner.Limits.AllowedTools, tool.Name))
        {
            return Forbidden($"The task's owner may not use {tool.Name}: it is not among its allowed_tools.");
        }

        if (grant is null || IsGranted(tool.Name, needed, grant))
        {
            return null;
        }

        return Forbidden(
            $"{tool.Name} with the scopes '{needed.Text()}' is more than the task was granted when it was saved; save "
                + "what it does again with the rights it needs."
        );
    }

    private static bool IsGranted(string tool, Scope needed, Grant grant) =>
        ScopesOf(grant).Cover(needed) && Patterns.AllowsTool(grant.Tools, tool);

    public static Scope ScopesOf(Grant grant) =>
        grant.Scopes.Aggregate(Scope.None, (all, name) => all | Scopes.Parse(name));

    private static ToolResult.Failed Forbidden(string message) => new("forbidden", message, Retryable: false);
}
