using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Tests.Store;

/// <summary>History in weekly parts: ready before their time, dropped whole, never with anything young.</summary>
public sealed class HistoryPartsTests : IDisposable
{
    private const string SelectParts = """
        select right(relname, 8)::text from pg_class
        where relispartition and relkind = 'r' and relname ~ @pattern order by 1
        """;

    private const string InsertRun = """
        insert into run (
          id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, attempt, epoch, depth,
          finished_at, created_at)
        values (@id, @id, @id, 1, 'manual', '', @created, 'succeeded', 1, 1, 0, @finished, @created)
        """;

    private const string InsertStep = """
        insert into step (run_id, place, id, uses, state, attempt, epoch)
        values (@id, '0000', 'a', 't', 'succeeded', 1, 1)
        """;

    private const string InsertInput =
        "insert into run_input (run_id, input) values (@id, '{}') on conflict (run_id) do nothing";

    private const string InsertLine = """
        insert into occurrence (task_id, scheduled_for, key, reason, count, recorded_at)
        values (@id, @scheduled_for, '', 'paused', 1, @recorded)
        """;

    private const string InsertLive = """
        insert into queue (
          run_id, task_id, owner_id, task_version, trigger, occurrence_key, scheduled_for, state, priority, due, slot,
          slot_limit, created_at)
        values (@id, @id, @id, 1, 'manual', '', @now, 3, 5, @now, @id, 1, @now)
        """;

    private static readonly TimeSpan Week = HistoryParts.Period;

    // A Wednesday; the weeks of the parts that exist from the start lie before it.
    private readonly DateTimeOffset _start =
        HistoryParts.WeekOf(TimeProvider.System.GetUtcNow()) + TimeSpan.FromDays(9);
    private readonly Db _db;
    private readonly HistoryParts _parts;
    private DateTimeOffset _now;

    public HistoryPartsTests()
    {
        _now = _start;
        var settings = new PostgresSettings(PostgresServer.NewDatabase()) { FixedNow = () => _now };
        _db = Task.Run(() => Db.Open(settings, TimeProvider.System)).GetAwaiter().GetResult();
        _parts = new HistoryParts(_db);
    }

    public void Dispose() => _db.Dispose();

    [Fact]
    public async Task Parts_are_made_two_weeks_ahead_of_their_time_and_once()
    {
        await Task.WhenAll(_parts.MakeAhead(), _parts.MakeAhead());
        await _parts.MakeAhead();

        var monday = HistoryParts.WeekOf(_now);
        string[] expected = ["00000000", Day(monday - Week), Day(monday + Week), Day(monday + 2 * Week)];
        foreach (var history in new[] { "run", "attempt", "step", "event", "audit", "occurrence" })
        {
            Assert.Equal(expected, await Parts(history));
        }
    }

    [Fact]
    public async Task What_is_past_goes_with_its_part_and_what_comes_late_for_it_has_a_place()
    {
        var old = await Weeks(4);

        Assert.Equal(2, await _parts.DropRuns(HistoryParts.WeekOf(_now - Week)));

        Assert.Equal(2, await Count("run"));
        Assert.Equal(2, await Count("step"));
        await Ran(old[0], _now);
        Assert.Equal(3, await Count("run"));
        Assert.Equal(0, await _parts.DropRuns(HistoryParts.WeekOf(_now - Week)));
    }

    [Fact]
    public async Task A_part_with_a_run_that_ended_late_stays_with_all_that_is_in_it()
    {
        var created = await Weeks(4);
        await Ran(created[0] + TimeSpan.FromHours(1), _now);

        Assert.Equal(0, await _parts.DropRuns(HistoryParts.WeekOf(_now - Week)));

        Assert.Equal(5, await Count("run"));
    }

    [Fact]
    public async Task A_part_with_steps_of_a_run_that_lives_stays()
    {
        var created = await Weeks(4);
        var live = Ids.Floor(created[0] + TimeSpan.FromHours(1));
        await _db.Write(async session =>
        {
            await session.Execute(InsertLive, ("id", live));
            await session.Execute(InsertStep, ("id", live));
        });

        Assert.Equal(0, await _parts.DropRuns(HistoryParts.WeekOf(_now - Week)));

        Assert.Equal(5, await Count("step"));
    }

    [Fact]
    public async Task A_line_of_the_ledger_that_was_recorded_late_keeps_its_part()
    {
        var created = await Weeks(4);
        var before = HistoryParts.WeekOf(_now - Week);
        await Recorded(created[1], _now);
        Assert.Equal(1, await _parts.DropOccurrences(before));
        Assert.Equal(4, await Count("occurrence"));

        // A backfill writes lines for a time whose part is gone.
        await Recorded(created[0], _now);
        Assert.Equal(5, await Count("occurrence"));
    }

    [Fact]
    public async Task Retention_drops_parts_and_takes_the_rest_row_by_row()
    {
        var created = await Weeks(4);
        await Ran(created[0] + TimeSpan.FromHours(1), _now);
        var keep = Week - TimeSpan.FromDays(1);
        var settings = new RetentionSettings(keep, keep, keep, keep) { ByWeek = true };
        var retention = new Retention(_db, settings, TimeProvider.System, NullLogger<Retention>.Instance);

        await retention.KeepParts();
        while (await retention.DoBatch() > 0) { }

        Assert.Equal(3, await Count("run_input"));
        // The last two weeks, and the run that ended late; nothing of the week that is not over.
        Assert.Equal(3, await Count("run"));
        Assert.Equal(2, await Count("occurrence"));
    }

    [Theory]
    [InlineData("2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-29T23:59:59.9999999Z", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z")]
    public void A_week_begins_on_a_monday(string instant, string monday) =>
        Assert.Equal(CoreBundle.At(monday), HistoryParts.WeekOf(CoreBundle.At(instant)));

    /// <summary>So many weeks pass, each with a run and a line of the ledger; returns when each run was made.</summary>
    private async Task<List<DateTimeOffset>> Weeks(int weeks)
    {
        var created = new List<DateTimeOffset>();
        for (var week = 0; week < weeks; week++)
        {
            _now = _start + week * Week;
            await _parts.MakeAhead();
            await Ran(_now, _now);
            await Recorded(_now, _now);
            created.Add(_now);
        }

        return created;
    }

    private Task Ran(DateTimeOffset created, DateTimeOffset finished) =>
        _db.Write(async session =>
        {
            var id = Ids.Floor(created);
            await session.Execute(InsertRun, ("id", id), ("created", created), ("finished", finished));
            await session.Execute(InsertStep, ("id", id));
            await session.Execute(InsertInput, ("id", id));
        });

    private Task<int> Recorded(DateTimeOffset scheduledFor, DateTimeOffset recorded) =>
        _db.Write(async session =>
            await session.Execute(
                InsertLine,
                ("id", Guid.NewGuid()),
                ("scheduled_for", scheduledFor),
                ("recorded", recorded)
            )
        );

    private async Task<List<string>> Parts(string history) =>
        await _db.Read(session =>
            session.Query(SelectParts, row => row.Text(0), ("pattern", $"^{history}_[0-9]{{8}}$"))
        );

    private Task<long> Count(string table) =>
        _db.Read(session => session.First($"select count(*) from {table}", row => row.Long(0)));

    private static string Day(DateTimeOffset at) => $"{at:yyyyMMdd}";
}
