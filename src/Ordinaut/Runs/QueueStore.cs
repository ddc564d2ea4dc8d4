using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>The SQL of live runs: enqueue, claim, renew, give back, remove. Rows are narrow and few.</summary>
internal static class QueueStore
{
    /// <summary>The live runs of a task: those in its own slot, and those in the slot of a concurrency key.</summary>
    public const string IdsOfTask = """
        select run_id from queue where slot = @task_id
        union all select run_id from queue where task_id = @task_id and slot <> task_id
        """;

    private const string Columns = """
        run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
        expires_at, slot, slot_limit, epoch, attempt, silent_deaths, depth, cancel_requested, lease_owner,
        leased_until, started_at, created_at, claimed_at
        """;

    private const string InsertRow = """
        insert into queue (
          run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
          expires_at, slot, slot_limit, epoch, attempt, depth, started_at, created_at)
        values (
          @run_id, @task_id, @owner_id, @task_version, @trigger, @occurrence_key, @scheduled_for,
          case
            when (select count(*) from (
              select 1 from queue s where s.slot = @slot and s.state in (0, 2, 3) limit @slot_limit)) >= @slot_limit
            then 1
            when @due > @now then 3
            else 0
          end,
          @priority, @due, @expires_at, @slot, @slot_limit, @epoch, @attempt, @depth, @started_at, @created_at)
        """;

    private const string InsertInput = """
        insert into run_input (run_id, input) values (@run_id, @input)
        on conflict (run_id) do update set input = excluded.input
        """;

    private const string SelectInput = "select input from run_input where run_id = @run_id";

    private const string WakeDelayed = "update queue set state = 0 where state = 3 and due <= @now";

    // One statement claims: whoever runs it gets rows nobody else has, each with a new epoch.
    private const string ClaimRows = $"""
        update queue set
          state = 2, epoch = epoch + 1, lease_owner = @lease_owner, leased_until = @leased_until,
          started_at = coalesce(started_at, @now), claimed_at = @now
        where run_id in (
          select run_id from queue where state = 0 order by priority, due limit @limit /* pg: for update skip locked */)
        returning {Columns}, (select i.input from run_input i where i.run_id = queue.run_id)
        """;

    // By run, not by owner: a lease whose work has ended without a record must run out, so that the run is taken again.
    private const string RenewRow = """
        update queue set leased_until = @leased_until
        where run_id = @run_id and epoch = @epoch and state = 2 and leased_until > @now
        returning run_id, epoch, cancel_requested
        """;

    private const string SelectCanceled = """
        select run_id, epoch, cancel_requested from queue
        where lease_owner = @lease_owner and cancel_requested = 1 and state = 2
        """;

    private const string SelectHeld =
        $"select {Columns} from queue where run_id = @run_id and epoch = @epoch and state = 2";

    private const string SelectOne = $"select {Columns} from queue where run_id = @run_id";

    // Held ones first: whoever ends them in this order does not let one in that it is about to end.
    private const string SelectOfTask = $"""
        select {Columns} from queue where run_id in ({IdsOfTask}) order by state <> 1, run_id limit @limit
        """;

    private const string SelectExpired = $"""
        select {Columns} from queue where state = 2 and leased_until <= @now order by leased_until limit @limit
        """;

    private const string SelectLeasedByOthers = $"""
        select {Columns} from queue where state = 2 and lease_owner <> @lease_owner limit @limit
        """;

    // Back to the queue after a failed attempt or a silent death; the epoch stays and fences the old worker.
    private const string ReturnRow = """
        update queue set
          state = case when @due > @now then 3 else 0 end, due = @due, attempt = @attempt,
          silent_deaths = @silent_deaths, lease_owner = null, leased_until = null, claimed_at = null
        where run_id = @run_id and epoch = @epoch and state = 2
        """;

    private const string RequestCancelRow =
        "update queue set cancel_requested = 1 where run_id = @run_id and cancel_requested = 0";

    private const string DeleteRow =
        "delete from queue where run_id = @run_id and epoch = @epoch and state = @seen_state";

    // Tasks that share a slot may differ in the limit they set on it: each waits for its own.
    private const string PromoteHeld = """
        update queue set state = case when due > @now then 3 else 0 end
        where run_id in (
          select h.run_id from queue h
          where h.slot = @slot and h.state = 1
            and (select count(*) from queue s where s.slot = @slot and s.state in (0, 2, 3)) < h.slot_limit
          order by h.priority, h.due, h.run_id limit 1)
        """;

    // Only what waits takes the new limit: a run that has its place keeps it.
    private const string UpdateHeldLimit = """
        update queue set slot_limit = @slot_limit where task_id = @task_id and slot = @slot and state = 1
        """;

    private const string SelectNextDelayed = "select min(due) from queue where state = 3";

    public static async ValueTask Insert(Session session, QueuedRun run, string? input)
    {
        await session.Execute(
            InsertRow,
            ("run_id", run.Id),
            ("task_id", run.TaskId),
            ("owner_id", run.OwnerId),
            ("task_version", run.TaskVersion),
            ("trigger", Word<Trigger>.Of(run.Trigger)),
            ("occurrence_key", run.OccurrenceKey),
            ("scheduled_for", run.ScheduledFor),
            ("slot", run.Slot),
            ("slot_limit", run.SlotLimit),
            ("due", run.Due),
            ("priority", run.Priority),
            ("expires_at", run.ExpiresAt),
            ("epoch", run.Epoch),
            ("attempt", run.Attempt),
            ("depth", run.Depth),
            ("started_at", run.StartedAt),
            ("created_at", run.CreatedAt)
        );
        if (input is not null)
        {
            await session.Execute(InsertInput, ("run_id", run.Id), ("input", input));
        }
    }

    public static ValueTask<string?> Input(Session session, Guid runId) =>
        session.First(SelectInput, row => row.Text(0), ("run_id", runId));

    /// <summary>Leases up to <paramref name="limit"/> runs, most urgent first.</summary>
    public static async ValueTask<List<QueuedRun>> Claim(Session session, string worker, TimeSpan lease, int limit)
    {
        await session.Execute(WakeDelayed);
        var claimed = await session.Query(
            ClaimRows,
            row => Read(row) with { Input = row.TextOrNull(23) },
            ("lease_owner", worker),
            ("leased_until", session.Now + lease),
            ("limit", limit)
        );
        // RETURNING promises no order.
        claimed.Sort((a, b) => (a.Priority, a.Due).CompareTo((b.Priority, b.Due)));
        return claimed;
    }

    /// <summary>Extends the leases of these runs that have not run out, and returns which are still held.</summary>
    public static async ValueTask<List<HeldLease>> Renew(Session session, IReadOnlyList<QueuedRun> runs, TimeSpan lease)
    {
        var held = new List<HeldLease>(runs.Count);
        foreach (var run in runs)
        {
            var renewed = await session.First(
                RenewRow,
                HeldLease.Read,
                ("leased_until", session.Now + lease),
                ("run_id", run.Id),
                ("epoch", run.Epoch)
            );
            if (renewed is not null)
            {
                held.Add(renewed);
            }
        }

        return held;
    }

    public static ValueTask<List<HeldLease>> CancelRequests(Session session, string worker) =>
        session.Query(SelectCanceled, HeldLease.Read, ("lease_owner", worker));

    /// <summary>The run if this epoch still holds it; the fence in front of every write of a worker.</summary>
    public static async ValueTask<QueuedRun> Fence(Session session, QueuedRun run) =>
        await session.First(SelectHeld, Read, ("run_id", run.Id), ("epoch", run.Epoch))
        ?? throw new LeaseLostException(run.Id);

    public static ValueTask<QueuedRun?> Find(Session session, Guid runId) =>
        session.First(SelectOne, Read, ("run_id", runId));

    public static ValueTask<List<QueuedRun>> OfTask(Session session, Guid taskId, int limit) =>
        session.Query(SelectOfTask, Read, ("task_id", taskId), ("limit", limit));

    public static ValueTask<List<QueuedRun>> Expired(Session session, int limit) =>
        session.Query(SelectExpired, Read, ("limit", limit));

    /// <summary>Leases of earlier processes: on a database with one process at a time they are all dead.</summary>
    public static ValueTask<List<QueuedRun>> LeasedByOthers(Session session, string worker, int limit) =>
        session.Query(SelectLeasedByOthers, Read, ("lease_owner", worker), ("limit", limit));

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

    public static async ValueTask RequestCancel(Session session, Guid runId) =>
        await session.Execute(RequestCancelRow, ("run_id", runId));

    /// <summary>Takes a finished run out and lets the next one of its slot in.</summary>
    public static async ValueTask Remove(Session session, QueuedRun run)
    {
        var removed = await session.Execute(
            DeleteRow,
            ("run_id", run.Id),
            ("epoch", run.Epoch),
            ("seen_state", (int)run.State)
        );
        if (removed != 1)
        {
            throw new LeaseLostException(run.Id);
        }

        if (run.State != QueueState.Held)
        {
            await session.Execute(PromoteHeld, ("slot", run.Slot));
        }
    }

    /// <summary>Gives a task's waiting runs a new limit and lets in as many as now fit.</summary>
    public static async ValueTask Resize(Session session, Guid taskId, Guid slot, int limit)
    {
        await session.Execute(UpdateHeldLimit, ("slot_limit", limit), ("task_id", taskId), ("slot", slot));
        while (await session.Execute(PromoteHeld, ("slot", slot)) == 1) { }
    }

    /// <summary>When the next delayed run comes due; null when none waits.</summary>
    public static ValueTask<DateTimeOffset?> NextDelayed(Session session) =>
        session.First(SelectNextDelayed, row => row.InstantOrNull(0));

    private static QueuedRun Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            TaskId = row.Id(1),
            OwnerId = row.Id(2),
            TaskVersion = row.Int(3),
            Trigger = Word<Trigger>.Parse(row.Text(4)),
            OccurrenceKey = row.Text(5),
            ScheduledFor = row.Instant(6),
            State = (QueueState)row.Int(7),
            Priority = row.Int(8),
            Due = row.Instant(9),
            ExpiresAt = row.InstantOrNull(10),
            Slot = row.Id(11),
            SlotLimit = row.Int(12),
            Epoch = row.Int(13),
            Attempt = row.Int(14),
            SilentDeaths = row.Int(15),
            Depth = row.Int(16),
            CancelRequested = row.Bool(17),
            LeaseOwner = row.TextOrNull(18),
            LeasedUntil = row.InstantOrNull(19),
            StartedAt = row.InstantOrNull(20),
            CreatedAt = row.Instant(21),
            ClaimedAt = row.InstantOrNull(22),
        };
}

/// <summary>A lease this worker still holds.</summary>
internal sealed record HeldLease(Guid RunId, int Epoch, bool CancelRequested)
{
    public static HeldLease Read(Row row) => new(row.Id(0), row.Int(1), row.Bool(2));
}
