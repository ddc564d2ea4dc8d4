using Ordinaut.Agents;
using Ordinaut.Approvals;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// The SQL of history, and of lists over live and finished runs together. A run's history row is written once,
/// copied from its queue row in the transaction that removes it.
/// </summary>
internal static class RunStore
{
    /// <summary>The state of a live run in a word.</summary>
    public const string LiveState =
        "case when state = 2 then 'running' when waiting = 1 then 'waiting' else 'queued' end";

    public const string Live = $"""
        select run_id as id, task_id, owner_id, task_version,
          {LiveState} as state,
          scheduled_for, occurrence_key, trigger, attempt, lease_owner, leased_until, due as not_before, started_at,
          null /* pg: ::timestamptz */ as finished_at, null as error_code, null as error_message, null as error_step,
          created_at, epoch, claimed_at
        from queue where occurrence_key <> 'check'
        """;

    public const string Finished = """
        select id, task_id, owner_id, task_version, state, scheduled_for, occurrence_key, trigger, attempt,
          lease_owner, null /* pg: ::timestamptz */ as leased_until, null /* pg: ::timestamptz */ as not_before,
          started_at, finished_at, error_code, error_message, error_step, created_at, epoch, claimed_at
        from run
        """;

    // The fence: copies only what this epoch still holds, and so writes a run's history at most once.
    private const string InsertFinished = """
        insert into run (
          id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt, epoch, depth,
          lease_owner, error_code, error_message, error_step, started_at, claimed_at, finished_at, created_at)
        select
          run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, @state, attempt, epoch,
          depth, lease_owner, @error_code, @error_message, @error_step, started_at, claimed_at, @now, created_at
        from queue /* each: , */ where run_id = @run_id and epoch = @epoch and queue.state = @seen_state
        """;

    private const string SelectOwned = $"""
        select * from ({Live} and run_id = @id union all {Finished} where id = @id) x
        where owner_id = @owner_id or @all
        """;

    private const string SelectLatest = $"""
        select * from (
          select * from ({Live} and run_id in ({QueueStore.IdsOfTask}) order by run_id desc limit 1) l
          union all
          select * from ({Finished} where task_id = @task_id order by id desc limit 1) f) x
        order by id desc limit 1
        """;

    // The words stand here a second time for the partial index over them: these runs are few among many.
    private const string SelectToRedrive = $"""
        {Finished}
        where state in ('failed', 'quarantined') and state in (@state, @other_state)
          and (@all or owner_id = @owner_id)
          and (@task_id is null or task_id = @task_id)
          and exists (select 1 from task t where t.id = run.task_id)
          and not exists (select 1 from agent a where a.id = run.owner_id and a.status <> 'active')
        order by id limit @limit
        """;

    // What the run's last life ended with stays on record as an attempt.
    private const string InsertLastAttempt = """
        insert into attempt (
          run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step)
        select id, attempt, epoch, lease_owner, claimed_at, finished_at, error_code, error_message, error_step
        from run where id = @id and error_code is not null
        on conflict (run_id, attempt, epoch) do nothing
        """;

    private const string DeleteRow = "delete from run where id = @id";

    public static async ValueTask Finish(Session session, QueuedRun run, RunState state, Failure? error)
    {
        await SlotStore.Lock(session, run.Slot);
        await Finish(session, [run], state, error);
        if (state != RunState.Succeeded)
        {
            await StepStore.EndRunning(session, run.Id);
            await WaitStore.Forget(session, run.Id);
            await ApprovalStore.Close(session, run.Id);
        }
    }

    /// <summary>Ends runs that have no running step, all alike. Their slots are locked by the caller.</summary>
    public static async ValueTask Finish(
        Session session,
        IReadOnlyList<QueuedRun> runs,
        RunState state,
        Failure? error = null
    )
    {
        var written = await session.ExecuteEach(
            InsertFinished,
            runs,
            run =>
                [
                    ("run_id", run.Id),
                    ("epoch", run.Epoch),
                    ("seen_state", (int)run.State),
                    ("state", Word<RunState>.Of(state)),
                    ("error_code", error?.Code),
                    ("error_message", error?.Message),
                    ("error_step", error?.Step),
                ]
        );
        if (written != runs.Count)
        {
            throw new LeaseLostException(runs[0].Id);
        }

        await QueueStore.Remove(session, runs);
    }

    public static ValueTask<RunRow?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First(SelectOwned, Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    public static ValueTask<RunRow?> Latest(Session session, Guid taskId) =>
        session.First(SelectLatest, Read, ("task_id", taskId));

    /// <summary>Takes a finished run out of history so that it can be live again.</summary>
    public static async ValueTask Reopen(Session session, RunRow row)
    {
        await session.Execute(InsertLastAttempt, ("id", row.Id));
        await session.Execute(DeleteRow, ("id", row.Id));
    }

    /// <summary>Runs that ended in one of two states and whose task is still there, oldest first.</summary>
    public static ValueTask<List<RunRow>> ToRedrive(
        Session session,
        Caller caller,
        (RunState One, RunState Other) states,
        Guid? taskId,
        int limit
    ) =>
        session.Query(
            SelectToRedrive,
            Read,
            ("all", caller.SeesAll),
            ("owner_id", caller.AgentId),
            ("state", Word<RunState>.Of(states.One)),
            ("other_state", Word<RunState>.Of(states.Other)),
            ("task_id", taskId),
            ("limit", limit)
        );

    public static RunRow Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            TaskId = row.Id(1),
            OwnerId = row.Id(2),
            TaskVersion = row.Int(3),
            State = Word<RunState>.Parse(row.Text(4)),
            ScheduledFor = row.Instant(5),
            OccurrenceKey = row.Text(6),
            Trigger = Word<Trigger>.Parse(row.Text(7)),
            Attempt = row.Int(8),
            LeaseOwner = row.TextOrNull(9),
            LeasedUntil = row.InstantOrNull(10),
            NotBefore = row.InstantOrNull(11),
            StartedAt = row.InstantOrNull(12),
            FinishedAt = row.InstantOrNull(13),
            Error = row.IsNull(14) ? null : new Failure(row.Text(14), row.Text(15), row.TextOrNull(16)),
            CreatedAt = row.Instant(17),
            Epoch = row.Long(18),
            ClaimedAt = row.InstantOrNull(19),
        };
}
