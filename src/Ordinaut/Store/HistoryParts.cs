using System.Globalization;

namespace Ordinaut.Store;

/// <summary>
/// PostgreSQL's history in weekly parts. The last part takes whatever comes, so that nothing has nowhere to go when
/// nobody has cut it ahead; the first takes what comes late for a part that is gone. A part whose rows are all past
/// their time is dropped whole, which costs the same for a row and for ten million.
/// </summary>
internal sealed class HistoryParts(Db db)
{
    /// <summary>How much time a part holds, from a Monday in UTC.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(7);

    /// <summary>So many parts are ready before their time comes.</summary>
    public const int Ahead = 2;

    private static readonly History[] All =
    [
        new("run", true),
        new("attempt", true),
        new("step", true),
        new("event", true),
        new("audit", true),
        new("occurrence", false),
    ];

    // Nodes that do this at once take turns; the number is only ours. Who reads or writes waits no longer than this for
    // us: where we do not get the table at once, we come again later.
    private const string TakeTurn = """
        select pg_advisory_xact_lock(7305804402566070638), set_config('lock_timeout', '200', true)
        """;

    private const string SelectParts = """
        select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = @history::regclass order by c.relname
        """;

    private const string AnyYoungRun = """
        select exists (select 1 from run where id >= @from and id < @to and finished_at >= @before)
          or exists (select 1 from queue where run_id >= @from and run_id < @to)
        """;

    private const string AnyYoungOccurrence = """
        select exists (
          select 1 from occurrence
          where scheduled_for >= @from and scheduled_for < @to and recorded_at >= @before)
        """;

    /// <summary>The beginning of the week an instant lies in.</summary>
    public static DateTimeOffset WeekOf(DateTimeOffset instant)
    {
        // The first instant there is was a Monday.
        var ticks = instant.UtcTicks;
        return new DateTimeOffset(ticks - ticks % Period.Ticks, TimeSpan.Zero);
    }

    /// <summary>Cuts the parts of the weeks to come from the last ones.</summary>
    public Task MakeAhead() =>
        db.Write(
            async session =>
            {
                await session.Lock(TakeTurn);
                foreach (var history in All)
                {
                    for (var ahead = 1; ahead <= Ahead; ahead++)
                    {
                        await Cut(session, history, WeekOf(session.Now) + ahead * Period);
                    }
                }
            },
            Lane.Upkeep
        );

    /// <summary>
    /// Drops the parts of runs, with their attempts and steps, that ended before an instant; a part with a run that
    /// lives or ended later stays. Returns how many parts of time went.
    /// </summary>
    public Task<int> DropRuns(DateTimeOffset before) => Drop(["run", "attempt", "step"], before, AnyYoungRun);

    /// <summary>Drops the parts of the ledger in which every line was recorded before an instant.</summary>
    public Task<int> DropOccurrences(DateTimeOffset before) => Drop(["occurrence"], before, AnyYoungOccurrence);

    public Task<int> DropEvents(DateTimeOffset before) => Drop(["event"], before, null);

    public Task<int> DropAudit(DateTimeOffset before) => Drop(["audit"], before, null);

    private static async ValueTask Cut(Session session, History history, DateTimeOffset at)
    {
        var last = (await Parts(session, history))[^1];
        if (last.Begins < at)
        {
            var bound = history.Bound(at);
            var begins = last.IsFirst ? "minvalue" : history.Bound(last.Begins);
            await session.Script(
                $"""
                alter table {history.Table} detach partition {last.Name};
                alter table {history.Table} attach partition {last.Name} for values from ({begins}) to ({bound});
                create table {history.PartFrom(at)} partition of {history.Table}
                  for values from ({bound}) to (maxvalue);
                """
            );
        }
    }

    private async Task<int> Drop(string[] tables, DateTimeOffset before, string? anyYoung)
    {
        var histories = All.Where(history => tables.Contains(history.Table)).ToArray();
        var dropped = 0;
        while (await db.Write(session => DropOldest(session, histories, before, anyYoung), Lane.Upkeep))
        {
            dropped++;
        }

        return dropped;
    }

    /// <summary>Drops the part after the first, whose time the first one then covers as well.</summary>
    private static async ValueTask<bool> DropOldest(
        Session session,
        IReadOnlyList<History> histories,
        DateTimeOffset before,
        string? anyYoung
    )
    {
        await session.Lock(TakeTurn);
        if (
            await Parts(session, histories[0]) is not [{ IsFirst: true }, var oldest, var next, ..]
            || next.Begins > before
        )
        {
            return false;
        }

        if (
            anyYoung is not null
            && await session.First(
                anyYoung,
                row => row.Bool(0),
                histories[0].Value("from", oldest.Begins),
                histories[0].Value("to", next.Begins),
                ("before", before)
            )
        )
        {
            return false;
        }

        foreach (var history in histories)
        {
            await session.Script(
                $"""
                drop table {history.PartFrom(oldest.Begins)};
                alter table {history.Table} detach partition {history.FirstPart};
                alter table {history.Table} attach partition {history.FirstPart}
                  for values from (minvalue) to ({history.Bound(next.Begins)});
                """
            );
        }

        return true;
    }

    private static async ValueTask<List<Part>> Parts(Session session, History history) =>
        await session.Query(SelectParts, row => Part.Named(row.Text(0)), ("history", history.Table));

    /// <param name="ById">Divided by the time in its ids; else by an instant.</param>
    private sealed record History(string Table, bool ById)
    {
        public string FirstPart => $"{Table}_{Part.First}";

        public string PartFrom(DateTimeOffset at) => $"{Table}_{at.ToString(Part.Form, CultureInfo.InvariantCulture)}";

        public string Bound(DateTimeOffset at) => ById ? $"'{Ids.Floor(at)}'" : $"'{Instants.Format(at)}'";

        public Arg Value(string name, DateTimeOffset at) => ById ? (name, Ids.Floor(at)) : (name, at);
    }

    private sealed record Part(string Name, DateTimeOffset Begins)
    {
        public const string Form = "yyyyMMdd";

        /// <summary>Stands for the beginning of time in the name of the first part.</summary>
        public const string First = "00000000";

        public bool IsFirst => Name.EndsWith(First, StringComparison.Ordinal);

        public static Part Named(string name)
        {
            var begins = DateTimeOffset.TryParseExact(
                name[^Form.Length..],
                Form,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var day
            )
                ? day
                : DateTimeOffset.MinValue;
            return new Part(name, begins);
        }
    }
}
