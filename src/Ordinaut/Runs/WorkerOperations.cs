using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>Shows who carries out runs: this process, and every other that holds a lease.</summary>
/// <param name="here">The worker of this process; none where it has another role.</param>
internal sealed class WorkerOperations(Db db, IEnumerable<Worker> here)
{
    private const string SelectHolders = """
        select lease_owner, count(*), max(leased_until) from queue where state = 2 group by lease_owner
        order by lease_owner
        """;

    /// <summary>An operator's view, across all agents.</summary>
    public async Task<Page<WorkerView>> List(Caller caller)
    {
        caller.Require(Scope.Admin);
        var (holders, now) = await db.Read(async session =>
            (await session.Query(SelectHolders, row => (row.Text(0), row.Long(1), row.Instant(2))), session.Now)
        );
        var workers = holders.ConvertAll(holder => Elsewhere(holder, now));
        foreach (var worker in here)
        {
            var leases = workers.Find(other => other.Id == worker.Settings.Name);
            workers.Remove(leases!);
            workers.Insert(0, Here(worker, leases?.LeasedUntil));
        }

        return new Page<WorkerView>(workers, workers.Count, false, null);
    }

    private static WorkerView Here(Worker worker, DateTimeOffset? leasedUntil) =>
        new(
            worker.Settings.Name,
            worker.IsDraining ? "draining" : "active",
            worker.Settings.Slots,
            worker.Running,
            leasedUntil
        );

    private static WorkerView Elsewhere((string Name, long Running, DateTimeOffset Until) holder, DateTimeOffset now) =>
        new(holder.Name, holder.Until > now ? "active" : "lost", null, holder.Running, holder.Until);
}
