using Ordinaut.Calendars;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;

namespace Ordinaut.Tests.Calendars;

/// <summary>Named sets of days that tasks leave out.</summary>
public sealed class CalendarStories
{
    [Theory]
    [InlineData("calendar:holidays")]
    [InlineData("Calendar: holidays")]
    public void A_task_leaves_out_the_days_of_a_calendar(string exclude) =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05", "FREQ=WEEKLY;BYDAY=TH"]));
            var task = await core.Tasks.Create(core.Ann, Cron("0 6 * * *") with { Exclude = [exclude] });

            await core.Until("2027-01-08T00:00:00Z");

            Assert.Equal([4, 6], (await core.RunsOf(task.Id)).Select(run => run.ScheduledFor.Day));
        });

    [Fact]
    public void A_change_of_a_calendar_takes_effect_at_once() =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05"]));
            var input = Cron("0 6 * * *") with { Exclude = ["calendar:holidays"] };
            var task = await core.Tasks.Create(core.Ann, input);
            await core.Until("2027-01-04T12:00:00Z");

            var changed = await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-06"]));
            await core.Until("2027-01-08T00:00:00Z");

            Assert.Equal(2, changed.Version);
            Assert.Equal([4, 5, 7], (await core.RunsOf(task.Id)).Select(run => run.ScheduledFor.Day));
        });

    [Fact]
    public void A_calendar_that_is_deleted_excludes_nothing_and_stops_nobody() =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05"]));
            var input = Cron("0 6 * * *") with { Exclude = ["calendar:holidays"] };
            var task = await core.Tasks.Create(core.Ann, input);
            var other = await core.Tasks.Create(core.Ann, Cron("0 6 * * *"));

            await core.Calendars.Delete(core.Ann, "holidays");
            await core.Until("2027-01-06T00:00:00Z");

            Assert.Equal(2, (await core.RunsOf(task.Id)).Count);
            Assert.Equal(2, (await core.RunsOf(other.Id)).Count);
            Assert.Equal("active", (await core.Tasks.Get(core.Ann, task.Id)).Status);
        });

    [Theory]
    [InlineData("0001-01-01/9999-12-31")]
    [InlineData("FREQ=DAILY")]
    public void A_calendar_that_comes_to_cover_everything_stops_its_task_and_no_other(string everything) =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05"]));
            var input = Cron("0 6 * * *") with { Exclude = ["calendar:holidays"] };
            var task = await core.Tasks.Create(core.Ann, input);
            var other = await core.Tasks.Create(core.Ann, Cron("0 6 * * *"));

            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput([everything]));
            await core.Until("2027-01-07T00:00:00Z");

            Assert.Equal(["06:00-06:00 x3 excluded"], await core.ShortLedger(task.Id));
            Assert.Equal(3, (await core.RunsOf(other.Id)).Count);
            var view = await core.Tasks.Get(core.Ann, task.Id);
            Assert.Equal(("active", null), (view.Status, view.NextRunAt));
            var next = await core.History.Next(core.Ann, task.Id, 3);
            Assert.StartsWith("exclude leaves out every occurrence", next.Note, StringComparison.Ordinal);
            var patch = Json.Parse("""{"schedule_expr": "0 7 * * *"}""");
            var refusal = await Refused(ProblemKind.Invalid, () => core.Tasks.Patch(core.Ann, task.Id, patch, null));
            Assert.Equal("/exclude", Assert.Single(refusal.Errors).Pointer);
        });

    [Fact]
    public void A_calendar_that_outgrows_a_task_stops_no_other_task_and_loses_no_occurrence() =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "big", new CalendarInput(["2027-01-09"]));
            var input = Cron("0 6 * * *") with { Exclude = ["2027-01-10", "calendar:big"] };
            var broken = await core.Tasks.Create(core.Ann, input);
            var sound = await core.Tasks.Create(core.Ann, Cron("0 6 * * *"));

            await core.Calendars.Put(core.Ann, "big", new CalendarInput(Days(CalendarOperations.MaxEntries)));
            await core.Until("2027-01-04T06:30:00Z");
            Assert.Single(await core.RunsOf(sound.Id));
            Assert.Empty(await core.RunsOf(broken.Id));

            await core.Calendars.Put(core.Ann, "big", new CalendarInput(["2027-01-09"]));
            await core.Until("2027-01-04T06:32:00Z");
            Assert.Single(await core.RunsOf(broken.Id));
        });

    [Fact]
    public void Calendars_belong_to_their_agent() =>
        Story.Play(async core =>
        {
            await core.Calendars.Put(core.Ann, "holidays", new CalendarInput(["2027-01-05"]));
            await core.Calendars.Put(core.Ann, "autumn", new CalendarInput(["2027-10-05"]));

            await Refused(ProblemKind.NotFound, () => core.Calendars.Get(core.Bob, "holidays"));
            await Refused(ProblemKind.NotFound, () => core.Calendars.Delete(core.Bob, "holidays"));
            await Refused(
                ProblemKind.Invalid,
                () => core.Tasks.Create(core.Bob, Cron("0 6 * * *") with { Exclude = ["calendar:holidays"] })
            );
            Assert.Empty((await core.Calendars.List(core.Bob, null)).Items);
            Assert.Equal(
                ["autumn", "holidays"],
                (await core.Calendars.List(core.Ann, null)).Items.Select(calendar => calendar.Name)
            );
        });

    [Theory]
    [InlineData(1, true)]
    [InlineData(CalendarOperations.MaxEntries, true)]
    [InlineData(CalendarOperations.MaxEntries + 1, false)]
    [InlineData(0, false)]
    public void A_calendar_has_one_to_a_thousand_entries(int count, bool accepted) =>
        Story.Play(async core =>
        {
            var input = new CalendarInput(Days(count));

            var problem = await Record.ExceptionAsync(() => core.Calendars.Put(core.Ann, "c", input));

            Assert.Equal(accepted, problem is null);
            Assert.True(problem is null or Problem { Kind: ProblemKind.Invalid });
        });

    [Theory]
    [InlineData("", "2027-01-05")]
    [InlineData("a b", "2027-01-05")]
    [InlineData("a", "yesterday")]
    [InlineData("a", "calendar:b")]
    [InlineData("a", null)]
    public void A_name_or_an_entry_that_is_none_is_refused(string name, string? entry) =>
        Story.Play(core =>
            Refused(ProblemKind.Invalid, () => core.Calendars.Put(core.Ann, name, new CalendarInput([entry!])))
        );

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_name_has_at_most_64_characters(int length, bool accepted) =>
        Story.Play(async core =>
        {
            var name = new string('a', length);

            var problem = await Record.ExceptionAsync(() =>
                core.Calendars.Put(core.Ann, name, new CalendarInput(["2027-01-05"]))
            );

            Assert.Equal(accepted, problem is null);
        });

    private static List<string> Days(int count) => [.. Enumerable.Repeat("2027-02-01", count)];
}
