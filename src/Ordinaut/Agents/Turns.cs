using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// Weighted round robin over the agents that have something waiting: whoever hands out places (a worker its slots, a
/// scheduler its batch) gives each agent one and divides the rest by weight, so nobody waits behind another's million.
/// </summary>
internal sealed class Turns
{
    /// <summary>Where the last round ended, when there were more agents than places.</summary>
    private Guid _last;

    /// <summary>Divides places among those who wait.</summary>
    /// <param name="places">1 or more.</param>
    /// <param name="waiting">Finds up to so many waiting agents whose ids come after one, in the order of ids.</param>
    /// <returns>One share for each agent, together at most <paramref name="places"/>.</returns>
    public async ValueTask<IReadOnlyList<Share>> Deal(
        int places,
        Func<Guid, int, ValueTask<List<WaitingAgent>>> waiting
    )
    {
        // One more than there are places for: whether somebody is left for the next round.
        var agents = await waiting(_last, places + 1);
        if (agents.Count == 0 && _last != Guid.Empty)
        {
            agents = await waiting(Guid.Empty, places + 1);
        }

        var isFull = agents.Count > places;
        _last = isFull ? agents[places - 1].Id : Guid.Empty;
        return Divide(isFull ? agents[..places] : agents, places);
    }

    internal static IReadOnlyList<Share> Divide(IReadOnlyList<WaitingAgent> agents, int places)
    {
        var weights = agents.Sum(agent => (long)agent.Weight);
        var rest = places - agents.Count;
        var shares = agents.Select(agent => 1 + (int)(rest * (long)agent.Weight / Math.Max(weights, 1))).ToArray();
        var left = places - shares.Sum();
        return [.. agents.Select((agent, i) => new Share(agent.Id, shares[i] + (i < left ? 1 : 0)))];
    }
}

/// <summary>An agent with something waiting.</summary>
/// <param name="Weight">1 to <see cref="AgentCheck.MaxWeight"/>.</param>
internal sealed record WaitingAgent(Guid Id, int Weight)
{
    public static WaitingAgent Read(Row row) => new(row.Id(0), row.Int(1));
}

/// <summary>How many of the free places an agent gets.</summary>
internal sealed record Share(Guid AgentId, int Places);
