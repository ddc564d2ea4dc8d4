using Ordinaut.Store;

namespace Ordinaut.Tests.Conformance;

/// <summary>What a database holds, a line for each row, in the words of <see cref="Model.Lines"/>.</summary>
internal sealed record Snapshot
{
    private const string Tasks = """
        select id, status, version, next_nominal, next_due, snoozed_until from task
        """;

    private const string Live = """
        select run_id, task_id, task_version, scheduled_for, occurrence_key, state, priority, due, slot_limit, epoch,
          attempt, silent_deaths, cancel_requested, lease_owner, leased_until
        from queue
        """;

    private const string Ended = """
        select id, task_id, task_version, scheduled_for, occurrence_key, state, epoch, attempt, error_code from run
        """;

    private const string Ledger = "select task_id, scheduled_for, key, run_id, reason, through, count from occurrence";
    private const string Audit = "select 'audit ' || action, count(*) from audit group by action";
    private const string Events = "select 'event ' || topic, count(*) from event group by topic";
    private const string Attempts = "select run_id, attempt, epoch from attempt";
    private const string Dedupes =
        "select d.key || ' of ' || a.name, d.at from dedupe d join agent a on a.id = d.owner_id";

    public required IReadOnlyList<string> Lines { get; init; }

    public required IReadOnlyDictionary<Guid, long> Epochs { get; init; }

    public required IReadOnlyDictionary<(Guid Task, int Version), DateTimeOffset> Cursors { get; init; }

    public required IReadOnlyDictionary<(Guid Task, DateTimeOffset At, string Key), Guid> Runs { get; init; }

    public bool HasLive => Lines.Any(line => line.StartsWith("live ", StringComparison.Ordinal));

    public static Task<Snapshot> Of(Db db) => db.Read(session => Read(session));

    /// <summary>The run of an occurrence; an id that is nobody's when it has none.</summary>
    public Guid RunOf(Guid task, DateTimeOffset at, string key) => Runs.GetValueOrDefault((task, at, key));

    private static async ValueTask<Snapshot> Read(Session session)
    {
        var epochs = new Dictionary<Guid, long>();
        var cursors = new Dictionary<(Guid, int), DateTimeOffset>();
        var runs = new Dictionary<(Guid, DateTimeOffset, string), Guid>();
        List<string> lines =
        [
            .. await session.Query(Tasks, row => TaskLine(row, cursors)),
            .. await session.Query(Live, row => LiveLine(row, epochs)),
            .. await session.Query(Ended, row => EndLine(row, epochs)),
            .. await session.Query(Ledger, row => LedgerLine(row, runs)),
            .. await session.Query(Audit, row => $"{row.Text(0)} x{row.Long(1)}"),
            .. await session.Query(Events, row => $"{row.Text(0)} x{row.Long(1)}"),
            .. await session.Query(Attempts, row => $"attempt {row.Id(0):N} {row.Int(1)} epoch {row.Int(2)}"),
            .. await session.Query(Dedupes, row => $"dedupe {row.Text(0)} {Model.At(row.Instant(1))}"),
        ];
        lines.Sort(StringComparer.Ordinal);
        return new Snapshot
        {
            Lines = lines,
            Epochs = epochs,
            Cursors = cursors,
            Runs = runs,
        };
    }

    private static string TaskLine(Row row, Dictionary<(Guid, int), DateTimeOffset> cursors)
    {
        if (row.InstantOrNull(3) is { } cursor)
        {
            cursors[(row.Id(0), row.Int(2))] = cursor;
        }

        return $"task {row.Id(0):N} {row.Text(1)} v{row.Int(2)} nominal {At(row, 3)} due {At(row, 4)} "
            + $"snoozed {At(row, 5)}";
    }

    private static string LiveLine(Row row, Dictionary<Guid, long> epochs)
    {
        epochs[row.Id(0)] = row.Int(9);
        // Whether what has its place was seen to be due is the queue's own business.
        var stand = row.Int(5) switch
        {
            1 => Stand.Held,
            2 => Stand.Leased,
            _ => Stand.Queued,
        };
        return $"live {row.Id(0):N} of {row.Id(1):N} v{row.Int(2)} {At(row, 3)} {Model.KeyOf(row.Text(4))} {stand} "
            + $"p{row.Int(6)} due {At(row, 7)} limit {row.Int(8)} epoch {row.Int(9)} attempt {row.Int(10)} "
            + $"deaths {row.Int(11)} cancel {row.Int(12)} {row.TextOrNull(13)} {At(row, 14)}";
    }

    private static string EndLine(Row row, Dictionary<Guid, long> epochs)
    {
        epochs[row.Id(0)] = row.Int(6);
        return $"ended {row.Id(0):N} of {row.Id(1):N} v{row.Int(2)} {At(row, 3)} {Model.KeyOf(row.Text(4))} "
            + $"{row.Text(5)} epoch {row.Int(6)} attempt {row.Int(7)} {row.TextOrNull(8)}";
    }

    private static string LedgerLine(Row row, Dictionary<(Guid, DateTimeOffset, string), Guid> runs)
    {
        var run = row.IdOrNull(3);
        if (run is { } id)
        {
            runs[(row.Id(0), row.Instant(1), row.Text(2))] = id;
        }

        return $"line {row.Id(0):N} {At(row, 1)} {Model.KeyOf(row.Text(2))} run {run:N} {row.TextOrNull(4)} "
            + $"{At(row, 5)} x{row.Long(6)}";
    }

    private static string At(Row row, int column) => Model.At(row.InstantOrNull(column));
}
