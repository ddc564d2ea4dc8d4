using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class DescriptionTests
{
    [Theory]
    [InlineData("30 8 * * 1-5", "weekdays at 08:30")]
    [InlineData("*/5 * * * *", "every 5 minutes")]
    [InlineData("* * * * *", "every minute")]
    [InlineData("0 * * * *", "every hour")]
    [InlineData("@hourly", "every hour")]
    [InlineData("15 * * * *", "every hour at 15 minutes past")]
    [InlineData("1 * * * *", "every hour at 1 minute past")]
    [InlineData("0 */2 * * *", "every 2 hours from 00:00")]
    [InlineData("0 1-23/2 * * *", "every 2 hours from 01:00")]
    [InlineData("0 9-17 * * 1-5", "every hour from 09:00 to 17:00 on weekdays")]
    [InlineData("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:45 on weekdays")]
    [InlineData("*/5 9 * * *", "every 5 minutes from 09:00 to 09:55")]
    [InlineData("*/5 9,17 * * *", "every 5 minutes during the hours 09 and 17")]
    [InlineData("*/7 * * * *", "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour")]
    [InlineData("0 0 * * *", "every day at 00:00")]
    [InlineData("0 8,20 * * *", "every day at 08:00 and 20:00")]
    [InlineData("0 0 13 * 5", "the 13th of the month or Fridays at 00:00")]
    [InlineData("0 0 13 6 5", "the 13th of June or Fridays in June at 00:00")]
    [InlineData("0 0 1,15 * *", "the 1st and 15th of the month at 00:00")]
    [InlineData("0 0 25 12 *", "the 25th of December at 00:00")]
    [InlineData("0 0 * 2 *", "every day in February at 00:00")]
    [InlineData("*/5 * * 2 *", "every 5 minutes in February")]
    [InlineData("0 0 L * *", "the last day of the month at 00:00")]
    [InlineData("0 18 LW * *", "the last working day of the month at 18:00")]
    [InlineData("0 0 L-3 * *", "the fourth last day of the month at 00:00")]
    [InlineData("0 0 15W * *", "the working day nearest to the 15th of the month at 00:00")]
    [InlineData("0 9 * 3,6,9,12 5L", "the last Friday of March, June, September and December at 09:00")]
    [InlineData("0 0 * * 2#2", "the second Tuesday of the month at 00:00")]
    [InlineData("0 0 * * MON#1", "the first Monday of the month at 00:00")]
    [InlineData("0 0 * * 0,6", "weekends at 00:00")]
    [InlineData("0 0 * * 7", "Sundays at 00:00")]
    [InlineData("0 0 * * 5-1", "Mondays, Fridays, Saturdays and Sundays at 00:00")]
    [InlineData("0 0 * * 5-1/2", "Fridays and Sundays at 00:00")]
    [InlineData("30 15 9 * * 1-5", "weekdays at 09:15:30")]
    [InlineData("30 15 * * * *", "by the cron expression 30 15 * * * *")]
    [InlineData("30 * 9 * * *", "by the cron expression 30 * 9 * * *")]
    [InlineData("*/10 * * * * *", "every 10 seconds")]
    [InlineData("30 * * * * *", "every minute at second 30")]
    [InlineData("0 0 */2 * 1", "by the cron expression 0 0 */2 * 1")]
    [InlineData("1-59/2 3-19/3 * * *", "by the cron expression 1-59/2 3-19/3 * * *")]
    public void A_cron_expression_is_described(string expression, string expected) =>
        Assert.Equal($"{expected}, Europe/Chisinau", When.Cron(expression, "europe/chisinau").Description);

    [Theory]
    [InlineData("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "every day at 09:00")]
    [InlineData("FREQ=DAILY;INTERVAL=2;BYHOUR=9", "every other day at 09:00")]
    [InlineData("FREQ=DAILY;INTERVAL=10;BYHOUR=9", "every 10 days at 09:00")]
    [InlineData("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=30", "weekdays at 08:30")]
    [InlineData("FREQ=WEEKLY;BYDAY=FR,TU,MO,TH,WE;BYHOUR=8;BYMINUTE=30", "weekdays at 08:30")]
    [InlineData("FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYHOUR=9", "by the rule FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYHOUR=9")]
    [InlineData("FREQ=MONTHLY;BYDAY=FR;BYHOUR=9", "Fridays at 09:00")]
    [InlineData("FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYHOUR=9", "Fridays of March at 09:00")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=9", "every other Friday at 09:00")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=9", "every other week on Mondays and Fridays at 09:00")]
    [InlineData("FREQ=WEEKLY;INTERVAL=3;BYDAY=FR;BYHOUR=9", "every 3 weeks on Fridays at 09:00")]
    [InlineData("FREQ=WEEKLY;BYHOUR=9", "Fridays at 09:00")]
    [InlineData("FREQ=MONTHLY;BYHOUR=9", "the 1st of the month at 09:00")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=1,15,-1;BYHOUR=9", "the 1st, 15th and last day of the month at 09:00")]
    [InlineData("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31;BYHOUR=9", "the 31st of every 3rd month at 09:00")]
    [InlineData(
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18",
        "the last working day of the month at 18:00"
    )]
    [InlineData("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYHOUR=9", "the first Monday and the last Friday of the month at 09:00")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR;BYHOUR=0", "the 13th of the month when it is a Friday at 00:00")]
    [InlineData("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;BYHOUR=12", "the fourth Thursday of November at 12:00")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=8", "the 29th of February at 08:00")]
    [InlineData("FREQ=YEARLY;BYMONTHDAY=13;BYHOUR=8", "the 13th of the month at 08:00")]
    [InlineData("FREQ=YEARLY;BYDAY=FR;BYHOUR=8", "Fridays at 08:00")]
    [InlineData("FREQ=YEARLY;INTERVAL=2;BYDAY=FR;BYHOUR=8", "by the rule FREQ=YEARLY;INTERVAL=2;BYDAY=FR;BYHOUR=8")]
    [InlineData(
        "FREQ=MONTHLY;BYDAY=1FR,3FR;BYSETPOS=1;BYHOUR=8",
        "by the rule FREQ=MONTHLY;BYDAY=1FR,3FR;BYSETPOS=1;BYHOUR=8"
    )]
    [InlineData(
        "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=6;BYSETPOS=1;BYHOUR=8",
        "by the rule FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=6;BYSETPOS=1;BYHOUR=8"
    )]
    [InlineData("FREQ=YEARLY;INTERVAL=4;BYHOUR=8", "the 1st of January of every 4th year at 08:00")]
    [InlineData("FREQ=YEARLY;BYDAY=20MO;BYHOUR=8", "the 20th Monday of the year at 08:00")]
    [InlineData("FREQ=DAILY;BYHOUR=9;COUNT=10", "every day at 09:00, 10 times")]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20271231", "every day at 09:00, until 2027-12-31")]
    [InlineData("FREQ=DAILY;BYHOUR=9;UNTIL=20271231T170000Z", "every day at 09:00, until 2027-12-31 17:00 UTC")]
    [InlineData("FREQ=MINUTELY;INTERVAL=15", "every 15 minutes")]
    [InlineData("FREQ=MINUTELY;INTERVAL=90", "every 90 minutes")]
    [InlineData("FREQ=HOURLY;INTERVAL=6", "every 6 hours")]
    [InlineData("FREQ=HOURLY;BYMINUTE=0,30;BYDAY=SA,SU", "at minutes 0 and 30 of every hour on weekends")]
    [InlineData("FREQ=MINUTELY;BYHOUR=9,10,11;BYDAY=MO", "every minute from 09:00 to 11:59 on Mondays")]
    [InlineData("FREQ=SECONDLY;INTERVAL=30", "every 30 seconds")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;BYHOUR=9", "by the rule FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;BYHOUR=9")]
    [InlineData("FREQ=DAILY;BYHOUR=9,12;BYSETPOS=1", "by the rule FREQ=DAILY;BYHOUR=9,12;BYSETPOS=1")]
    [InlineData("RRULE:FREQ=DAILY;BYHOUR=9\\nEXDATE:20270105T090000", "every day at 09:00, except one date")]
    [InlineData("DTSTART:20270301T090000\nRRULE:FREQ=WEEKLY", "Mondays at 09:00, from 2027-03-01")]
    [InlineData(
        "RRULE:FREQ=DAILY;BYHOUR=9\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=7\nRDATE:20270105T110000",
        "every day at 09:00; and Mondays at 07:00; and on one date of its own"
    )]
    public void A_rule_is_described(string expression, string expected) =>
        Assert.Equal(
            $"{expected}, Europe/Chisinau",
            When.Rrule(expression, "Europe/Chisinau", When.Utc("2026-12-31T22:00:00Z")).Description
        );

    [Fact]
    public void An_excepting_rule_is_told_with_what_to_use_instead()
    {
        const string Rule = "RRULE:FREQ=DAILY;BYHOUR=9\nEXRULE:FREQ=WEEKLY;BYDAY=SU;BYHOUR=9";
        const string Never = "RRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY";

        var description = When.Rrule(Rule).Description;
        var refusal = Assert.Throws<Problem>(() => When.Rrule(Never));

        Assert.Contains("every day at 09:00, except by the rule FREQ=WEEKLY;BYDAY=SU;BYHOUR=9 (", description);
        Assert.Contains("EXRULE is deprecated since RFC 5545; use EXDATE", description);
        Assert.Contains("EXRULE is deprecated since RFC 5545; use EXDATE", refusal.Message);
    }

    [Fact]
    public void A_rule_with_its_own_zone_names_that_zone()
    {
        var schedule = When.Rrule("DTSTART;TZID=Asia/Tokyo:20270301T090000\nRRULE:FREQ=DAILY", "Europe/Chisinau");

        Assert.Equal("every day at 09:00, from 2027-03-01, Asia/Tokyo", schedule.Description);
        Assert.Equal("Asia/Tokyo", schedule.Timezone);
    }

    [Theory]
    [InlineData("2027-03-28T09:00:00", "once on 2027-03-28 at 09:00, Europe/Chisinau")]
    [InlineData("2027-03-28T06:00:00Z", "once on 2027-03-28 at 09:00, Europe/Chisinau")]
    public void A_moment_is_described(string expression, string expected) =>
        Assert.Equal(expected, When.Once(expression, "Europe/Chisinau").Description);

    [Fact]
    public void An_event_and_a_condition_are_described()
    {
        var anEvent = Schedule.Parse(new ScheduleSpec(ScheduleKind.Event, "orders.*", "UTC", When.Anchor));
        var condition = Schedule.Parse(
            new ScheduleSpec(
                ScheduleKind.Condition,
                """{"every":"PT5M","check":{"uses":"http.request"},"when":"status == `200`"}""",
                "UTC",
                When.Anchor
            )
        );

        Assert.Equal("on event orders.*", anEvent.Description);
        Assert.Equal("when status == `200` (checked every 5 minutes)", condition.Description);
    }
}
