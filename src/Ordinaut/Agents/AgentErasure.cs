using System.Text.Json.Nodes;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// Removes an agent and everything that is its own. What its secrets were sealed with goes with them, so that what a
/// disk may still hold of them is noise. The audit log keeps who did what when, by ids that lead nowhere any more.
/// </summary>
/// <param name="settings">What it can say of backups.</param>
internal sealed class AgentErasure(
    Db db,
    AgentOperations agents,
    AgentDirectory directory,
    AuditLog audit,
    Signals signals,
    ErasureSettings settings
)
{
    /// <summary>Runs, tasks, events or rows of another kind that one transaction removes.</summary>
    public const int BatchSize = 200;

    /// <summary>
    /// Stops the agent, and then removes what it has, some rows at a time; broken off, it is asked for again. A worker
    /// that still runs something of it finds that its lease is lost.
    /// </summary>
    public async Task<ErasureView> Erase(Caller caller, Guid id)
    {
        caller.Require(Scope.AgentsManage);
        await RequireErasable(caller, id);
        await agents.Stop(caller, id, null);
        var counts = await Sweep(id);
        var view = await db.Write(session => Finish(session, caller, id, counts));
        directory.Forget(id);
        signals.Cancel.Set();
        // Another node may have taken a request of it for a moment longer.
        await Sweep(id);
        return view;
    }

    private async Task<SortedDictionary<string, long>> Sweep(Guid id)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in AgentErasureStore.Parts)
        {
            counts[part.Name] = await Remove(part, id);
        }

        return counts;
    }

    private async Task<long> Remove(ErasurePart part, Guid id)
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
        await AgentErasureStore.RemoveAgent(session, id);
        var until = settings.BackupKeep is { } keep ? session.Now + keep : (DateTimeOffset?)null;
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

/// <summary>What an erasure can say of backups.</summary>
/// <param name="BackupKeep">How long they are kept; null: this server makes none.</param>
internal sealed record ErasureSettings(TimeSpan? BackupKeep);
