using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.ToolSources;

namespace Ordinaut.Agents;

/// <summary>
/// Removes an agent and everything that is its own. The audit log keeps who did what when, by ids that lead nowhere any
/// more.
/// </summary>
internal sealed class AgentErasure(
    Db db,
    AgentOperations agents,
    AgentDirectory directory,
    AuditLog audit,
    Signals signals
)
{
    /// <summary>Runs, tasks, events or rows of another kind that one transaction removes.</summary>
    public const int BatchSize = 200;

    /// <summary>
    /// Other nodes may take a request of it until they have heard; what came of that goes after this time, when every
    /// request has ended.
    /// </summary>
    public static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Stops the agent, and then removes what it has, some rows at a time; broken off, it is asked for again. A worker
    /// that still runs something of it finds that its lease is lost.
    /// </summary>
    public async Task<ErasureView> Erase(Caller caller, Guid id)
    {
        caller.Require(Scope.AgentsManage);
        await RequireErasable(caller, id);
        await agents.Stop(caller, id, null);
        var counts = await Sweep(db, id);
        var view = await db.Write(session => Finish(session, caller, id, counts));
        directory.Forget(id);
        signals.Cancel.Set();
        return view;
    }

    /// <summary>Removes what came after an erasure, and the last of the agent; returns of how many.</summary>
    public static async Task<int> SweepAfter(Db db)
    {
        var erased = await db.Read(session => AgentErasureStore.Erased(session, session.Now - Aftermath, BatchSize));
        foreach (var id in erased)
        {
            await Sweep(db, id);
            await db.Write(async session =>
            {
                await AgentErasureStore.RemoveAgent(session, id);
                await AgentErasureStore.Forget(session, id);
            });
        }

        return erased.Count;
    }

    private static async Task<SortedDictionary<string, long>> Sweep(Db db, Guid id)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in AgentErasureStore.Parts)
        {
            counts[part.Name] = await Remove(db, part, id);
        }

        return counts;
    }

    private static async Task<long> Remove(Db db, ErasurePart part, Guid id)
    {
        var removed = 0L;
        while (true)
        {
            var some = await db.Write(session => AgentErasureStore.RemoveSome(session, part, id, BatchSize));
            if (some == 0)
            {
                return removed;
            }

            removed += some;
        }
    }

    private async Task RequireErasable(Caller caller, Guid id)
    {
        if (id == caller.AgentId)
        {
            throw Problem.Conflict("An agent cannot erase itself; another manager can.");
        }

        await db.Read(session => AgentOperations.Manageable(session, caller, id));
    }

    private async ValueTask<ErasureView> Finish(
        Session session,
        Caller caller,
        Guid id,
        SortedDictionary<string, long> counts
    )
    {
        // Before its tools go: everybody reads anew which there are.
        await ToolSourceStore.Begin(session, signals);
        await AgentErasureStore.RemoveAgent(session, id);
        var until = await ClusterStore.BackupsKeep(session) is { } keep
            ? session.Now + keep + RunningBackup.BaseEvery + BackupLoop.PruneEvery
            : (DateTimeOffset?)null;
        var detail = new JsonObject
        {
            ["rows"] = new JsonObject(counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
            ["in_backups_until"] = until is { } end ? Instants.Format(end) : null,
        };
        var entry = new AuditEntry("agent.erased", "agent", id.ToString(), id, Json.OfNode(detail));
        await audit.Append(session, caller, entry);
        return new ErasureView(id, session.Now, counts, until);
    }
}
