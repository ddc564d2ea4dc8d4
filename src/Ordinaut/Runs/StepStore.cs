using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>The SQL of steps and of attempts that ended before their run did.</summary>
internal static class StepStore
{
    private const string Columns = """
        place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate,
        wake_at, awaits, answer
        """;

    private const string Upsert = """
        insert into step (
          run_id, place, id, uses, state, attempt, epoch, started_at, finished_at, input, output, error, gate, wake_at,
          awaits)
        select
          @run_id, @place, @id, @uses, @state, @attempt, @epoch, @started_at, @finished_at, @input, @output, @error,
          @gate, @wake_at, @awaits /* each: from */ where true
        on conflict (run_id, place) do update set
          state = excluded.state, attempt = excluded.attempt, epoch = excluded.epoch,
          started_at = excluded.started_at, finished_at = excluded.finished_at, input = excluded.input,
          output = excluded.output, error = excluded.error, gate = excluded.gate, wake_at = excluded.wake_at,
          awaits = excluded.awaits, answer = case when excluded.state = 'waiting' then step.answer end
        """;

    private const string SelectOfRun = $"select {Columns} from step where run_id = @run_id order by place";

    // A step that did not succeed starts over with all its retries when a person retries the run.
    private const string DeleteUnfinished =
        "delete from step where run_id = @run_id and state not in ('succeeded', 'skipped')";

    // A run that has ended has no step that runs or waits. One that was under way and has an error already is an unsafe
    // one: nobody knows whether it took effect.
    private const string EndUnfinished = """
        update step set
          state = case when state = 'running' and error is not null then 'uncertain' else 'canceled' end,
          finished_at = @now
        where run_id = @run_id and state in ('running', 'waiting')
        """;

    private const string SelectInDoubt = """
        select id, error from step where run_id = @run_id and state = 'running' and error is not null
        order by place limit 1
        """;

    private const string SelectGate = """
        select s.gate from run r join step s on s.run_id = r.id
        where r.task_id = @task_id and r.state = 'succeeded' and s.id = @step_id and s.gate is not null
        order by r.id desc limit 1
        """;

    private const string InsertAttempt = """
        insert into attempt (
          run_id, attempt, epoch, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at)
        values (
          @run_id, @attempt, @epoch, @lease_owner, @started_at, @now, @error_code, @error_message, @error_step,
          @retry_at)
        on conflict (run_id, attempt, epoch) do nothing
        """;

    private const string SelectAttempts = """
        select attempt, lease_owner, started_at, ended_at, error_code, error_message, error_step, retry_at
        from attempt where run_id = @run_id order by attempt, epoch
        """;

    public static async ValueTask Save(Session session, IReadOnlyList<(QueuedRun Run, StepRecord Step)> steps)
    {
        await session.LaterEach(Upsert, steps, Values);
        foreach (var (run, step) in steps.Where(saved => saved.Step.Awaits is not null))
        {
            await WaitStore.Bind(session, run, step);
        }
    }

    public static ValueTask<List<StepRecord>> OfRun(Session session, Guid runId) =>
        session.Query(SelectOfRun, Read, ("run_id", runId));

    public static ValueTask EndRunning(Session session, Guid runId) => session.Later(EndUnfinished, ("run_id", runId));

    /// <summary>The doubt about an unsafe step that is under way; null when none is.</summary>
    public static ValueTask<Failure?> InDoubt(Session session, Guid runId) =>
        session.First(
            SelectInDoubt,
            row =>
            {
                var error = Json.Read<StepFailure>(row.Text(1));
                return new Failure(error.Code, error.Message, row.Text(0));
            },
            ("run_id", runId)
        );

    /// <summary>Makes room for another go at what did not succeed.</summary>
    public static async ValueTask Reopen(Session session, Guid runId) =>
        await session.Execute(DeleteUnfinished, ("run_id", runId));

    /// <summary>What a gate's value was in the task's last successful run; null when there was none.</summary>
    public static ValueTask<JsonElement?> LastGate(Session session, Guid taskId, string stepId) =>
        session.First(SelectGate, row => row.JsonOrNull(0), ("task_id", taskId), ("step_id", stepId));

    public static async ValueTask SaveAttempt(Session session, QueuedRun run, Failure error, DateTimeOffset? retryAt) =>
        await session.Execute(
            InsertAttempt,
            ("run_id", run.Id),
            ("attempt", run.Attempt),
            ("epoch", run.Epoch),
            ("lease_owner", run.LeaseOwner),
            ("started_at", run.ClaimedAt),
            ("error_code", error.Code),
            ("error_message", error.Message),
            ("error_step", error.Step),
            ("retry_at", retryAt)
        );

    public static ValueTask<List<AttemptRow>> Attempts(Session session, Guid runId) =>
        session.Query(SelectAttempts, AttemptRow.Read, ("run_id", runId));

    private static Arg[] Values((QueuedRun Run, StepRecord Step) saved)
    {
        var (run, step) = saved;
        return
        [
            ("run_id", run.Id),
            ("place", step.Place),
            ("id", step.Id),
            ("uses", step.Uses),
            ("state", Word<StepState>.Of(step.State)),
            ("attempt", step.Attempt),
            ("epoch", run.Epoch),
            ("started_at", step.StartedAt),
            ("finished_at", step.FinishedAt),
            ("input", step.Input),
            ("output", step.Output),
            ("error", step.Error is { } error ? Json.Write(error) : null),
            ("gate", step.Gate),
            ("wake_at", step.WakeAt),
            ("awaits", step.Awaits),
        ];
    }

    private static StepRecord Read(Row row) =>
        new()
        {
            Place = row.Text(0),
            Id = row.Text(1),
            Uses = row.Text(2),
            State = Word<StepState>.Parse(row.Text(3)),
            Attempt = row.Int(4),
            Epoch = row.Long(5),
            StartedAt = row.InstantOrNull(6),
            FinishedAt = row.InstantOrNull(7),
            Input = row.JsonOrNull(8),
            Output = row.JsonOrNull(9),
            Error = row.IsNull(10) ? null : Json.Read<StepFailure>(row.Text(10)),
            Gate = row.JsonOrNull(11),
            WakeAt = row.InstantOrNull(12),
            Awaits = row.TextOrNull(13),
            Answer = row.IsNull(14) ? null : Json.Read<StepAnswer>(row.Text(14)),
        };
}

/// <summary>An attempt that ended without finishing its run.</summary>
internal sealed record AttemptRow(
    int Attempt,
    string? LeaseOwner,
    DateTimeOffset? StartedAt,
    DateTimeOffset EndedAt,
    Failure Error,
    DateTimeOffset? RetryAt
)
{
    public static AttemptRow Read(Row row) =>
        new(
            row.Int(0),
            row.TextOrNull(1),
            row.InstantOrNull(2),
            row.Instant(3),
            new Failure(row.Text(4), row.Text(5), row.TextOrNull(6)),
            row.InstantOrNull(7)
        );
}
