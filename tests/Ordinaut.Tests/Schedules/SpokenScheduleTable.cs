using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

/// <summary>What people say, and the schedule that is meant.</summary>
public sealed class SpokenScheduleTable
{
    /// <summary>A Friday, 10:00 in Chisinau.</summary>
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    // Every day, and some weekdays.
    [InlineData("every day at 07:00", "cron", "0 7 * * *")]
    [InlineData("Every day at 7am.", "cron", "0 7 * * *")]
    [InlineData("daily at noon", "cron", "0 12 * * *")]
    [InlineData("at 18:15 every day", "cron", "15 18 * * *")]
    [InlineData("daily at noon except weekends", "cron", "0 12 * * 1-5")]
    [InlineData("every day at 6 pm but not on Sundays", "cron", "0 18 * * 1,2,3,4,5,6")]
    [InlineData("twice a day at 8 and 20", "cron", "0 8,20 * * *")]
    [InlineData("three times a day at 8, 13 and 18", "cron", "0 8,13,18 * * *")]
    [InlineData(
        "every day at 8:30 and 17:00",
        "rrule",
        "RRULE:FREQ=DAILY;BYHOUR=8;BYMINUTE=30;BYSECOND=0\nRRULE:FREQ=DAILY;BYHOUR=17;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData("every morning at half past 8", "cron", "30 8 * * *")]
    [InlineData("every evening at 8", "cron", "0 20 * * *")]
    [InlineData("daily at quarter to 9 in the evening", "cron", "45 20 * * *")]
    [InlineData("every weekday at 08:30", "cron", "30 8 * * 1-5")]
    [InlineData("weekdays at 8:30", "cron", "30 8 * * 1-5")]
    [InlineData("on working days at 9 o'clock", "cron", "0 9 * * 1-5")]
    [InlineData("every working day at 9.", "cron", "0 9 * * 1-5")]
    [InlineData("weekends at 10", "cron", "0 10 * * 0,6")]
    [InlineData("every Monday and Thursday at 18:15", "cron", "15 18 * * 1,4")]
    [InlineData("Mondays, Wednesdays and Fridays at 7 a.m.", "cron", "0 7 * * 1,3,5")]
    [InlineData("mon-fri at 9", "cron", "0 9 * * 1-5")]
    [InlineData("every Friday to Sunday at midnight", "cron", "0 0 * * 0,5,6")]
    [InlineData("weekly on Tuesday at 10:00", "cron", "0 10 * * 2")]
    [InlineData("once a week on Sunday at 20:00", "cron", "0 20 * * 0")]
    [InlineData("twice a week on Monday and Thursday at 9", "cron", "0 9 * * 1,4")]
    [InlineData("every weekday at 8 in June and July", "cron", "0 8 * 6,7 1-5")]
    [InlineData("every weekday at 9 except in August", "cron", "0 9 * 1,2,3,4,5,6,7,9,10,11,12 1-5")]
    [InlineData("daily at 12 pm", "cron", "0 12 * * *")]
    [InlineData("daily at 12 am", "cron", "0 0 * * *")]
    // Every other.
    [InlineData(
        "every other Friday at 9",
        "rrule",
        "DTSTART:20270108T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every second Friday at 11",
        "rrule",
        "DTSTART:20270101T110000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=11;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every 2 weeks on Monday and Wednesday at 9:15",
        "rrule",
        "DTSTART:20270104T091500\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;BYHOUR=9;BYMINUTE=15;BYSECOND=0"
    )]
    [InlineData(
        "fortnightly on Tuesday at 10 starting 2027-01-11",
        "rrule",
        "DTSTART:20270112T100000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;BYHOUR=10;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every other day at 9",
        "rrule",
        "DTSTART:20270102T090000\nRRULE:FREQ=DAILY;INTERVAL=2;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every three days at noon",
        "rrule",
        "DTSTART:20270101T120000\nRRULE:FREQ=DAILY;INTERVAL=3;BYHOUR=12;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every 2 months on the 1st at 7",
        "rrule",
        "DTSTART:20270201T070000\nRRULE:FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1;BYHOUR=7;BYMINUTE=0;BYSECOND=0"
    )]
    // The month, the quarter, the year.
    [InlineData("monthly on the 1st and 15th at 7:30", "cron", "30 7 1,15 * *")]
    [InlineData("on the first of each month at midnight", "cron", "0 0 1 * *")]
    [InlineData("every 15th at 10:00", "cron", "0 10 15 * *")]
    [InlineData("the last day of the month at 20:00", "cron", "0 20 L * *")]
    [InlineData(
        "last working day of the month at 17:00",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=17;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "on the first business day of every month at 9",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "second to last working day of the month at 9",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;BYHOUR=9;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "every second Tuesday of the month at 10",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=2TU;BYHOUR=10;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "monthly on the first and third Monday at 10",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO;BYHOUR=10;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "on the last Friday of the month at 5pm",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData(
        "first Monday of each quarter at 10",
        "rrule",
        "RRULE:FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO;BYHOUR=10;BYMINUTE=0;BYSECOND=0"
    )]
    [InlineData("last day of the quarter at 18:00", "cron", "0 18 L 3,6,9,12 *")]
    [InlineData("quarterly on the 1st at 9", "cron", "0 9 1 1,4,7,10 *")]
    [InlineData("every year on March 5 at 14:00", "cron", "0 14 5 3 *")]
    [InlineData("yearly on the 4th of July at noon", "cron", "0 12 4 7 *")]
    [InlineData("every 24 December at 15:00", "cron", "0 15 24 12 *")]
    [InlineData("first day of the year at 8", "cron", "0 8 1 1 *")]
    // Beats.
    [InlineData("every minute", "cron", "* * * * *")]
    [InlineData("every hour", "cron", "0 * * * *")]
    [InlineData("hourly", "cron", "0 * * * *")]
    [InlineData("every hour at minute 15", "cron", "15 * * * *")]
    [InlineData("every half hour", "cron", "*/30 * * * *")]
    [InlineData("every quarter of an hour", "cron", "*/15 * * * *")]
    [InlineData("every 2 hours", "cron", "0 */2 * * *")]
    [InlineData("every 10 seconds", "cron", "*/10 * * * * *")]
    [InlineData("every 120 minutes", "cron", "0 */2 * * *")]
    [InlineData("every 15 minutes between 9 and 17 on weekdays", "cron", "*/15 9-16 * * 1-5")]
    [InlineData("every hour from 9am to 5pm on weekdays", "cron", "0 9-17 * * 1-5")]
    [InlineData("every two hours between 8:30 and 16:30", "cron", "30 8,10,12,14,16 * * *")]
    [InlineData("every 20 minutes from 22:00 to 02:00", "cron", "*/20 0,1,22,23 * * *")]
    [InlineData("every 5 minutes between 20 and midnight on Fridays", "cron", "*/5 20-23 * * 5")]
    [InlineData("every 90 minutes", "rrule", "DTSTART:20270101T100000\nRRULE:FREQ=MINUTELY;INTERVAL=90")]
    [InlineData(
        "every 5 hours on weekdays",
        "rrule",
        "DTSTART:20270101T100000\nRRULE:FREQ=HOURLY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR"
    )]
    // Once.
    [InlineData("tomorrow 18:00", "once", "2027-01-02T18:00:00")]
    [InlineData("tomorrow morning at 9", "once", "2027-01-02T09:00:00")]
    [InlineData("today at 6pm", "once", "2027-01-01T18:00:00")]
    [InlineData("tonight at 8", "once", "2027-01-01T20:00:00")]
    [InlineData("the day after tomorrow at noon", "once", "2027-01-03T12:00:00")]
    [InlineData("next Tuesday at 9am", "once", "2027-01-05T09:00:00")]
    [InlineData("next Friday at 9", "once", "2027-01-08T09:00:00")]
    [InlineData("this Friday at 11", "once", "2027-01-01T11:00:00")]
    [InlineData("on Friday at 9", "once", "2027-01-08T09:00:00")]
    [InlineData("Sunday evening at 7", "once", "2027-01-03T19:00:00")]
    [InlineData("on 2027-03-05 at 14:00", "once", "2027-03-05T14:00:00")]
    [InlineData("2027-03-05T14:00", "once", "2027-03-05T14:00:00")]
    [InlineData("on Friday 2027-03-05 at 14:00", "once", "2027-03-05T14:00:00")]
    [InlineData("March 5th at 14:00", "once", "2027-03-05T14:00:00")]
    [InlineData("on the 5th of March, 2028 at 9", "once", "2028-03-05T09:00:00")]
    [InlineData("29 February at 9", "once", "2028-02-29T09:00:00")]
    [InlineData("once on 1 January at 9", "once", "2028-01-01T09:00:00")]
    [InlineData("in 20 minutes", "once", "2027-01-01T10:20:00+02:00")]
    [InlineData("in an hour", "once", "2027-01-01T11:00:00+02:00")]
    [InlineData("in half an hour", "once", "2027-01-01T10:30:00+02:00")]
    [InlineData("in 1 hour and 30 minutes", "once", "2027-01-01T11:30:00+02:00")]
    [InlineData("90 seconds from now", "once", "2027-01-01T10:01:30+02:00")]
    [InlineData("in three days", "once", "2027-01-04T10:00:00+02:00")]
    [InlineData("in 2 weeks at 9:30", "once", "2027-01-15T09:30:00")]
    [InlineData("in a month", "once", "2027-02-01T10:00:00+02:00")]
    public void A_request_is_the_schedule_it_means(string text, string kind, string expression)
    {
        var (spec, schedule) = Parse(text);

        Assert.Equal((kind, expression), (Word<ScheduleKind>.Of(spec.Kind), spec.Expression));
        Assert.NotNull(schedule.Next(Now));
        Assert.DoesNotContain("by the ", schedule.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("soon")]
    [InlineData("every")]
    [InlineData("every day", "time")]
    [InlineData("at 18:00", "every day at 18:00")]
    [InlineData("every week at 9", "day of the week")]
    [InlineData("monthly at 9", "on the 1st")]
    [InlineData("every fridy at 9", "'fridy' (character 7)", "\"friday\"")]
    [InlineData("evry day at 9", "'evry'", "\"every\"")]
    [InlineData("every weekday at 8:30 or so", "'or' (character 23)")]
    [InlineData("every weekday about 8:30", "'about'")]
    [InlineData("every weekday at 25:00", "'25:00'")]
    [InlineData("every day at 24", "0 to 23")]
    [InlineData("every day at 13 am", "1 to 12")]
    [InlineData("every day at 8 and 9pm", "am or pm")]
    [InlineData("every day 9", "at 9")]
    [InlineData("every 15 minutes between 9 and 5", "backwards")]
    [InlineData("every 45 minutes between 9 and 17", "divides")]
    [InlineData("every day between 9 and 17", "every hour")]
    [InlineData("every hour at 9", "time of day")]
    [InlineData("every 0 minutes", "1 to 999")]
    [InlineData("every 1000 minutes", "1 to 999")]
    [InlineData("every third Friday at 9", "third Friday of the month")]
    [InlineData("every last Friday at 9", "of the month")]
    [InlineData("every other weekday at 9", "every 2 weeks")]
    [InlineData("biweekly on Friday at 9", "two things")]
    [InlineData("every day at 9 until 2027-12-31", "ends_at")]
    [InlineData("every day at 9 starting 2027-12-31", "starts_at")]
    [InlineData("every day at 9 except holidays", "exclude")]
    [InlineData("Monday and Thursday at 9", "'every'")]
    [InlineData("every Monday at 9 and Thursday at 10", "'and'")]
    [InlineData("today at 9", "already past")]
    [InlineData("on 2026-12-31 at 9", "already past")]
    [InlineData("tomorrow", "at what time")]
    [InlineData("tomorrow at 8 and 20", "several times")]
    [InlineData("tonight at 3", "not in the night")]
    [InlineData("next week at 9", "a weekday")]
    [InlineData("on Monday 2027-03-05 at 14:00", "is a Friday")]
    [InlineData("on 2027-02-30 at 14:00", "'2027-02-30'")]
    [InlineData("every 30 February at 9", "never fire")]
    [InlineData("twice a day at 8", "twice a day at 8 and 20")]
    [InlineData("every day every week at 9", "twice")]
    [InlineData("tomorrow today at 9", "twice")]
    [InlineData("in 20", "end")]
    [InlineData("in 20 minutes at 9", "hours or minutes")]
    [InlineData("in 2 hours and 3 hours", "twice")]
    [InlineData("Monday at 9 on the second", "of the month")]
    [InlineData("at sunrise", "06:30")]
    [InlineData("every day at 9 Europe/Chisinow", "Europe/Chisinau")]
    [InlineData("every day at 9 UTC", "leave one of them out")]
    [InlineData("каждый день в 9")]
    public void What_is_not_wholly_understood_is_refused(string text, params string[] said)
    {
        var problem = Assert.Throws<Problem>(() => Parse(text));

        Assert.Equal("/text", Assert.Single(problem.Errors).Pointer);
        Assert.All(said, part => Assert.Contains(part, problem.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("every day at 9", null, "Europe/Chisinau")]
    [InlineData("every day at 9 Asia/Tokyo", null, "Asia/Tokyo")]
    [InlineData("every day at 9 UTC", null, "UTC")]
    [InlineData("every day at 9 asia/tokyo", "Asia/Tokyo", "Asia/Tokyo")]
    public void The_zone_is_the_requests_the_texts_or_the_servers(string text, string? asked, string zone) =>
        Assert.Equal(zone, SpokenSchedule.Parse(text, asked, "Europe/Chisinau", Now).Spec.Timezone);

    /// <summary>Chisinau springs from 03:00 to 04:00 on 2027-03-28, at 01:00 UTC, and back on 2027-10-31.</summary>
    [Theory]
    [InlineData("in 20 minutes", "2027-03-28T00:50:00Z", "2027-03-28T04:10:00+03:00")]
    [InlineData("in 1 day", "2027-03-27T01:30:00Z", "2027-03-28T04:30:00+03:00")]
    [InlineData("in 24 hours", "2027-03-27T12:00:00Z", "2027-03-28T15:00:00+03:00")]
    [InlineData("in 1 day and 1 hour", "2027-03-27T12:00:00Z", "2027-03-28T15:00:00+03:00")]
    [InlineData("tomorrow at 03:30", "2027-03-27T12:00:00Z", "2027-03-28T03:30:00")]
    [InlineData("in an hour", "2027-10-31T00:30:00Z", "2027-10-31T03:30:00+02:00")]
    [InlineData("in 20 minutes", "2027-01-01T08:00:00.9Z", "2027-01-01T10:20:00+02:00")]
    public void Spans_are_elapsed_time_and_days_the_calendars(string text, string now, string expression)
    {
        Assert.True(Instants.TryParse(now, out var instant));

        Assert.Equal(expression, Parse(text, instant).Spec.Expression);
    }

    [Fact]
    public void A_text_has_at_most_200_characters()
    {
        var padded = "every day at 9".PadRight(SpokenSchedule.MaxTextLength);

        Assert.Equal("0 9 * * *", Parse(padded).Spec.Expression);
        Assert.Contains("201", Assert.Throws<Problem>(() => Parse(padded + " ")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("8000-01-01T00:00:00Z")]
    public void Now_is_within_reach_of_the_calendar(string now)
    {
        Assert.True(Instants.TryParse(now, out var instant));

        Assert.Equal("/now", Assert.Throws<Problem>(() => Parse("in 999 years", instant)).Errors[0].Pointer);
    }

    [Fact]
    public void The_longest_span_stays_within_the_calendar()
    {
        const string Longest = "in 999 years, 999 quarters, 999 months, 999 fortnights, 999 days and 999 hours";

        Assert.NotNull(Parse(Longest, new DateTimeOffset(7999, 12, 31, 23, 59, 59, TimeSpan.Zero)).Spec);
    }

    [Theory]
    [InlineData("every ")]
    [InlineData("every second ")]
    [InlineData("9")]
    [InlineData("99999999999")]
    [InlineData("at 8, ")]
    [InlineData("and ")]
    [InlineData("the ")]
    [InlineData("in 999 years and ")]
    [InlineData("999 years, ")]
    [InlineData("1st, ")]
    [InlineData("mon-")]
    [InlineData("0000-")]
    [InlineData(":")]
    [InlineData("a.")]
    [InlineData("p.m")]
    [InlineData("'/")]
    [InlineData("\0\u2028")]
    [InlineData("\ud800")]
    [InlineData("١")]
    public void A_hostile_text_gets_a_problem_at_once(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, SpokenSchedule.MaxTextLength))[..SpokenSchedule.MaxTextLength];
        Assert.Throws<Problem>(() => Parse(text));
        var began = TimeProvider.System.GetTimestamp();

        foreach (var hostile in new[] { text, $"every {text}"[..200], $"in {text}"[..200], $"at {text}"[..200] })
        {
            var problem = Assert.Throws<Problem>(() => Parse(hostile));
            Assert.InRange(problem.Message.Length, 1, 500);
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 0, 200);
    }

    /// <summary>Any row of words either is a schedule or gets a problem, and never a crash.</summary>
    [Fact]
    public void Any_words_get_an_answer()
    {
        string[] words =
        [
            .. "every each other second first last 1st the of month quarter year day days week hour minutes in at on".Split(
                ' '
            ),
            .. "and , - to 9 20 2027 08:30 noon am pm half past monday fridays weekday march 2027-03-05 next today".Split(
                ' '
            ),
            .. "twice times a between from 17 except starting tonight morning working utc once tomorrow now minute".Split(
                ' '
            ),
        ];
        var random = new Random(20270101);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Join(' ', random.GetItems(words, random.Next(1, 9)));
            try
            {
                Assert.NotNull(Parse(text).Schedule.Description);
            }
            catch (Problem problem)
            {
                Assert.Equal("/text", Assert.Single(problem.Errors).Pointer);
            }
            catch (Exception crash)
            {
                Assert.Fail($"{text}: {crash}");
            }
        }
    }

    private static (ScheduleSpec Spec, Schedule Schedule) Parse(string text, DateTimeOffset? now = null) =>
        SpokenSchedule.Parse(text, "Europe/Chisinau", "UTC", now ?? Now);
}
