using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// The SQL of the ledger. Its primary key (task, scheduled_for, key) is what makes every firing happen once,
/// whatever the source and however many nodes try.
/// </summary>
internal static class OccurrenceStore
{
    private const string InsertNewRow = """
        insert into occurrence (task_id, scheduled_for, key, run_id, reason, through, count, detail, recorded_at)
        select @task_id, @scheduled_for, @key, @run_id, @reason, @through, @count, @detail, @now /* each: from */
        """;

    private const string InsertRow = $"""
        {InsertNewRow} where true on conflict (task_id, scheduled_for, key) do nothing returning run_id
        """;

    private const string SelectNewest = """
        select scheduled_for, key, run_id, reason, through, count, detail, recorded_at from occurrence
        where task_id = @task_id order by scheduled_for desc, key desc limit 1
        """;

    private const string UpdateStretch = """
        update occurrence set through = @through, count = count + @count, recorded_at = @now
        where task_id = @task_id and scheduled_for = @scheduled_for and key = ''
        """;

    private const string UpdateReason = """
        update occurrence set reason = @reason, detail = @detail
        where task_id = @task_id and scheduled_for = @scheduled_for and key = @key
        """;

    private const string SelectLines = """
        select o.scheduled_for, o.key, o.run_id, o.reason, o.through, o.count, o.detail, o.recorded_at,
          coalesce(r.state, case when q.state = 2 then 'running' when q.run_id is not null then 'queued' end)
        from occurrence o
        left join run r on r.id = o.run_id
        left join queue q on q.run_id = o.run_id
        """;

    private const string SelectPage = $"""
        {SelectLines}
        where o.task_id = @task_id
          and (@since is null or coalesce(o.through, o.scheduled_for) >= @since)
          and (@until is null or o.scheduled_for < @until)
          and (@skipped is null or (o.reason is not null) = @skipped)
          and (@before is null or o.scheduled_for < @before or (o.scheduled_for = @before and o.key < @before_key))
        order by o.scheduled_for desc, o.key desc
        limit @limit
        """;

    private const string SelectNear = $"""
        {SelectLines}
        where o.task_id = @task_id and o.scheduled_for <= @at
        order by o.scheduled_for desc, o.key desc
        limit 1
        """;

    // A stretch has the empty key, and lines with another key may lie within it.
    private const string SelectScheduled = $"""
        {SelectLines}
        where o.task_id = @task_id and o.scheduled_for <= @at and o.key = ''
        order by o.scheduled_for desc
        limit 1
        """;

    private const string SelectRunAt = """
        select run_id from occurrence
        where task_id = @task_id and scheduled_for = @scheduled_for and run_id is not null and reason is null limit 1
        """;

    /// <summary>
    /// Writes the lines of runs; returns the runs whose line was written. The others' occurrences have one already.
    /// </summary>
    public static async ValueTask<HashSet<Guid>> Insert(
        Session session,
        IReadOnlyList<(Guid TaskId, Occurrence Line)> lines
    ) => [.. await session.QueryEach(InsertRow, row => row.Id(0), lines, Values)];

    /// <summary>Writes the lines of runs whose key is of a new id: a line that is there already is an error.</summary>
    public static ValueTask InsertNew(Session session, IReadOnlyList<(Guid TaskId, Occurrence Line)> lines) =>
        session.LaterEach(InsertNewRow, lines, Values);

    /// <summary>
    /// Records a skip. A skip that follows one with the same reason extends it, so that a paused minutely task
    /// leaves one line, not half a million a year.
    /// </summary>
    public static async ValueTask Skip(Session session, Guid taskId, Occurrence skip)
    {
        var newest = await session.First(SelectNewest, Read, ("task_id", taskId));
        var goesOn = newest is { RunId: null, Key: "" } && (newest.Reason, newest.Detail) == (skip.Reason, skip.Detail);
        if (skip.Key == "" && goesOn)
        {
            await session.Execute(
                UpdateStretch,
                ("task_id", taskId),
                ("scheduled_for", newest!.ScheduledFor),
                ("through", skip.Through ?? skip.ScheduledFor),
                ("count", skip.Count)
            );
            return;
        }

        await session.Execute(InsertRow, Values((taskId, skip)));
    }

    /// <summary>Marks an occurrence that had a run, but did not come to run, with the reason.</summary>
    public static async ValueTask SetReason(Session session, Guid taskId, Occurrence line) =>
        await session.Execute(
            UpdateReason,
            ("task_id", taskId),
            ("scheduled_for", line.ScheduledFor),
            ("key", line.Key),
            ("reason", line.Reason),
            ("detail", line.Detail)
        );

    public static ValueTask<List<Occurrence>> Page(Session session, Guid taskId, OccurrenceFilter filter) =>
        session.Query(
            SelectPage,
            ReadWithState,
            ("task_id", taskId),
            ("since", filter.Since),
            ("until", filter.Until),
            ("skipped", filter.Skipped),
            ("before", filter.Before),
            ("before_key", filter.BeforeKey),
            ("limit", filter.Limit + 1)
        );

    /// <summary>An occurrence that was skipped has a run after all.</summary>
    public static ValueTask ClearReason(Session session, Guid taskId, DateTimeOffset scheduledFor, string key) =>
        SetReason(session, taskId, new Occurrence { ScheduledFor = scheduledFor, Key = key });

    /// <summary>The line that covers an instant, else the last one before it.</summary>
    public static async ValueTask<Occurrence?> Near(Session session, Guid taskId, DateTimeOffset at)
    {
        var last = await session.First(SelectNear, ReadWithState, ("task_id", taskId), ("at", at));
        if (last is null or { Key: "" } || last.Covers(at))
        {
            return last;
        }

        var scheduled = await session.First(SelectScheduled, ReadWithState, ("task_id", taskId), ("at", at));
        return scheduled?.Covers(at) == true ? scheduled : last;
    }

    public static ValueTask<Guid?> RunAt(Session session, Guid taskId, DateTimeOffset scheduledFor) =>
        session.First(SelectRunAt, row => row.IdOrNull(0), ("task_id", taskId), ("scheduled_for", scheduledFor));

    private static Arg[] Values((Guid TaskId, Occurrence Line) written)
    {
        var (taskId, line) = written;
        return
        [
            ("task_id", taskId),
            ("scheduled_for", line.ScheduledFor),
            ("key", line.Key),
            ("run_id", line.RunId),
            ("reason", line.Reason),
            ("through", line.Through),
            ("count", line.Count),
            ("detail", line.Detail),
        ];
    }

    private static Occurrence Read(Row row) =>
        new()
        {
            ScheduledFor = row.Instant(0),
            Key = row.Text(1),
            RunId = row.IdOrNull(2),
            Reason = row.TextOrNull(3),
            Through = row.InstantOrNull(4),
            Count = row.Long(5),
            Detail = row.TextOrNull(6),
            RecordedAt = row.Instant(7),
        };

    private static Occurrence ReadWithState(Row row) => Read(row) with { RunState = row.TextOrNull(8) };
}

/// <summary>One line of the ledger: a firing, or a stretch of skipped ones.</summary>
internal sealed record Occurrence
{
    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>
    /// Empty for the schedule; else <c>event:</c>, <c>manual:</c>, <c>backfill</c> or <c>rerun:</c> with an id.
    /// </summary>
    public string Key { get; init; } = "";

    public Guid? RunId { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset? Through { get; init; }
    public long Count { get; init; } = 1;
    public string? Detail { get; init; }
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>The run's state when read back; null for a line without a run.</summary>
    public string? RunState { get; init; }

    /// <summary>Whether this line tells of an instant at or after <see cref="ScheduledFor"/>.</summary>
    public bool Covers(DateTimeOffset at) => (Through ?? ScheduledFor) >= at;
}

/// <summary>Why an occurrence did not run.</summary>
internal static class SkipReason
{
    public const string Overlap = "overlap";
    public const string Paused = "paused";
    public const string Misfire = "misfire";
    public const string Stale = "stale";
    public const string Excluded = "excluded";
    public const string Dedupe = "dedupe";
    public const string Budget = "budget";
    public const string Superseded = "superseded";
    public const string Condition = "condition";
    public const string Filter = "filter";
    public const string Restore = "restore";
}

/// <summary>Which lines of the ledger a list shows.</summary>
internal sealed record OccurrenceFilter(
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    bool? Skipped = null,
    int Limit = Pages.Usual,
    DateTimeOffset? Before = null,
    string? BeforeKey = null
)
{
    /// <summary>The same from a position on, which is an instant, a slash and the occurrence's key.</summary>
    public OccurrenceFilter From(string? position)
    {
        if (position is null)
        {
            return this;
        }

        var slash = position.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && Instants.TryParse(position[..slash], out var before)
            ? this with
            {
                Before = before,
                BeforeKey = position[(slash + 1)..],
            }
            : throw Cursors.Unreadable();
    }
}
