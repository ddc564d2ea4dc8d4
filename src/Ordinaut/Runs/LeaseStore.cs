using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>The SQL of leases: claim, renew, the fence, give back, find what ran out.</summary>
internal static class LeaseStore
{
    // So many at once, so that a crowd that comes due together does not keep the first of it waiting.
    private const string WakeDelayed = """
        with late as materialized (
          select run_id from queue where state = 3 and due <= @now order by due limit 10000
          /* pg: for update skip locked */)
        update queue set state = 0 where run_id in (select run_id from late)
        """;

    // From agent to agent along the index, never past more than one run of each: in the whole order of that index, or
    // the planner may take another, past all that was ever in the line. A recursion hands out its rows in the order in
    // which it found them, on both engines, and the look at the agent keeps it (nested loops only).
    private const string SelectWaiting = """
        with recursive owner(id) as (
          select (
            select owner_id from queue where state = 0 and owner_id > @after order by owner_id, priority, due limit 1)
          union all
          select (
            select q.owner_id from queue q where q.state = 0 and q.owner_id > owner.id
            order by q.owner_id, q.priority, q.due limit 1)
          from owner where owner.id is not null)
        select o.id, coalesce(a.weight, 1) from owner o left join agent a on a.id = o.id
        where o.id is not null and coalesce(a.status, 'active') = 'active'
          and not exists (select 1 from cluster where id = 1 and state <> 'active')
        limit @limit
        """;

    // One statement claims: whoever runs it gets rows nobody else has, each with a new epoch. Nobody gets those of an
    // agent that is stopped, though it was not when the lines were looked at.
    private const string ClaimRows = $"""
        with ready as materialized (
          select r.run_id, @lease_owner as lease_owner, @leased_until as leased_until
          from /* each: lateral */ (
            select q.run_id from queue q
            where q.state = 0 and q.owner_id = @owner_id and (q.priority, q.due) >= (@from_priority, @from_due)
              and not exists (select 1 from agent a where a.id = @owner_id and a.status <> 'active')
            order by q.priority, q.due limit @places /* pg: for update skip locked */) r)
        update queue set
          state = 2, epoch = epoch + 1,
          lease_owner = (select lease_owner from ready limit 1),
          leased_until = (select leased_until from ready limit 1),
          started_at = coalesce(started_at, @now), claimed_at = @now,
          resumed_at = case when waiting = 1 then @now else resumed_at end, waiting = 0
        where run_id in (select run_id from ready)
        returning {QueueStore.Columns}, (select i.input from run_input i where i.run_id = queue.run_id)
        """;

    // By run, not by owner: a lease whose work has ended without a record must run out, so that the run is taken again.
    private const string RenewRow = """
        update queue set leased_until = @leased_until /* each: from */
        where run_id = @run_id and epoch = @epoch and state = 2 and leased_until > @now
        returning run_id, epoch, cancel_requested
        """;

    private const string SelectCanceled = """
        select run_id, epoch, cancel_requested from queue
        where lease_owner = @lease_owner and cancel_requested = 1 and state = 2
        """;

    private const string SelectHeld = $"""
        select {QueueStore.Columns} from queue where run_id = @run_id and epoch = @epoch and state = 2
        /* pg: for update */
        """;

    private const string SelectExpired = $"""
        select {QueueStore.Columns} from queue
        where state = 2 and leased_until <= @now order by leased_until limit @limit
        /* pg: for update skip locked */
        """;

    private const string SelectLeasedByOthers = $"""
        select {QueueStore.Columns} from queue where state = 2 and lease_owner <> @lease_owner limit @limit
        """;

    // Back to the queue after a failed attempt or a silent death; the epoch stays and fences the old worker.
    private const string ReturnRow = """
        update queue set
          state = case when @due > @now then 3 else 0 end, due = @due, attempt = @attempt,
          silent_deaths = @silent_deaths, lease_owner = null, leased_until = null, claimed_at = null
        where run_id = @run_id and epoch = @epoch and state = 2
        """;

    private const string SelectNextDelayed = "select min(due) from queue where state = 3";

    /// <summary>Makes what has come due ready.</summary>
    public static ValueTask Wake(Session session) => session.Later(WakeDelayed);

    /// <summary>Agents that have a run ready, in the order of their ids.</summary>
    public static ValueTask<List<WaitingAgent>> Waiting(Session session, Guid after, int limit) =>
        session.Query(SelectWaiting, WaitingAgent.Read, ("after", after), ("limit", limit));

    /// <summary>Leases the most urgent runs of each lot, in no order.</summary>
    public static ValueTask<List<QueuedRun>> Claim(Session session, WorkerSettings worker, IReadOnlyList<Lot> lots)
    {
        var until = session.Now + worker.Lease;
        return session.QueryEach(
            ClaimRows,
            row => QueueStore.Read(row) with { Input = row.TextOrNull(24) },
            lots,
            lot =>
                [
                    ("lease_owner", worker.Name),
                    ("leased_until", until),
                    ("owner_id", lot.AgentId),
                    ("places", lot.Places),
                    ("from_priority", lot.Priority),
                    ("from_due", lot.Due),
                ]
        );
    }

    /// <summary>Extends the leases of these runs that have not run out, and returns which are still held.</summary>
    public static ValueTask<List<HeldLease>> Renew(Session session, IReadOnlyList<QueuedRun> runs, TimeSpan lease)
    {
        var until = session.Now + lease;
        return session.QueryEach(
            RenewRow,
            HeldLease.Read,
            runs,
            run => [("leased_until", until), ("run_id", run.Id), ("epoch", run.Epoch)]
        );
    }

    public static ValueTask<List<HeldLease>> CancelRequests(Session session, string worker) =>
        session.Query(SelectCanceled, HeldLease.Read, ("lease_owner", worker));

    /// <summary>The run if this epoch still holds it; the fence in front of every write of a worker.</summary>
    public static async ValueTask<QueuedRun> Fence(Session session, QueuedRun run) =>
        await session.First(SelectHeld, QueueStore.Read, ("run_id", run.Id), ("epoch", run.Epoch))
        ?? throw new LeaseLostException(run.Id);

    public static ValueTask<List<QueuedRun>> Expired(Session session, int limit) =>
        session.Query(SelectExpired, QueueStore.Read, ("limit", limit));

    /// <summary>Leases of earlier processes: on a database with one process at a time they are all dead.</summary>
    public static ValueTask<List<QueuedRun>> LeasedByOthers(Session session, string worker, int limit) =>
        session.Query(SelectLeasedByOthers, QueueStore.Read, ("lease_owner", worker), ("limit", limit));

    /// <summary>Puts a leased run back, to be claimed again from <see cref="QueuedRun.Due"/> on.</summary>
    public static async ValueTask Return(Session session, QueuedRun run)
    {
        var returned = await session.Execute(
            ReturnRow,
            ("run_id", run.Id),
            ("epoch", run.Epoch),
            ("due", run.Due),
            ("attempt", run.Attempt),
            ("silent_deaths", run.SilentDeaths)
        );
        if (returned != 1)
        {
            throw new LeaseLostException(run.Id);
        }
    }

    /// <summary>When the next delayed run comes due; null when none waits.</summary>
    public static ValueTask<DateTimeOffset?> NextDelayed(Session session) =>
        session.First(SelectNextDelayed, row => row.InstantOrNull(0));
}

/// <summary>Which runs are claimed together.</summary>
/// <param name="Places">At most so many.</param>
/// <param name="Priority">With <paramref name="Due"/>: none that stands before this in the agent's line.</param>
internal sealed record Lot(Guid AgentId, int Places, int Priority, DateTimeOffset Due);

/// <summary>A lease this worker still holds.</summary>
internal sealed record HeldLease(Guid RunId, long Epoch, bool CancelRequested)
{
    public static HeldLease Read(Row row) => new(row.Id(0), row.Int(1), row.Bool(2));
}
