using Ordinaut.Agents;
using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>The SQL of monitors.</summary>
internal static class MonitorStore
{
    /// <summary>How many of a task's newest runs are read in the search for one that succeeded.</summary>
    public const int RunsBack = 500;

    // Of a task with a schedule the occurrence counts, by which a run of another one is no word of this one; otherwise
    // the end of the run. A run is made no earlier than its occurrence, by clocks that may differ.
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongRun = TimeSpan.FromDays(1);

    private const string Columns = """
        m.id, m.owner_id, m.name, m.task_id, m.every_seconds, m.grace_seconds, m.severity, m.since, m.heard_at, m.due,
        m.created_at, m.paused,
        (select a.id from alert a where a.source = 'monitor' and a.source_id = m.id and a.state <> 'resolved')
        """;

    private const string SelectOwned =
        $"select {Columns} from monitor m where m.id = @id and (m.owner_id = @owner_id or @all)";

    private const string SelectHeld = $"{SelectOwned} /* pg: for update */";

    private const string PageOfOwner = $"""
        select {Columns} from monitor m where m.owner_id = @owner_id and m.id > @after order by m.id limit @limit
        """;

    private const string PageOfAll = $"select {Columns} from monitor m where m.id > @after order by m.id limit @limit";

    // An owner's monitors are counted before one is added: of two who do so at once the second waits.
    private const string TakeTurn = "lock table monitor in share row exclusive mode";

    private const string CountOfOwner = "select count(*) from monitor where owner_id = @owner_id";

    private const string InsertRow = """
        insert into monitor (
          id, owner_id, name, task_id, token_hash, every_seconds, grace_seconds, severity, paused, since, due,
          created_at)
        values (
          @id, @owner_id, @name, @task_id, @token_hash, @every_seconds, @grace_seconds, @severity, @paused, @now, @now,
          @now)
        """;

    private const string UpdateRow = """
        update monitor set name = @name, task_id = @task_id, since = @since, every_seconds = @every_seconds,
          grace_seconds = @grace_seconds, severity = @severity, paused = @paused, due = @now
        where id = @id
        """;

    // Whoever looks holds the row: of several nodes one looks at a monitor. Nothing of a stopped agent is looked at,
    // nor of a copy of the database that is paused.
    private const string SelectDue = $"""
        select {Columns} from monitor m join agent g on g.id = m.owner_id
        where m.due <= @now and g.status = 'active'
          and not exists (select 1 from cluster where id = 1 and state <> 'active')
        order by m.due limit @limit /* pg: for update of m skip locked */
        """;

    private const string UpdateWait =
        "update monitor set since = @since, heard_at = @heard_at, due = @due where id = @id";

    private const string SelectByToken = $"""
        select {Columns} from monitor m join agent g on g.id = m.owner_id
        where m.token_hash = @token_hash and g.status = 'active' /* pg: for update of m */
        """;

    private const string UpdateOfTask = "update monitor set due = @now /* each: from */ where monitor.task_id = @of_id";

    private const string DeleteRow = "delete from monitor where id = @id";

    private const string SelectSuccess = """
        select r.at, r.finished_at from (
          select case when @by_plan then scheduled_for else finished_at end as at, finished_at, state from run
          where task_id = @task_id and id >= @from_id order by id desc limit @limit) r
        where r.state = 'succeeded' and r.at > @since order by r.at desc limit 1
        """;

    private const string SelectOldest = """
        select min(m.due) from monitor m join agent g on g.id = m.owner_id
        where m.due is not null and g.status = 'active'
        """;

    public static ValueTask<MonitorRow?> FindOwned(Session session, Caller caller, Guid id) =>
        session.First(SelectOwned, MonitorRow.Read, ("id", id), ("owner_id", caller.AgentId), ("all", caller.SeesAll));

    /// <summary>The monitor if the caller may see it, in the hands of this work.</summary>
    public static async ValueTask<MonitorRow> Hold(Session session, Caller caller, Guid id) =>
        await session.First(
            SelectHeld,
            MonitorRow.Read,
            ("id", id),
            ("owner_id", caller.AgentId),
            ("all", caller.SeesAll)
        ) ?? throw Problem.NotFound("monitor", id.ToString());

    /// <summary>One more than the limit when there are more.</summary>
    public static ValueTask<List<MonitorRow>> Page(Session session, Caller caller, Guid after, int limit) =>
        caller.OwnerIn(null) is { } owner
            ? session.Query(PageOfOwner, MonitorRow.Read, ("owner_id", owner), ("after", after), ("limit", limit + 1))
            : session.Query(PageOfAll, MonitorRow.Read, ("after", after), ("limit", limit + 1));

    public static async ValueTask<long> CountForNew(Session session, Guid ownerId)
    {
        await session.Lock(TakeTurn);
        return await session.First(CountOfOwner, row => row.Long(0), ("owner_id", ownerId));
    }

    /// <summary>It is looked at at once, which says by when there must be word.</summary>
    /// <param name="tokenHash">Of the address that something outside calls.</param>
    public static async ValueTask Insert(Session session, MonitorRow monitor, byte[]? tokenHash) =>
        await session.Execute(
            InsertRow,
            ("id", monitor.Id),
            ("owner_id", monitor.OwnerId),
            ("name", monitor.Name),
            ("task_id", monitor.TaskId),
            ("token_hash", tokenHash),
            ("every_seconds", (long?)monitor.Every?.TotalSeconds),
            ("grace_seconds", (long)monitor.Grace.TotalSeconds),
            ("severity", Word<Severity>.Of(monitor.Severity)),
            ("paused", monitor.IsPaused)
        );

    public static async ValueTask Update(Session session, MonitorRow monitor) =>
        await session.Execute(
            UpdateRow,
            ("name", monitor.Name),
            ("task_id", monitor.TaskId),
            ("since", monitor.Since),
            ("every_seconds", (long?)monitor.Every?.TotalSeconds),
            ("grace_seconds", (long)monitor.Grace.TotalSeconds),
            ("severity", Word<Severity>.Of(monitor.Severity)),
            ("paused", monitor.IsPaused),
            ("id", monitor.Id)
        );

    /// <summary>Those to look at, the longest due first, in the hands of this work.</summary>
    public static ValueTask<List<MonitorRow>> Due(Session session, int limit) =>
        session.Query(SelectDue, MonitorRow.Read, ("limit", limit));

    public static ValueTask<DateTimeOffset?> OldestDue(Session session) =>
        session.First(SelectOldest, row => row.InstantOrNull(0));

    public static async ValueTask Wait(Session session, MonitorRow monitor) =>
        await session.Execute(
            UpdateWait,
            ("since", monitor.Since),
            ("heard_at", monitor.HeardAt),
            ("due", monitor.Due),
            ("id", monitor.Id)
        );

    /// <summary>The monitor with this address, in the hands of this work; null where nobody waits at it.</summary>
    public static ValueTask<MonitorRow?> HoldCalled(Session session, byte[] tokenHash) =>
        session.First(SelectByToken, MonitorRow.Read, ("token_hash", tokenHash));

    /// <summary>The tasks were changed: whoever waits for word of them looks at once.</summary>
    public static ValueTask Look(Session session, IReadOnlyList<Guid> taskIds) =>
        session.LaterEach(UpdateOfTask, taskIds, id => [("of_id", id)]);

    public static async ValueTask Remove(Session session, Guid id) => await session.Execute(DeleteRow, ("id", id));

    /// <summary>
    /// The last success of the monitor's task that is after what it knows, among the newest runs; and when it came.
    /// </summary>
    public static ValueTask<(DateTimeOffset Of, DateTimeOffset At)?> Success(Session session, MonitorRow monitor)
    {
        var byPlan = monitor.Every is null;
        return session.First<(DateTimeOffset, DateTimeOffset)?>(
            SelectSuccess,
            row => (row.Instant(0), row.Instant(1)),
            ("by_plan", byPlan),
            ("task_id", monitor.TaskId),
            ("from_id", Ids.Floor(monitor.Since - (byPlan ? ClocksDiffer : LongRun))),
            ("limit", RunsBack),
            ("since", monitor.Since)
        );
    }
}
