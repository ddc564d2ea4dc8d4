using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class ExclusionsTests
{
    private static readonly Dictionary<string, CalendarDays> Calendars = new()
    {
        ["holidays"] = new CalendarDays(["2027-01-01", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25,26"]),
        ["nested"] = new CalendarDays(["calendar:holidays"]),
        ["broken"] = new CalendarDays(["tomorrow"]),
    };

    [Theory]
    [InlineData("2027-01-01", "2026-12-31T21:59:59Z", false)]
    [InlineData("2027-01-01", "2026-12-31T22:00:00Z", true)]
    [InlineData("2027-01-01", "2027-01-01T21:59:59Z", true)]
    [InlineData("2027-01-01", "2027-01-01T22:00:00Z", false)]
    [InlineData("2027-12-24/2028-01-07", "2027-12-23T22:00:00Z", true)]
    [InlineData("2027-12-24/2028-01-07", "2028-01-07T21:59:59Z", true)]
    [InlineData("2027-12-24/2028-01-07", "2028-01-07T22:00:00Z", false)]
    [InlineData("FREQ=WEEKLY;BYDAY=SA,SU", "2027-01-02T12:00:00Z", true)]
    [InlineData("FREQ=WEEKLY;BYDAY=SA,SU", "2027-01-03T22:00:00Z", false)]
    [InlineData("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", "2027-02-28T12:00:00Z", true)]
    [InlineData("FREQ=WEEKLY;BYDAY=MO;BYHOUR=23", "2027-01-04T01:00:00Z", true)]
    [InlineData("calendar:holidays", "2027-12-25T12:00:00Z", true)]
    [InlineData("calendar:holidays", "2027-12-27T12:00:00Z", false)]
    [InlineData("Calendar: holidays", "2027-01-01T12:00:00Z", true)]
    // The clock is put forward over midnight of no zone here, but over 03:00 on this Sunday.
    [InlineData("FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=30", "2027-03-28T00:30:00Z", true)]
    public void A_day_is_excluded_in_the_zone_of_the_task(string entry, string instant, bool excluded) =>
        Assert.Equal(excluded, Parse(entry).Excludes(When.Utc(instant)));

    [Theory]
    [InlineData("2027-01-01", "2027-01-01T10:00:00Z", "2027-01-01T22:00:00Z")]
    [InlineData("2027-01-01/2027-12-31", "2027-03-01T10:00:00Z", "2027-12-31T22:00:00Z")]
    [InlineData("FREQ=WEEKLY;BYDAY=SA,SU", "2027-01-02T10:00:00Z", "2027-01-03T22:00:00Z")]
    [InlineData("2027-01-05", "2027-01-01T10:00:00Z", "2026-12-31T22:00:00Z")]
    public void An_excluded_stretch_ends_at_the_next_other_day(string entry, string instant, string end) =>
        Assert.Equal(end, When.Text(EndOf(Parse(entry), When.Utc(instant))));

    [Fact]
    public void Several_entries_make_one_stretch()
    {
        var exclusions = Parse(
            "2027-01-06/2027-01-08",
            "FREQ=WEEKLY;BYDAY=SA,SU",
            "2027-01-11",
            "2027-01-07/2027-01-07"
        );

        Assert.Equal("2027-01-11T22:00:00Z", When.Text(EndOf(exclusions, When.Utc("2027-01-06T12:00:00Z"))));
    }

    [Fact]
    public void The_search_ends_although_a_rule_excludes_every_day()
    {
        var exclusions = Parse("FREQ=YEARLY;BYMONTH=1", "FREQ=DAILY");
        var (ahead, back) = (Exclusions.MaxLooks, Exclusions.MaxLooks);

        var end = exclusions.EndOfExcludedStretch(When.Anchor, ref ahead);
        var start = exclusions.StartOfExcludedStretch(end, ref back);

        Assert.Equal(Exclusions.MaxLooks / 2, (int)Math.Round((end - When.Anchor).TotalDays));
        Assert.Equal(Exclusions.MaxLooks / 2, (int)Math.Round((end.AddDays(1) - start).TotalDays));
        Assert.True(ahead < 0 && back < 0);
        Assert.True(exclusions.Excludes(end) && exclusions.Excludes(start));
    }

    [Fact]
    public void Fifty_rules_that_together_exclude_every_day_are_searched_no_longer_than_one()
    {
        var rare = Enumerable.Repeat("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", Exclusions.MaxRules - 1);
        var exclusions = Parse([.. rare, "FREQ=DAILY"]);
        var looks = Exclusions.MaxLooks;

        var began = ThreadTime.Milliseconds();
        exclusions.EndOfExcludedStretch(When.Anchor, ref looks);

        Assert.InRange(ThreadTime.Milliseconds() - began, 0, 300);
        Assert.True(looks < 0);
    }

    [Theory]
    [InlineData("2027-01-01", "2027-01-01T10:00:00Z", "2026-12-31T22:00:00Z")]
    [InlineData("2027-01-01/2027-12-31", "2027-12-31T21:59:59Z", "2026-12-31T22:00:00Z")]
    [InlineData("FREQ=WEEKLY;BYDAY=SA,SU", "2027-01-03T10:00:00Z", "2027-01-01T22:00:00Z")]
    [InlineData("0001-01-01/9999-12-31", "2027-01-03T10:00:00Z", "0001-01-01T00:00:00Z")]
    public void An_excluded_stretch_begins_after_the_last_other_day(string entry, string instant, string start)
    {
        var looks = Exclusions.MaxLooks;

        Assert.Equal(start, When.Text(Parse(entry).StartOfExcludedStretch(When.Utc(instant), ref looks)));
    }

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2027-02-30")]
    [InlineData("2027-1-1")]
    [InlineData("2027-12-31/2027-01-01")]
    [InlineData("2027-12-31/")]
    [InlineData("/2027-12-31")]
    [InlineData("")]
    [InlineData("calendar:unknown")]
    [InlineData("calendar:nested")]
    [InlineData("calendar:broken")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")]
    [InlineData("FREQ=SOMETIMES")]
    public void A_broken_entry_is_refused_with_its_place(string entry)
    {
        var problem = Assert.Throws<Problem>(() => Parse("2027-01-01", entry));

        Assert.Equal("/exclude/1", Assert.Single(problem.Errors).Pointer);
    }

    [Fact]
    public void There_are_at_most_1000_entries_and_50_rules()
    {
        Parse([.. Enumerable.Repeat("2027-01-01", Exclusions.MaxEntries)]);
        Parse([.. Enumerable.Repeat("FREQ=DAILY", Exclusions.MaxRules)]);

        Assert.Throws<Problem>(() => Parse([.. Enumerable.Repeat("2027-01-01", Exclusions.MaxEntries + 1)]));
        Assert.Throws<Problem>(() => Parse([.. Enumerable.Repeat("FREQ=DAILY", Exclusions.MaxRules + 1)]));
    }

    [Fact]
    public void A_rule_has_at_most_8192_characters()
    {
        var longest = "FREQ=DAILY;" + new string('X', Schedule.MaxExpressionLength - "FREQ=DAILY;".Length);

        Assert.DoesNotContain("at most", Assert.Throws<Problem>(() => Parse(longest)).Errors[0].Detail);
        Assert.Contains("at most", Assert.Throws<Problem>(() => Parse(longest + "X")).Errors[0].Detail);
    }

    private static DateTimeOffset EndOf(Exclusions exclusions, DateTimeOffset instant)
    {
        var looks = Exclusions.MaxLooks;
        return exclusions.EndOfExcludedStretch(instant, ref looks);
    }

    private static Exclusions Parse(params string[] entries) =>
        Exclusions.Parse(entries, Calendars.GetValueOrDefault, "Europe/Chisinau", When.Anchor);
}
