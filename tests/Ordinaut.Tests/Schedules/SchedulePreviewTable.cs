using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class SchedulePreviewTable
{
    [Theory]
    // Europe/Chisinau 2027: 03:00 becomes 04:00 on 28 March, 04:00 becomes 03:00 on 31 October.
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "FREQ=DAILY;BYHOUR=3;BYMINUTE=30;BYSECOND=0",
        "Europe/Chisinau",
        "2027-03-27T12:00:00Z",
        "2027-03-28T04:30:00+03:00 moved from 03:30, which does not exist on this day"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 3 * * *",
        "Europe/Chisinau",
        "2027-03-27T12:00:00Z",
        "2027-03-28T04:00:00+03:00 moved from 03:30, which does not exist on this day"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 * * * *",
        "Europe/Chisinau",
        "2027-03-28T00:45:00Z",
        "2027-03-28T04:30:00+03:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "0 4 * * *",
        "Europe/Chisinau",
        "2027-03-27T12:00:00Z",
        "2027-03-28T04:00:00+03:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Once),
        "2027-03-28T03:30",
        "Europe/Chisinau",
        "2027-01-01T00:00:00Z",
        "2027-03-28T04:30:00+03:00 moved from 03:30, which does not exist on this day"
    )]
    [InlineData(
        nameof(ScheduleKind.Once),
        "2027-10-31T03:30",
        "Europe/Chisinau",
        "2027-01-01T00:00:00Z",
        "2027-10-31T03:30:00+03:00 first of two 03:30"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 3 * * *",
        "Europe/Chisinau",
        "2027-10-30T12:00:00Z",
        "2027-10-31T03:30:00+03:00 first of two 03:30",
        "2027-11-01T03:30:00+02:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 * * * *",
        "Europe/Chisinau",
        "2027-10-31T00:00:00Z",
        "2027-10-31T03:30:00+03:00 first of two 03:30",
        "2027-10-31T03:30:00+02:00 second of two 03:30",
        "2027-10-31T04:30:00+02:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "DTSTART:20270101T003000\nRRULE:FREQ=HOURLY",
        "Europe/Chisinau",
        "2027-10-31T00:00:00Z",
        "2027-10-31T03:30:00+03:00 first of two 03:30",
        "2027-10-31T03:30:00+02:00 second of two 03:30",
        "2027-10-31T04:30:00+02:00"
    )]
    // Australia/Lord_Howe moves by half an hour: 02:00 becomes 02:30 on 2027-10-03, and 01:30 on 2027-04-04.
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=15;BYSECOND=0",
        "Australia/Lord_Howe",
        "2027-10-02T00:00:00Z",
        "2027-10-03T02:45:00+11:00 moved from 02:15, which does not exist on this day"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "15 2 * * *",
        "Australia/Lord_Howe",
        "2027-10-02T00:00:00Z",
        "2027-10-03T02:30:00+11:00 moved from 02:15, which does not exist on this day"
    )]
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "FREQ=DAILY;BYHOUR=1;BYMINUTE=45;BYSECOND=0",
        "Australia/Lord_Howe",
        "2027-04-03T00:00:00Z",
        "2027-04-04T01:45:00+11:00 first of two 01:45"
    )]
    // Elapsed time: a beat of 15 minutes past the hour is 45 past when the clock has moved by half an hour.
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "DTSTART:20270101T001500\nRRULE:FREQ=HOURLY",
        "Australia/Lord_Howe",
        "2027-04-03T13:30:00Z",
        "2027-04-04T01:15:00+11:00",
        "2027-04-04T01:45:00+10:30 second of two 01:45",
        "2027-04-04T02:45:00+10:30"
    )]
    // Said outright, the minute is what the clock shows.
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "FREQ=HOURLY;BYMINUTE=15;BYSECOND=0",
        "Australia/Lord_Howe",
        "2027-04-03T13:30:00Z",
        "2027-04-04T01:15:00+11:00",
        "2027-04-04T02:15:00+10:30"
    )]
    // Pacific/Apia had no 2011-12-30: a run of that day is dropped, and no other runs twice.
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "DTSTART:20110101T120000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=29,30,31",
        "Pacific/Apia",
        "2011-12-29T12:00:00Z",
        "2011-12-29T12:00:00-10:00",
        "2011-12-31T12:00:00+14:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Cron),
        "0 12 29,30,31 12 *",
        "Pacific/Apia",
        "2011-12-29T12:00:00Z",
        "2011-12-29T12:00:00-10:00",
        "2011-12-31T12:00:00+14:00"
    )]
    // Africa/Casablanca puts the clock back for Ramadan: 03:00 becomes 02:00 on 2026-02-15.
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 2 * * *",
        "Africa/Casablanca",
        "2026-02-14T12:00:00Z",
        "2026-02-15T02:30:00+01:00 first of two 02:30",
        "2026-02-16T02:30:00+00:00"
    )]
    // Europe/Dublin: 01:00 becomes 02:00 on 28 March, and back on 31 October.
    [InlineData(
        nameof(ScheduleKind.Cron),
        "30 1 * * *",
        "Europe/Dublin",
        "2027-03-27T12:00:00Z",
        "2027-03-28T02:00:00+01:00 moved from 01:30, which does not exist on this day",
        "2027-03-29T01:30:00+01:00"
    )]
    [InlineData(
        nameof(ScheduleKind.Rrule),
        "FREQ=DAILY;BYHOUR=1;BYMINUTE=30;BYSECOND=0",
        "Europe/Dublin",
        "2027-10-30T12:00:00Z",
        "2027-10-31T01:30:00+01:00 first of two 01:30",
        "2027-11-01T01:30:00+00:00"
    )]
    public void A_preview_marks_what_the_clock_did(
        string kind,
        string expression,
        string zone,
        string from,
        params string[] expected
    )
    {
        var schedule = Schedule.Parse(
            new ScheduleSpec(Enum.Parse<ScheduleKind>(kind), expression, zone, When.Utc("2026-01-01T00:00:00Z"))
        );

        var preview = SchedulePreview.Compute(schedule, null, When.Utc(from), expected.Length);

        Assert.Equal(expected, preview.Occurrences.Select(one => $"{one.Local} {one.Note}".Trim()));
        Assert.All(preview.Occurrences, one => Assert.Equal(one.Utc, When.Utc(one.Local)));
    }

    [Fact]
    public void A_preview_is_complete_only_when_nothing_is_left()
    {
        var three = When.Rrule("DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY;COUNT=3");

        Assert.False(SchedulePreview.Compute(three, null, When.Anchor, 2).Complete);
        Assert.True(SchedulePreview.Compute(three, null, When.Anchor, 3).Complete);
        Assert.Equal(3, SchedulePreview.Compute(three, null, When.Anchor, 4).Occurrences.Count);
    }

    [Fact]
    public void A_preview_leaves_excluded_days_out()
    {
        var exclusions = Exclusions.Parse(["2027-01-02/2027-12-30"], _ => null, "UTC", When.Anchor);

        var preview = SchedulePreview.Compute(When.Cron("* * * * *"), exclusions, When.Utc("2027-01-01T23:58:00Z"), 3);

        Assert.Equal(
            ["2027-01-01T23:59:00+00:00", "2027-12-31T00:00:00+00:00", "2027-12-31T00:01:00+00:00"],
            preview.Occurrences.Select(one => one.Local)
        );
    }

    [Fact]
    public void A_preview_with_every_day_excluded_is_empty_and_not_called_complete()
    {
        var exclusions = Exclusions.Parse(["FREQ=DAILY"], _ => null, "UTC", When.Anchor);

        var preview = SchedulePreview.Compute(When.Cron("* * * * *"), exclusions, When.Anchor, 3);

        Assert.Empty(preview.Occurrences);
        Assert.False(preview.Complete);
        Assert.StartsWith("exclude leaves out every occurrence until 20", preview.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "DTSTART:20270101T000000\nRRULE:FREQ=DAILY;COUNT=2",
        "2027-01-01/2027-01-02",
        true,
        "exclude leaves out every occurrence"
    )]
    [InlineData("DTSTART:20270101T000000\nRRULE:FREQ=DAILY;COUNT=2", "2027-01-01", true, null)]
    [InlineData("FREQ=DAILY", "0001-01-01/9999-12-31", false, "exclude leaves out every occurrence until 9999-12-31")]
    [InlineData("FREQ=DAILY", "2027-01-03/9999-12-31", false, "exclude leaves out every further occurrence until 9999")]
    public void A_preview_says_what_was_left_out(string rule, string exclude, bool complete, string? note)
    {
        var exclusions = Exclusions.Parse([exclude], _ => null, "UTC", When.Anchor);

        var preview = SchedulePreview.Compute(When.Rrule(rule), exclusions, When.Anchor.AddTicks(-1), 3);

        Assert.Equal(complete, preview.Complete);
        Assert.Equal(note is null, preview.Note is null);
        Assert.StartsWith(note ?? "", preview.Note ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(SchedulePreview.MaxCount, true)]
    [InlineData(SchedulePreview.MaxCount + 1, false)]
    public void A_preview_shows_1_to_1000_occurrences(int count, bool allowed)
    {
        var problem = Record.Exception(() => SchedulePreview.Compute(When.Cron("* * * * *"), null, When.Anchor, count));

        Assert.Equal(allowed, problem is null);
    }
}
