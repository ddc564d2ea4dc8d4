using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class RRuleScheduleTests
{
    [Theory]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYHOUR=9;BYMINUTE=0", "2027-01-15T09:00:30Z", "2027-01-29T09:00:30Z")]
    [InlineData("rrule:freq=daily;byhour=9;byminute=0", "2027-01-02T09:00:30Z", "2027-01-03T09:00:30Z")]
    [InlineData("FREQ=MINUTELY;INTERVAL=7", "2027-01-01T12:07:30Z", "2027-01-01T12:14:30Z")]
    [InlineData("RRULE:FREQ=DAILY;\r\n BYHOUR=9;BYMIN\r\n UTE=0", "2027-01-02T09:00:30Z", "2027-01-03T09:00:30Z")]
    [InlineData("DTSTART:20270301T090000\\nRRULE:FREQ=WEEKLY", "2027-03-01T09:00:00Z", "2027-03-08T09:00:00Z")]
    [InlineData("DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=WEEKLY", "2027-03-01T00:00:00Z", "2027-03-08T00:00:00Z")]
    [InlineData("RDATE:20270301T090000,20270301T080000", "2027-03-01T08:00:00Z", "2027-03-01T09:00:00Z")]
    [InlineData(
        "DTSTART:20270101T090000\nRDATE;VALUE=DATE:20270301,20270305",
        "2027-03-01T09:00:00Z",
        "2027-03-05T09:00:00Z"
    )]
    [InlineData(
        "FREQ=DAILY;BYHOUR=9;BYMINUTE=0\nEXDATE:20270102T090030",
        "2027-01-03T09:00:30Z",
        "2027-01-04T09:00:30Z"
    )]
    [InlineData(
        "FREQ=DAILY;BYHOUR=9,18;BYMINUTE=0\nEXDATE;VALUE=DATE:20270102",
        "2027-01-01T18:00:30Z",
        "2027-01-03T09:00:30Z"
    )]
    [InlineData(
        "FREQ=DAILY;BYHOUR=9\nEXRULE:FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=9",
        "2027-01-04T09:00:30Z",
        "2027-01-05T09:00:30Z"
    )]
    public void A_rule_begins_with_the_task_unless_it_has_its_own_start(string expression, string first, string second)
    {
        // The creation's second is taken where the rule does not say one; its fraction never is.
        var anchor = When.Utc("2027-01-01T12:00:30.750Z");

        Assert.Equal([first, second], When.Rrule(expression, "UTC", anchor).Take(anchor, 2));
    }

    [Theory]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20270103", "2027-01-03T07:00:00Z")]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20270103T090000", "2027-01-03T07:00:00Z")]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20270103T085959", "2027-01-02T07:00:00Z")]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20270103T070000Z", "2027-01-03T07:00:00Z")]
    [InlineData("FREQ=HOURLY;UNTIL=20270103T090000", "2027-01-03T07:00:00Z")]
    [InlineData("FREQ=HOURLY;UNTIL=20270103T065959Z", "2027-01-03T06:00:00Z")]
    // Of the two 03:30 of this day the second is still "until 03:30" for a rule that counts elapsed time.
    [InlineData("FREQ=MINUTELY;INTERVAL=30;UNTIL=20271031T033000", "2027-10-31T01:30:00Z")]
    public void Until_is_the_last_moment_that_may_be_one(string expression, string last)
    {
        var schedule = When.Rrule(expression, "Europe/Chisinau", When.Utc("2026-12-31T22:00:00Z"));

        var found = schedule.LastAtOrBefore(When.Anchor.AddYears(5), When.Anchor.AddYears(-1));

        Assert.Equal(last, When.Text(found));
    }

    [Theory]
    [InlineData("DTSTART;TZID=Asia/Tokyo:20270301T090000\nRRULE:FREQ=DAILY", "2027-03-01T00:00:00Z", "Asia/Tokyo")]
    [InlineData("DTSTART:20270301T090000Z\nRRULE:FREQ=DAILY", "2027-03-01T09:00:00Z", "UTC")]
    [InlineData("DTSTART:20270301T090000\nRRULE:FREQ=DAILY", "2027-03-01T07:00:00Z", "Europe/Chisinau")]
    [InlineData(
        "DTSTART;TZID=asia/tokyo:20270301T090000\nRDATE;TZID=Europe/Paris:20270201T120000",
        "2027-02-01T11:00:00Z",
        "Asia/Tokyo"
    )]
    public void A_start_with_a_zone_sets_the_zone_of_the_rule(string expression, string first, string zone)
    {
        var schedule = When.Rrule(expression, "europe/chisinau");

        Assert.Equal(first, When.Text(schedule.Next(When.Anchor)));
        Assert.Equal(zone, schedule.Timezone);
    }

    [Fact]
    public void Every_answer_is_in_utc_with_offset_zero()
    {
        var next = When.Rrule("FREQ=DAILY", "Asia/Tokyo")
            .Next(new DateTimeOffset(2027, 5, 1, 12, 0, 0, TimeSpan.FromHours(9)));

        Assert.Equal(TimeSpan.Zero, next!.Value.Offset);
    }

    [Fact]
    public void An_expression_has_at_most_8192_characters()
    {
        var rule = "FREQ=DAILY;BYHOUR=";
        var full = rule + new string('0', Schedule.MaxExpressionLength - rule.Length - 1) + "9";

        Assert.Equal(Schedule.MaxExpressionLength, full.Length);
        Assert.Equal(9, When.Rrule(full).Next(When.Anchor)!.Value.Hour);
        Assert.Contains("8193", Assert.Throws<Problem>(() => When.Rrule(full + "0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_has_at_most_20_rules_and_1000_dates()
    {
        var twenty = string.Join('\n', Enumerable.Repeat("FREQ=DAILY", RecurrenceText.MaxRules));
        var thousand = "FREQ=DAILY\nEXDATE;VALUE=DATE:" + Dates(800);

        Assert.NotNull(When.Rrule(twenty).Next(When.Anchor));
        Assert.NotNull(When.Rrule(thousand).Next(When.Anchor));
        Assert.Throws<Problem>(() => When.Rrule(twenty + "\nFREQ=DAILY"));

        // The length of the text is the nearer limit, so the limit of dates is seen on the reader itself.
        _ = new RecurrenceText("RDATE:" + Dates(RecurrenceText.MaxDates), Schedule.Pointer);
        Assert.Throws<Problem>(() =>
            new RecurrenceText("RDATE:" + Dates(RecurrenceText.MaxDates + 1), Schedule.Pointer)
        );

        static string Dates(int count) => string.Join(',', Enumerable.Repeat("20270105", count));
    }

    [Fact]
    public void A_count_runs_out_and_the_last_one_is_found_from_behind()
    {
        var schedule = When.Rrule("DTSTART:20270101T000000Z\nRRULE:FREQ=MINUTELY;COUNT=5000");
        var last = When.Utc("2027-01-04T11:19:00Z");

        Assert.Equal(last, schedule.LastAtOrBefore(When.Anchor.AddYears(50), When.Anchor));
        Assert.Null(schedule.Next(last));
        Assert.Equal(4999, schedule.Count(When.Anchor, DateTimeOffset.MaxValue));
    }

    [Theory]
    [InlineData("FREQ=SECONDLY;INTERVAL=2;COUNT=5", 5)]
    [InlineData("FREQ=DAILY;COUNT=3", 3)]
    [InlineData("FREQ=HOURLY;COUNT=1", 1)]
    [InlineData("FREQ=DAILY;BYHOUR=12;COUNT=2", 2)]
    [InlineData("DTSTART:20270101T000000\nRRULE:FREQ=DAILY;COUNT=3", 2)]
    public void A_count_without_a_start_counts_what_comes_after_the_task_was_made(string rule, int times) =>
        Assert.Equal(times, When.Rrule(rule).Take(When.Anchor, 10).Count);

    [Fact]
    public void Looking_back_finds_nothing_before_the_bound()
    {
        var schedule = When.Rrule("DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY");
        var nine = When.Utc("2027-01-05T09:00:00Z");

        Assert.Equal(nine, schedule.LastAtOrBefore(nine, nine.AddSeconds(-1)));
        Assert.Equal(nine, schedule.LastAtOrBefore(nine.AddHours(1), nine.AddDays(-3)));
        Assert.Null(schedule.LastAtOrBefore(nine.AddHours(1), nine));
        Assert.Null(schedule.LastAtOrBefore(nine.AddHours(1), nine.AddHours(2)));
    }

    [Theory]
    [InlineData(
        "RRULE:FREQ=DAILY;BYHOUR=9\nRDATE:20270103T090000,20270103T100000,20270104T110000\n"
            + "EXDATE:20270103T090000,20270108T090000,20270104T110000"
    )]
    [InlineData("RRULE:FREQ=MINUTELY;INTERVAL=90\nEXDATE;VALUE=DATE:20270103,20270106,20270103")]
    [InlineData("RRULE:FREQ=HOURLY\nRRULE:FREQ=MINUTELY;INTERVAL=40\nEXDATE;VALUE=DATE:20270103")]
    [InlineData("RRULE:FREQ=HOURLY\nEXRULE:FREQ=DAILY;BYHOUR=3,4,5")]
    public void A_set_is_counted_as_it_is_listed(string expression)
    {
        var schedule = When.Rrule(expression, "Europe/Chisinau");
        var through = When.Anchor.AddDays(10);

        var runs = CronOracleTests.Runs(schedule, When.Anchor, through);

        Assert.NotEmpty(runs);
        Assert.Equal(runs.Count, schedule.Count(When.Anchor, through));
    }

    [Theory]
    [InlineData(RecurrenceSeries.MaxCounted)]
    [InlineData(RecurrenceSeries.MaxCounted + 1)]
    public void Rules_that_mix_are_counted_so_far_and_no_further(int seconds)
    {
        var schedule = When.Rrule("RRULE:FREQ=SECONDLY\nRRULE:FREQ=MINUTELY");

        var count = schedule.Count(When.Anchor, When.Anchor.AddSeconds(seconds));

        Assert.Equal(RecurrenceSeries.MaxCounted, count);
    }

    [Theory]
    [InlineData("FREQ=DAILY;INTERVAL=", "1 2147483647", "0 2147483648")]
    [InlineData("FREQ=DAILY;COUNT=", "1 2147483647", "0 2147483648")]
    [InlineData("FREQ=DAILY;BYSECOND=", "0 59", "-1 60")]
    [InlineData("FREQ=DAILY;BYMINUTE=", "0 59", "-1 60")]
    [InlineData("FREQ=DAILY;BYHOUR=", "0 23", "-1 24")]
    [InlineData("FREQ=DAILY;BYMONTH=", "1 12", "0 13")]
    [InlineData("FREQ=DAILY;BYMONTHDAY=", "1 31 -1 -31", "0 32 -32")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=", "1 366 -1 -366", "0 367 -367")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=", "1 53 -1 -53", "0 54 -54")]
    [InlineData("FREQ=YEARLY;BYMONTHDAY=1;BYHOUR=1,2;BYSETPOS=", "1 24 -1", "0 367 -367")]
    [InlineData("FREQ=MONTHLY;BYDAY=", "1MO 5MO -1MO -5MO", "0MO 54MO -54MO")]
    public void A_part_has_bounds(string rule, string allowed, string refused)
    {
        Assert.All(allowed.Split(' '), value => When.Rrule(rule + value));
        Assert.All(refused.Split(' '), value => Assert.Throws<Problem>(() => When.Rrule(rule + value)));
    }

    /// <summary>Years that begin on the same weekday, and differ in length or in what came before them.</summary>
    [Theory]
    [InlineData(
        "FREQ=YEARLY;BYYEARDAY=100",
        "2023-12-31T00:00:00Z",
        "2024-04-09 2025-04-10 2026-04-10 2027-04-10 2028-04-09 2029-04-10 2030-04-10"
    )]
    [InlineData(
        "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SA",
        "2004-12-31T00:00:00Z",
        "2005-01-01 2010-01-02 2016-01-02 2021-01-02 2027-01-02"
    )]
    public void The_shape_of_a_year_is_not_taken_for_anothers(string rule, string from, string expected)
    {
        var start = When.Utc(from);

        var days = When.Rrule(rule, anchor: start).Take(start, expected.Split(' ').Length);

        Assert.Equal(expected, string.Join(' ', days.Select(day => day[..10])));
    }

    [Theory]
    [InlineData("RRULE:FREQ=DAILY;BYHOUR=9\nRDATE:20270103T100000\nEXDATE:20270103T090000")]
    [InlineData("RRULE:FREQ=DAILY;BYHOUR=9\nRDATE:20270103T100000\nEXRULE:FREQ=YEARLY;BYMONTHDAY=3;BYHOUR=9")]
    public void A_set_with_one_date_more_and_one_less_has_both(string expression)
    {
        var schedule = When.Rrule(expression);

        Assert.Equal(
            ["2027-01-02T09:00:00Z", "2027-01-03T10:00:00Z", "2027-01-04T09:00:00Z"],
            schedule.Take(When.Utc("2027-01-01T12:00:00Z"), 3)
        );
    }

    [Theory]
    [InlineData("FREQ=DAILY;COUNT=3;UNTIL=20280101", "COUNT and UNTIL")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY")]
    [InlineData("FREQ=DAILY;BYDAY=1MO", "1MO")]
    [InlineData("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS")]
    [InlineData("FREQ=DAILY;BYHOUR=24", "0 to 23")]
    [InlineData("FREQ=DAILY;BYMONTHDAY=0", "counts from 1")]
    [InlineData("FREQ=DAILY;BYEASTER=1", "BYEASTER")]
    [InlineData("INTERVAL=2", "needs FREQ")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "can never fire")]
    [InlineData("DTSTART;TZID=Europe/Nowhere:20270101T000000\nRRULE:FREQ=DAILY", "Europe/Nowhere")]
    [InlineData("DTSTART:20270101T000000\nDTSTART:20270101T000000\nRRULE:FREQ=DAILY", "twice")]
    [InlineData("SUMMARY:x", "SUMMARY")]
    public void A_problem_says_what_is_wrong(string expression, string word)
    {
        var problem = Assert.Throws<Problem>(() => When.Rrule(expression));

        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
        Assert.Equal("/schedule_expr", Assert.Single(problem.Errors).Pointer);
    }
}
