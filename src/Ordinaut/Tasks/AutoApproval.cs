using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>Whether a rule approves what is proposed. Pure; whatever is not certain needs a person.</summary>
internal static class AutoApproval
{
    /// <summary>Why the rule does not approve it; null when it does.</summary>
    public static string? Refusal(
        AutoApproveRule rule,
        TaskReach reach,
        long? firesPerDay,
        Func<string, ToolDescription?> tool
    )
    {
        foreach (var call in reach.Calls)
        {
            if (!Patterns.AllowsTool(rule.Tools ?? [], call.Tool))
            {
                return $"it does not name the tool {call.Tool}";
            }

            if (tool(call.Tool)?.Effect != Effect.Idempotent && !call.IsGet)
            {
                return $"{call.Tool} may change something";
            }
        }

        if (reach.AnyHost)
        {
            return "a step takes its address from elsewhere";
        }

        if (reach.Hosts.FirstOrDefault(host => !Patterns.AllowsHost(rule.Hosts ?? [], host)) is { } stranger)
        {
            return $"it does not name the host {stranger}";
        }

        return firesPerDay switch
        {
            null => "events decide how often it runs",
            { } fires when fires > rule.MaxFiresPerDay => $"it runs {fires} times a day",
            _ => null,
        };
    }
}
