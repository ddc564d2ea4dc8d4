using Ordinaut.Pipelines;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// The SQL of what waiting steps wait for. A row is one answer to come, by the key that names it; the answer may come
/// before the step waits for it, and is then kept here.
/// </summary>
internal static class WaitStore
{
    private const string InsertRow = """
        insert into wait (key, owner_id, run_id, expires_at, created_at)
        values (@key, @owner_id, @run_id, @expires_at, @now)
        on conflict (key) do nothing
        """;

    private const string SelectRow =
        "select owner_id, run_id, place, answer, expires_at from wait where key = @key /* pg: for update */";

    private const string BindRow = """
        update wait set run_id = @run_id, place = @place where key = @key and owner_id = @owner_id returning answer
        """;

    private const string KeepAnswer = "update wait set answer = @answer where key = @key and answer is null";

    private const string AnswerStep = """
        update step set answer = @answer
        where run_id = @run_id and place = @place and state = 'waiting' and answer is null
        """;

    // An answer that came before this is not slept through.
    private const string ParkRow = """
        update queue set
          state = case
            when @due <= @now or exists (
              select 1 from step s where s.run_id = @run_id and s.state = 'waiting' and s.answer is not null)
            then 0
            else 3
          end,
          due = @due, waiting = 1, silent_deaths = 0, lease_owner = null, leased_until = null, claimed_at = null
        where run_id = @run_id and epoch = @epoch and state = 2
        """;

    private const string WakeRow = """
        update queue set state = 0, due = @now where run_id = @run_id and state = 3 and waiting = 1
        """;

    // Taken before the step is told: a run that is being put aside is not missed by both.
    private const string LockRun = "select run_id from queue where run_id = @run_id for update";

    private const string DeleteRow = "delete from wait where key = @key";

    private const string DeleteOfRun = "delete from wait where run_id = @run_id";

    /// <summary>Puts a leased run aside until <see cref="QueuedRun.Due"/>, or until an answer wakes it.</summary>
    public static async ValueTask Park(Session session, QueuedRun run)
    {
        if (await session.Execute(ParkRow, ("due", run.Due), ("run_id", run.Id), ("epoch", run.Epoch)) != 1)
        {
            throw new LeaseLostException(run.Id);
        }
    }

    /// <summary>Lets a run that waits go on now; any other is left as it is.</summary>
    public static async ValueTask Wake(Session session, Guid runId) =>
        await session.Execute(WakeRow, ("run_id", runId));

    /// <summary>Expects an answer. Opening what is open already changes nothing.</summary>
    public static async ValueTask Open(
        Session session,
        string key,
        Guid ownerId,
        Guid runId,
        DateTimeOffset expiresAt
    ) =>
        await session.Execute(
            InsertRow,
            ("key", key),
            ("owner_id", ownerId),
            ("run_id", runId),
            ("expires_at", expiresAt)
        );

    /// <summary>A step waits for it from now on; an answer that is there already goes to the step at once.</summary>
    public static async ValueTask Bind(Session session, QueuedRun run, StepRecord step)
    {
        var bound = await session.Query(
            BindRow,
            row => row.TextOrNull(0),
            ("key", step.Awaits),
            ("owner_id", run.OwnerId),
            ("run_id", run.Id),
            ("place", step.Place)
        );
        if (bound is [{ } answer])
        {
            await Give(session, new WaitRow(run.OwnerId, run.Id, step.Place, null, default), answer);
            await session.Execute(DeleteRow, ("key", step.Awaits));
        }
    }

    private static ValueTask<WaitRow?> Find(Session session, string key) =>
        session.First(SelectRow, WaitRow.Read, ("key", key));

    /// <summary>
    /// Answers once: the step gets it and its run goes on, or it is kept until a step waits for it. False when there
    /// is nothing to answer.
    /// </summary>
    public static async ValueTask<bool> Answer(Session session, string key, StepAnswer answer)
    {
        if (await Find(session, key) is not { Answer: null } wait || wait.ExpiresAt <= session.Now)
        {
            return false;
        }

        var text = Json.Write(answer);
        if (wait.Place is null)
        {
            return await session.Execute(KeepAnswer, ("key", key), ("answer", text)) == 1;
        }

        await session.Execute(DeleteRow, ("key", key));
        return await Give(session, wait, text);
    }

    public static ValueTask Forget(Session session, Guid runId) => session.Later(DeleteOfRun, ("run_id", runId));

    private static async ValueTask<bool> Give(Session session, WaitRow wait, string answer)
    {
        await session.Lock(LockRun, ("run_id", wait.RunId));
        var given = await session.Execute(
            AnswerStep,
            ("run_id", wait.RunId),
            ("place", wait.Place),
            ("answer", answer)
        );
        // A run that does not wait is left as it is.
        await session.Execute(WakeRow, ("run_id", wait.RunId));
        return given == 1;
    }
}

/// <summary>An answer to come.</summary>
/// <param name="Place">The step that waits for it; null while none does.</param>
internal sealed record WaitRow(Guid OwnerId, Guid RunId, string? Place, string? Answer, DateTimeOffset ExpiresAt)
{
    public static WaitRow Read(Row row) =>
        new(row.Id(0), row.Id(1), row.TextOrNull(2), row.TextOrNull(3), row.Instant(4));
}
