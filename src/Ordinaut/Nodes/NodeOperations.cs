using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>Shows the processes that work on the database, and what each has in hand.</summary>
internal sealed class NodeOperations(Db db)
{
    /// <summary>Nodes shown at most.</summary>
    public const int MaxShown = 1_000;

    /// <summary>An operator's view, across all agents.</summary>
    public async Task<Page<WorkerView>> List(Caller caller)
    {
        caller.Require(Scope.Admin);
        var (nodes, holders, now, isPaused) = await db.Read(async session =>
            (
                await NodeStore.All(session, MaxShown),
                await NodeStore.Holders(session),
                session.Now,
                (await ClusterStore.Get(session)).State != ClusterState.Active
            )
        );
        var byName = holders.ToDictionary(holder => holder.Name);
        var views = nodes.ConvertAll(node => View(node, byName.GetValueOrDefault(node.Name), now, isPaused));
        var known = nodes.Select(node => node.Name).ToHashSet();
        views.AddRange(holders.Where(holder => !known.Contains(holder.Name)).Select(holder => Unknown(holder, now)));
        return new Page<WorkerView>(views, views.Count, false, null);
    }

    private static WorkerView View(Node node, Holder? holder, DateTimeOffset now, bool isPaused)
    {
        var state =
            now - node.HeartbeatAt > NodeRegistry.MaxSilence ? "lost"
            : node.IsDraining ? "draining"
            : isPaused ? "paused"
            : "active";
        return new WorkerView(node.Name, state, node.Slots, holder?.Running ?? 0, holder?.LeasedUntil)
        {
            Host = node.Host,
            Pid = node.Pid,
            Version = node.Version,
            Roles = node.Roles.Split(','),
            StartedAt = node.StartedAt,
            HeartbeatAt = node.HeartbeatAt,
        };
    }

    /// <summary>Its row is gone and its leases are not.</summary>
    private static WorkerView Unknown(Holder holder, DateTimeOffset now) =>
        new(holder.Name, holder.LeasedUntil > now ? "active" : "lost", null, holder.Running, holder.LeasedUntil);
}
