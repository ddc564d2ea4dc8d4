using Ordinaut.Agents;
using Ordinaut.Secrets;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// The catalogue as runs use it: each call is made with the rights the task's owner holds at that moment, whatever
/// they were when the task was saved, and with the owner's secrets.
/// </summary>
internal sealed class OwnerTools(ToolCatalog tools, ToolInvoker invoker, AgentDirectory agents, SecretDesk secrets)
{
    public ITool? Find(string name) => tools.Find(name);

    /// <summary>Calls a tool, or says as data that its owner may not.</summary>
    public async ValueTask<ToolResult> Call(ITool tool, ToolCall call, TimeSpan timeout, CancellationToken ct)
    {
        if (Refusal(tool.Description, await agents.Find(call.OwnerId)) is { } forbidden)
        {
            return forbidden;
        }

        var (filled, refusal) = await secrets.Fill(tool.Description, call);
        return refusal ?? await invoker.Invoke(tool, filled, timeout, ct);
    }

    private static ToolResult.Failed? Refusal(ToolDescription tool, Agent? owner)
    {
        if (owner is not { IsActive: true })
        {
            return Forbidden("The agent that owns the task is not active, so its tasks use no tools.");
        }

        var needed = tool.Scopes.Aggregate(Scope.ToolsUse, (all, name) => all | Scopes.Parse(name));
        return owner.Scopes.Cover(needed)
            ? null
            : Forbidden($"{tool.Name} needs the scopes '{needed.Text()}', which the task's owner does not hold.");
    }

    private static ToolResult.Failed Forbidden(string message) => new("forbidden", message, Retryable: false);
}
