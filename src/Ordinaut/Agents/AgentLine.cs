using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>Who made whom: whoever is bound has no way around it by agents of its own.</summary>
internal static class AgentLine
{
    /// <summary>How many generations are looked at.</summary>
    private const int MaxGenerations = 100;

    /// <summary>
    /// Whether an agent may decide what another asks: not the same, and of the agents in the other's line whose tasks
    /// need approval none, nor any that one of these made.
    /// </summary>
    public static async ValueTask<bool> MayDecide(Session session, Guid decider, Guid asker)
    {
        var bound = (await Of(session, asker))
            .Where(agent => agent.Limits.TasksNeedApproval)
            .Select(agent => agent.Id)
            .ToHashSet();
        return decider != asker && !(await Of(session, decider)).Any(agent => bound.Contains(agent.Id));
    }

    /// <summary>An agent, who made it, who made that one, and so on.</summary>
    private static async ValueTask<List<Agent>> Of(Session session, Guid agentId)
    {
        var line = new List<Agent>();
        Guid? at = agentId;
        while (at is { } id && line.Count < MaxGenerations && await AgentStore.Get(session, id) is { } agent)
        {
            line.Add(agent);
            at = agent.CreatedBy;
        }

        return line;
    }
}
