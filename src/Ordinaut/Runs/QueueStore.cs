using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>The SQL of live runs: in, in someone's hands, out. Rows are narrow and few.</summary>
internal static class QueueStore
{
    /// <summary>The live runs of a task: those in its own slot, and those in the slot of a concurrency key.</summary>
    public const string IdsOfTask = """
        select run_id from queue where slot = @task_id
        union all select run_id from queue where task_id = @task_id and slot <> task_id
        """;

    /// <summary>What <see cref="Read"/> reads, in its order.</summary>
    public const string Columns = """
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

    private const string SelectOne = $"select {Columns} from queue where run_id = @run_id /* pg: for update */";

    private const string SelectAnyOfTask = $"""
        select exists (select 1 from queue where run_id in ({IdsOfTask}) and occurrence_key = @key)
        """;

    private const string SelectLiveTasks = """
        select @task_id /* each: from */ where exists (select 1 from queue where slot = @task_id)
          or exists (select 1 from queue where task_id = @task_id and slot <> task_id)
        """;

    // Held ones first: whoever ends them in this order does not let one in that it is about to end. By what is in the
    // row itself: with a list of ids from a subquery, PostgreSQL 15 loses a row that another moved while this waited.
    private const string SelectOfTask = $"""
        select {Columns} from queue
        where slot = @task_id or (task_id = @task_id and slot <> task_id)
        order by state <> 1, run_id limit @limit
        /* pg: for update */
        """;

    private const string RequestCancelRow =
        "update queue set cancel_requested = 1 where run_id = @run_id and cancel_requested = 0";

    private const string DeleteRow = """
        delete from queue /* each: using */ where run_id = @run_id and epoch = @epoch and state = @seen_state
        """;

    /// <summary>
    /// Puts runs into the queue; each waits while its slot is taken. The slots are locked by the caller.
    /// </summary>
    public static async ValueTask Insert(Session session, params IReadOnlyList<QueuedRun> runs)
    {
        foreach (var round in Rounds.Of(runs, run => (Guid?)run.Slot))
        {
            await session.LaterEach(InsertRow, round, Values);
        }

        await session.LaterEach(
            InsertInput,
            [.. runs.Where(run => run.Input is not null)],
            run => [("run_id", run.Id), ("input", run.Input)]
        );
    }

    public static ValueTask<string?> Input(Session session, Guid runId) =>
        session.First(SelectInput, row => row.Text(0), ("run_id", runId));

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

    /// <summary>Those of these tasks that have live runs.</summary>
    public static async ValueTask<HashSet<Guid>> Live(Session session, IReadOnlyList<Guid> taskIds) =>
        [.. await session.QueryEach(SelectLiveTasks, row => row.Id(0), taskIds, id => [("task_id", id)])];

    /// <summary>Whether the task has a live run of this occurrence.</summary>
    public static ValueTask<bool> Any(Session session, Guid taskId, string key) =>
        session.First(SelectAnyOfTask, row => row.Bool(0), ("task_id", taskId), ("key", key));

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

    public static QueuedRun Read(Row row) =>
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
            Epoch = row.Long(13),
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
