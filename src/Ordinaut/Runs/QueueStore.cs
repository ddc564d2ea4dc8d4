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
        leased_until, started_at, created_at, claimed_at, resumed_at
        """;

    private const string InsertRow = """
        insert into queue (
          run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due,
          expires_at, slot, slot_limit, epoch, attempt, depth, started_at, created_at)
        select
          @run_id, @task_id, @owner_id, @task_version, @trigger, @occurrence_key, @scheduled_for,
          case
            when (select count(*) from (
              select 1 from queue s where s.slot = @slot and s.state in (0, 2, 3) limit @slot_limit) x) >= @slot_limit
            then 1
            when @due > @now then 3
            else 0
          end,
          @priority, @due, @expires_at, @slot, @slot_limit, @epoch, @attempt, @depth, @started_at, @created_at
        /* each: from */
        """;

    private const string InsertInput = """
        insert into run_input (run_id, input) select @run_id, @input /* each: from */ where true
        on conflict (run_id) do update set input = excluded.input
        """;

    private const string SelectInput = "select input from run_input where run_id = @run_id";

    private const string WakeDelayed = """
        update queue set state = 0 where run_id in (
          select run_id from queue where state = 3 and due <= @now /* pg: for update skip locked */)
        """;

    // One statement claims: whoever runs it gets rows nobody else has, each with a new epoch.
    private const string ClaimRows = $"""
        with ready as materialized (
          select run_id from queue where state = 0 order by priority, due limit @limit /* pg: for update skip locked */)
        update queue set
          state = 2, epoch = epoch + 1, lease_owner = @lease_owner, leased_until = @leased_until,
          started_at = coalesce(started_at, @now), claimed_at = @now,
          resumed_at = case when waiting = 1 then @now else resumed_at end, waiting = 0
        where run_id in (select run_id from ready)
        returning {Columns}, (select i.input from run_input i where i.run_id = queue.run_id)
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

    private const string SelectHeld =
        $"select {Columns} from queue where run_id = @run_id and epoch = @epoch and state = 2 /* pg: for update */";

    private const string SelectOne = $"select {Columns} from queue where run_id = @run_id /* pg: for update */";

    private const string SelectAnyOfTask = $"""
        select exists (
          select 1 from queue where run_id in ({IdsOfTask}) and (@key is null or occurrence_key = @key))
        """;

    // Held ones first: whoever ends them in this order does not let one in that it is about to end.
    private const string SelectOfTask = $"""
        select {Columns} from queue where run_id in ({IdsOfTask}) order by state <> 1, run_id limit @limit
        /* pg: for update */
        """;

    private const string SelectExpired = $"""
        select {Columns} from queue where state = 2 and leased_until <= @now order by leased_until limit @limit
        /* pg: for update skip locked */
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

    private const string DeleteRow = """
        delete from queue /* each: using */ where run_id = @run_id and epoch = @epoch and state = @seen_state
        """;

    private const string SelectNextDelayed = "select min(due) from queue where state = 3";

    /// <summary>
    /// Puts runs into the queue; each waits while its slot is taken. The slots are locked by the caller.
    /// </summary>
    public static async ValueTask Insert(Session session, params IReadOnlyList<QueuedRun> runs)
    {
        foreach (var round in SlotStore.Rounds(runs, run => run.Slot))
        {
            await session.ExecuteEach(InsertRow, round, Values);
        }

        await session.ExecuteEach(
            InsertInput,
            [.. runs.Where(run => run.Input is not null)],
            run => [("run_id", run.Id), ("input", run.Input)]
        );
    }

    public static ValueTask<string?> Input(Session session, Guid runId) =>
        session.First(SelectInput, row => row.Text(0), ("run_id", runId));

    /// <summary>Leases up to <paramref name="limit"/> runs, most urgent first.</summary>
    public static async ValueTask<List<QueuedRun>> Claim(Session session, string worker, TimeSpan lease, int limit)
    {
        await session.Later(WakeDelayed);
        var claimed = await session.Query(
            ClaimRows,
            row => Read(row) with { Input = row.TextOrNull(24) },
            ("lease_owner", worker),
            ("leased_until", session.Now + lease),
            ("limit", limit)
        );
        // RETURNING promises no order.
        claimed.Sort((a, b) => (a.Priority, a.Due).CompareTo((b.Priority, b.Due)));
        return claimed;
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
        await session.First(SelectHeld, Read, ("run_id", run.Id), ("epoch", run.Epoch))
        ?? throw new LeaseLostException(run.Id);

    /// <summary>The live run, in the hands of this work: nobody claims, ends or moves it meanwhile.</summary>
    public static async ValueTask<QueuedRun?> Hold(Session session, Guid runId)
    {
        await SlotStore.LockOfRun(session, runId);
        return await session.First(SelectOne, Read, ("run_id", runId));
    }

    /// <summary>The live runs of a task, in the hands of this work.</summary>
    public static async ValueTask<List<QueuedRun>> HoldOfTask(Session session, Guid taskId, int limit)
    {
        await SlotStore.LockOfTask(session, taskId);
        return await session.Query(SelectOfTask, Read, ("task_id", taskId), ("limit", limit));
    }

    /// <summary>Whether the task has a live run; with a key, one of that occurrence.</summary>
    public static ValueTask<bool> Any(Session session, Guid taskId, string? key = null) =>
        session.First(SelectAnyOfTask, row => row.Bool(0), ("task_id", taskId), ("key", key));

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

    /// <summary>
    /// Takes finished runs out and lets the next ones of their slots in. The slots are locked by the caller.
    /// </summary>
    public static async ValueTask Remove(Session session, params IReadOnlyList<QueuedRun> runs)
    {
        var removed = await session.ExecuteEach(
            DeleteRow,
            runs,
            run => [("run_id", run.Id), ("epoch", run.Epoch), ("seen_state", (int)run.State)]
        );
        if (removed != runs.Count)
        {
            throw new LeaseLostException(runs[0].Id);
        }

        await SlotStore.Promote(session, [.. runs.Where(run => run.State != QueueState.Held).Select(run => run.Slot)]);
    }

    /// <summary>When the next delayed run comes due; null when none waits.</summary>
    public static ValueTask<DateTimeOffset?> NextDelayed(Session session) =>
        session.First(SelectNextDelayed, row => row.InstantOrNull(0));

    private static Arg[] Values(QueuedRun run) =>
        [
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
            ("created_at", run.CreatedAt),
        ];

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
            ResumedAt = row.InstantOrNull(23),
        };
}

/// <summary>A lease this worker still holds.</summary>
internal sealed record HeldLease(Guid RunId, int Epoch, bool CancelRequested)
{
    public static HeldLease Read(Row row) => new(row.Id(0), row.Int(1), row.Bool(2));
}
