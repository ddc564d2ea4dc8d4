using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// The SQL of slots: what overlap and concurrency limits count by. Who comes into a slot and who leaves it decide by
/// each other's rows, so on many nodes they take turns, slot by slot; nobody waits for another slot.
/// </summary>
internal static class SlotStore
{
    // In the order of the locks' own numbers, so that two who take several never wait for each other.
    private const string LockSlots = """
        select pg_advisory_xact_lock(k) from (
          select distinct hashtextextended(@slot::text, 0) as k /* each: from */ order by 1) x
        """;

    private const string LockSlotOfRun = """
        select pg_advisory_xact_lock(hashtextextended(slot::text, 0)) from queue where run_id = @run_id
        """;

    private const string LockSlotsOfTask = $"""
        select pg_advisory_xact_lock(k) from (
          select distinct hashtextextended(slot::text, 0) as k from queue
          where run_id in ({QueueStore.IdsOfTask}) order by 1) x
        """;

    // Tasks that share a slot may differ in the limit they set on it: each waits for its own.
    private const string PromoteHeld = """
        with next as materialized (
          select (
            select h.run_id from queue h
            where h.slot = @slot and h.state = 1
              and (select count(*) from queue s where s.slot = @slot and s.state in (0, 2, 3)) < h.slot_limit
            order by h.priority, h.due, h.run_id limit 1) as run_id /* each: from */)
        update queue set state = case when due > @now then 3 else 0 end
        where run_id in (select run_id from next) and state = 1
        """;

    // Only what waits takes the new limit: a run that has its place keeps it.
    private const string UpdateHeldLimit = """
        update queue set slot_limit = @slot_limit where task_id = @task_id and slot = @slot and state = 1
        """;

    public static ValueTask Lock(Session session, Guid slot) => session.Lock(LockSlots, ("slot", slot));

    public static ValueTask LockAll(Session session, IReadOnlyList<Guid> slots) =>
        session.LockEach(LockSlots, slots, slot => [("slot", slot)]);

    public static ValueTask LockOfRun(Session session, Guid runId) => session.Lock(LockSlotOfRun, ("run_id", runId));

    public static ValueTask LockOfTask(Session session, Guid taskId) =>
        session.Lock(LockSlotsOfTask, ("task_id", taskId));

    /// <summary>Lets in one who waits for each place that became free; a slot is named once for each place.</summary>
    public static async ValueTask Promote(Session session, IReadOnlyList<Guid> freed)
    {
        foreach (var slots in Rounds.Of(freed, slot => (Guid?)slot))
        {
            await session.LaterEach(PromoteHeld, slots, slot => [("slot", slot)]);
        }
    }

    /// <summary>Gives a task's waiting runs a new limit and lets in as many as now fit.</summary>
    public static async ValueTask Resize(Session session, Guid taskId, Guid slot, int limit)
    {
        await Lock(session, slot);
        await session.Execute(UpdateHeldLimit, ("slot_limit", limit), ("task_id", taskId), ("slot", slot));
        while (await session.Execute(PromoteHeld, ("slot", slot)) == 1) { }
    }
}
