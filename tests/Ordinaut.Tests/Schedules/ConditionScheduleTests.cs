using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class ConditionScheduleTests
{
    [Fact]
    public void A_condition_holds_its_parts_as_they_were_written()
    {
        var condition = Parse(
            """{"every":"PT5M","check":{"uses":"http.request","with":{"url":"x"}},"when":"a > b","fire":"level"}"""
        );

        Assert.Equal("http.request", condition.Check.GetProperty("uses").GetString());
        Assert.Equal("x", condition.Check.GetProperty("with").GetProperty("url").GetString());
        Assert.Equal("a > b", condition.When);
        Assert.True(condition.Level);
        Assert.False(Parse(Every("PT5M")).Level);
    }

    [Theory]
    [InlineData("PT5M", "2027-01-01T00:05:00Z", "2027-01-01T00:10:00Z")]
    [InlineData("pt1s", "2027-01-01T00:00:01Z", "2027-01-01T00:00:02Z")]
    [InlineData("PT1H30M", "2027-01-01T01:30:00Z", "2027-01-01T03:00:00Z")]
    [InlineData("P1DT1H", "2027-01-02T01:00:00Z", "2027-01-03T02:00:00Z")]
    [InlineData("P1W", "2027-01-08T00:00:00Z", "2027-01-15T00:00:00Z")]
    [InlineData("0 8 * * *", "2027-01-01T06:00:00Z", "2027-01-02T06:00:00Z")]
    public void A_cadence_is_elapsed_time_from_the_creation_or_cron(string every, string first, string second)
    {
        var condition = Parse(Every(every));

        Assert.Equal([first, second], condition.Take(When.Anchor, 2));
        Assert.Equal(2, condition.Count(When.Anchor, When.Utc(second)));
        Assert.Equal(1, condition.Count(When.Utc(first), When.Utc(second)));
    }

    [Theory]
    [InlineData("PT5M", "every 5 minutes")]
    [InlineData("PT60M", "every hour")]
    [InlineData("PT90S", "every 90 seconds")]
    [InlineData("*/5 * * * *", "every 5 minutes, Europe/Chisinau")]
    public void A_cadence_is_described(string every, string expected) =>
        Assert.Equal($"when ok (checked {expected})", Parse(Every(every)).Description);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"every":"PT5M","check":{"uses":"a"},"when":"x","extra":1}""")]
    [InlineData("""{"every":"PT5M","check":{"uses":"a","tool":"b"},"when":"x"}""")]
    [InlineData("""{"every":"PT5M","check":{"uses":"a","with":[]},"when":"x"}""")]
    [InlineData("""{"every":"PT5M","check":{"with":{}},"when":"x"}""")]
    [InlineData("""{"every":"PT5M","check":"a","when":"x"}""")]
    [InlineData("""{"every":"PT5M","check":{"uses":"a"},"when":" "}""")]
    [InlineData("""{"every":"PT5M","check":{"uses":"a"},"when":"x","fire":"often"}""")]
    [InlineData("""{"every":"PT5M","every":"PT6M","check":{"uses":"a"},"when":"x"}""")]
    [InlineData("""{"every":5,"check":{"uses":"a"},"when":"x"}""")]
    public void A_broken_condition_is_refused(string expression)
    {
        var problem = Assert.Throws<Problem>(() => Parse(expression));

        Assert.Equal("/schedule_expr", Assert.Single(problem.Errors).Pointer);
    }

    [Theory]
    [InlineData("PT0S")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("PT1.5S")]
    [InlineData("PT-5M")]
    [InlineData("PT1M1H")]
    [InlineData("PT1M1M")]
    [InlineData("P1DT")]
    [InlineData("PT5")]
    [InlineData("PT999999999999S")]
    [InlineData("P367D")]
    [InlineData("never")]
    public void A_cadence_that_is_none_is_refused(string every) => Assert.Throws<Problem>(() => Parse(Every(every)));

    [Fact]
    public void A_cadence_is_at_least_a_second_and_at_most_366_days()
    {
        Assert.NotNull(Parse(Every("PT1S")).Next(When.Anchor));
        Assert.NotNull(Parse(Every("P366D")).Next(When.Anchor));

        Assert.Throws<Problem>(() => Parse(Every("PT0S")));
        Assert.Throws<Problem>(() => Parse(Every("P366DT1S")));
    }

    private static string Every(string every) => $$"""{"every":"{{every}}","check":{"uses":"a"},"when":"ok"}""";

    private static ConditionSchedule Parse(string expression) =>
        Assert.IsType<ConditionSchedule>(
            Schedule.Parse(new ScheduleSpec(ScheduleKind.Condition, expression, "Europe/Chisinau", When.Anchor))
        );
}
