using Ordinaut.Store;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Holds a database that has come to rest against the books. Each finding begins with the name of its check; a server
/// that keeps its promises leaves none.
/// </summary>
internal sealed class BookCheck
{
    private const string Runs = """
        select id, state, trigger, scheduled_for from run
        union all
        select run_id, 'live', trigger, scheduled_for from queue
        where occurrence_key <> 'check'
        """;

    private const string Audits = "select action, subject_id from audit";

    // The schedule's own lines: how many nominal firings they tell of, and from when on.
    private const string Ticks = """
        select o.task_id, cast(sum(o.count) as bigint), min(o.scheduled_for), t.next_nominal, t.created_at
        from occurrence o join task t on t.id = o.task_id
        where o.key = '' group by o.task_id, t.next_nominal, t.created_at
        """;

    /// <summary>Numbers that are zero, by name.</summary>
    private static readonly IReadOnlyList<(string Name, string Count)> Zeros =
    [
        ("live at rest", "select count(*) from queue"),
        (
            "occurrence without its run",
            """
            select count(*) from occurrence o where o.run_id is not null
              and not exists (select 1 from run r where r.id = o.run_id)
              and not exists (select 1 from queue q where q.run_id = o.run_id)
            """
        ),
        ("occurrence without an outcome", "select count(*) from occurrence where run_id is null and reason is null"),
        (
            "run without its one line in the ledger",
            """
            select count(*) from run r
            left join (select run_id, count(*) as n from occurrence where run_id is not null group by run_id) o
              on o.run_id = r.id
            where coalesce(o.n, 0) <> 1
            """
        ),
        ("run twice", "select count(*) from run r join queue q on q.run_id = r.id"),
        ("step of a later epoch than its run", EpochsOf("step")),
        ("attempt of a later epoch than its run", EpochsOf("attempt")),
        (
            "epochs that do not grow",
            """
            select count(*) from attempt a join attempt b on b.run_id = a.run_id
            where a.attempt < b.attempt and a.epoch >= b.epoch
            """
        ),
        ("succeeded with an unfinished step", UnfinishedSteps),
        (
            "ends without their event",
            """
            select abs((select count(*) from run) - (select count(*) from event where topic in
              ('run.succeeded', 'run.failed', 'run.canceled', 'run.uncertain', 'run.quarantined')))
            """
        ),
        (
            "wishes without their audit row",
            """
            select abs((select count(*) from run where trigger = 'manual')
              - (select count(*) from audit where action = 'task.run_requested'))
            """
        ),
    ];

    private const string UnfinishedSteps = """
        select count(*) from step s join run r on r.id = s.run_id
        where r.state = 'succeeded' and s.state not in ('succeeded', 'skipped')
        """;

    private readonly Session _session;
    private readonly Books _books;
    private readonly List<string> _findings = [];

    private BookCheck(Session session, Books books)
    {
        _session = session;
        _books = books;
    }

    /// <summary>What does not hold; nothing else runs on the database meanwhile.</summary>
    public static Task<List<string>> Of(Db db, Books books) =>
        db.Read(async session => await new BookCheck(session, books).All());

    private async ValueTask<List<string>> All()
    {
        foreach (var (name, count) in Zeros)
        {
            Expect(name, await _session.First(count, row => row.Long(0)));
        }

        var runs = (await _session.Query(Runs, RunLine.Read)).ToLookup(run => run.Id);
        await CheckAcknowledged(runs);
        await CheckAudit();
        await CheckTicks();
        CheckCalls(runs);
        return _findings;
    }

    private async ValueTask CheckAcknowledged(ILookup<Guid, RunLine> runs)
    {
        var tasks = (await _session.Query("select id from task", row => row.Id(0))).ToHashSet();
        var events = (await _session.Query("select id from event", row => row.Id(0))).ToHashSet();
        Expect("acknowledged task missing", _books.Tasks.Count(id => !tasks.Contains(id)));
        Expect("acknowledged run missing", _books.Runs.Count(id => !runs.Contains(id)));
        Expect("acknowledged event missing", _books.Events.Count(id => !events.Contains(id)));
    }

    private async ValueTask CheckAudit()
    {
        var tasks = (await _session.Query("select id from task", row => row.Id(0).ToString())).ToHashSet();
        var rows = await _session.Query(Audits, row => (Action: row.Text(0), Subject: row.Text(1)));
        var created = rows.Where(row => row.Action == "task.created").ToLookup(row => row.Subject);
        Expect("task without its one audit row", tasks.Count(id => created[id].Count() != 1));
        Expect("audit row without its task", created.Count(row => !tasks.Contains(row.Key)));
    }

    private async ValueTask CheckTicks()
    {
        var lines = (await _session.Query(Ticks, TickLine.Read)).ToDictionary(line => line.Task);
        foreach (var task in _books.EverySecond.Where(lines.ContainsKey))
        {
            var line = lines[task];
            var first = Math.Ceiling((line.First - line.Created).TotalSeconds) - 1;
            var due = (long)Math.Round((line.Next - line.First).TotalSeconds);
            Expect("first firing that came late, in seconds", (long)first);
            Expect("firing that the ledger does not tell of, or tells twice", Math.Abs(due - line.Count));
        }

        Expect("task that never fired", _books.EverySecond.Count(task => !lines.ContainsKey(task)));
    }

    private void CheckCalls(ILookup<Guid, RunLine> runs)
    {
        var steps = _books.Calls.ToLookup(call => (call.Kind, call.Run, call.Step));
        var keyed = steps.Where(step => step.Key.Kind == "keyed").ToList();
        Expect("effect under two keys", keyed.Count(step => step.Select(call => call.Key).Distinct().Count() > 1));
        Expect("key of two effects", keyed.Count - keyed.Select(step => step.First().Key).Distinct().Count());
        Expect("unsafe step repeated", steps.Where(step => step.Key.Kind == "unsafe").Sum(step => step.Count() - 1));
        Expect("call of a run that is not there", steps.Count(step => !runs.Contains(step.Key.Run)));
        var ahead = _books.Calls.Where(call =>
            runs[call.Run].Any(run => run.Trigger == "schedule" && call.At < run.For)
        );
        Expect("call before its time", ahead.Count());
        // Who reached the sink's unsafe side has done it, or does not know: never failed, never as if not begun.
        var undone = steps.Where(step => step.Key.Kind == "unsafe").SelectMany(step => runs[step.Key.Run]);
        foreach (
            var state in undone.GroupBy(run => run.State).Where(run => run.Key is not ("succeeded" or "uncertain"))
        )
        {
            Expect($"unsafe step of a run that is {state.Key}", state.Count());
        }
    }

    private void Expect(string name, long zero)
    {
        if (zero != 0)
        {
            _findings.Add($"{name}: {zero}");
        }
    }

    private static string EpochsOf(string table) =>
        $"select count(*) from {table} x join run r on r.id = x.run_id where x.epoch > r.epoch";

    private sealed record RunLine(Guid Id, string State, string Trigger, DateTimeOffset For)
    {
        public static RunLine Read(Row row) => new(row.Id(0), row.Text(1), row.Text(2), row.Instant(3));
    }

    private sealed record TickLine(
        Guid Task,
        long Count,
        DateTimeOffset First,
        DateTimeOffset Next,
        DateTimeOffset Created
    )
    {
        public static TickLine Read(Row row) =>
            new(row.Id(0), row.Long(1), row.Instant(2), row.Instant(3), row.Instant(4));
    }
}
