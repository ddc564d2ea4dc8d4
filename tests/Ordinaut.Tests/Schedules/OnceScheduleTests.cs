namespace Ordinaut.Tests.Schedules;

public sealed class OnceScheduleTests
{
    [Theory]
    [InlineData("2027-03-28T09:00:00", "2027-03-28T06:00:00Z")]
    [InlineData("2027-03-28T09:00", "2027-03-28T06:00:00Z")]
    [InlineData("2027-03-28 09:00", "2027-03-28T06:00:00Z")]
    [InlineData("2027-03-28T09:00:00Z", "2027-03-28T09:00:00Z")]
    [InlineData("2027-03-28t09:00:00z", "2027-03-28T09:00:00Z")]
    [InlineData("2027-03-28T09:00:00+05:30", "2027-03-28T03:30:00Z")]
    [InlineData("2027-03-28T09:00:00-0530", "2027-03-28T14:30:00Z")]
    [InlineData("2027-03-28T09:00:00+05", "2027-03-28T04:00:00Z")]
    [InlineData("2027-03-28T09:00:00.250Z", "2027-03-28T09:00:00Z")]
    [InlineData("2027-03-28T03:30:00", "2027-03-28T01:30:00Z")]
    [InlineData("2027-10-31T03:30:00", "2027-10-31T00:30:00Z")]
    public void A_moment_is_due_once(string expression, string expected)
    {
        var schedule = When.Once(expression, "Europe/Chisinau");

        Assert.Equal([expected], schedule.Take(When.Anchor, 2));
        Assert.Equal(1, schedule.Count(When.Anchor, When.Anchor.AddYears(1)));
        Assert.Null(schedule.Next(When.Anchor.AddYears(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("2027-03-28")]
    [InlineData("2027-02-30T09:00:00Z")]
    [InlineData("2027-03-28T25:00:00Z")]
    [InlineData("2027-03-28T09:00:00+99:00")]
    [InlineData("2027-03-28T09:00:00 Europe/Chisinau")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("1e99")]
    public void What_is_no_moment_is_refused(string expression)
    {
        var problem = Assert.Throws<Problem>(() => When.Once(expression, "Europe/Chisinau"));

        Assert.Equal("/schedule_expr", Assert.Single(problem.Errors).Pointer);
    }
}
