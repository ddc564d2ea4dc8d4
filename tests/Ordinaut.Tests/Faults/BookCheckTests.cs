using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// The mutants of the fault campaign: each damage that a fault might do is done on purpose, and the check of the books
/// must name it. Without this a figure's zeros would prove nothing.
/// </summary>
public sealed class BookCheckTests
{
    private const string AnyRun = "(select id from run order by id limit 1)";
    private const string Oldest = "(select min(scheduled_for) from occurrence where key = '')";
    private const string AnyTask = "(select id from task order by id limit 1)";

    /// <summary>What is done to a database that was right, and the check that must find it.</summary>
    public static TheoryData<string, string> Damages =>
        new()
        {
            { $"delete from run where id = {AnyRun}", "occurrence without its run" },
            { $"delete from run where id = {AnyRun}", "acknowledged run missing" },
            { $"delete from task where id = {AnyTask}", "acknowledged task missing" },
            { $"delete from event where topic like 'run.%'", "ends without their event" },
            { "delete from event where topic = 'door.open'", "acknowledged event missing" },
            { "delete from audit where action = 'task.created'", "task without its one audit row" },
            { $"delete from task where id = {AnyTask}", "audit row without its task" },
            { "delete from audit where action = 'task.run_requested'", "wishes without their audit row" },
            { $"delete from occurrence where run_id = {AnyRun}", "run without its one line in the ledger" },
            { "update occurrence set run_id = null, reason = null", "occurrence without an outcome" },
            { "update step set epoch = epoch + 1", "step of a later epoch than its run" },
            { "update step set state = 'running'", "succeeded with an unfinished step" },
            {
                $"delete from occurrence where key = '' and scheduled_for > {Oldest}",
                "firing that the ledger does not tell of"
            },
            { "delete from occurrence where key = ''", "task that never fired" },
            { "update task set created_at = created_at - 5000000", "first firing that came late" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Each_damage_to_the_database_is_named(string damage, string finding) =>
        Story.Play(async core =>
        {
            var books = await Life(core);
            Assert.Empty(await BookCheck.Of(core.Db, books));

            await core.Db.Write(async session =>
            {
                await session.Execute(damage);
            });

            Assert.Contains(
                await BookCheck.Of(core.Db, books),
                found => found.StartsWith(finding, StringComparison.Ordinal)
            );
        });

    [Theory]
    [InlineData("keyed", "another key", 2, "effect under two keys")]
    [InlineData("keyed", "the same key", 2, null)]
    [InlineData("unsafe", "the same key", 2, "unsafe step repeated")]
    [InlineData("unsafe", "the same key", 1, null)]
    public void Each_wrong_call_of_a_step_is_named(string kind, string second, int calls, string? finding) =>
        Story.Play(async core =>
        {
            var books = await Life(core);
            var run = books.Runs.First();
            var keys = new[] { "the same key", second };
            books.Calls = [.. keys.Take(calls).Select(key => new SinkCall(kind, run, "a", key, core.Now))];

            var findings = await BookCheck.Of(core.Db, books);

            Assert.Equal(finding is null ? [] : [$"{finding}: 1"], findings);
        });

    [Fact]
    public void A_key_of_two_steps_and_a_call_of_no_run_are_named() =>
        Story.Play(async core =>
        {
            var books = await Life(core);
            var (one, two) = (books.Runs.First(), Guid.NewGuid());
            books.Calls = [new("keyed", one, "a", "key", core.Now), new("keyed", two, "a", "key", core.Now)];

            var findings = await BookCheck.Of(core.Db, books);

            Assert.Equal(["key of two effects: 1", "call of a run that is not there: 1"], findings);
        });

    [Fact]
    public void An_unsafe_step_of_a_run_that_failed_is_named() =>
        Story.Play(async core =>
        {
            var books = await Life(core);
            var run = books.Runs.First();
            books.Calls = [new("unsafe", run, "a", "key", core.Now)];
            await core.Db.Write(async session =>
            {
                await session.Execute("update run set state = 'failed'");
            });

            Assert.Contains("unsafe step of a run that is failed: 1", await BookCheck.Of(core.Db, books));
        });

    [Fact]
    public void A_call_before_its_time_is_named() =>
        Story.Play(async core =>
        {
            var books = await Life(core);
            const string fired = "select id, scheduled_for from run where trigger = 'schedule' limit 1";
            var (run, due) = await core.Db.Read(s => s.First(fired, row => (row.Id(0), row.Instant(1))));
            books.Calls = [new("keyed", run, "a", "key", due - TimeSpan.FromMilliseconds(1))];

            Assert.Equal(["call before its time: 1"], await BookCheck.Of(core.Db, books));
        });

    /// <summary>A short life in which all is as it should be.</summary>
    private static async Task<Books> Life(CoreBundle core)
    {
        var books = new Books();
        var asked = await core.Tasks.Create(core.Ann, Idle());
        var ticks = await core.Tasks.Create(
            core.Ann,
            Idle() with
            {
                ScheduleKind = "cron",
                ScheduleExpr = "* * * * * *",
            }
        );
        books.Tasks.Add(asked.Id);
        books.Tasks.Add(ticks.Id);
        books.EverySecond.Add(ticks.Id);
        books.Runs.Add((await core.Control.RunNow(core.Ann, asked.Id, null)).Id);
        books.Events.Add((await core.Events.Publish(core.Ann, new PublishEvent("door.open"))).EventId);
        await core.Advance(TimeSpan.FromSeconds(3));
        await core.Control.Pause(core.Ann, ticks.Id, null);
        await core.Settle();
        return books;
    }
}
