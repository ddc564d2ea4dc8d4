namespace Ordinaut.Tests.Schedules;

public sealed class CronScheduleTests
{
    /// <summary>
    /// In Chisinau the clock goes back from 04:00 to 03:00 on 2027-10-31, at 01:00 in UTC. A job with a star follows
    /// it through the hour twice, also when its next turn after that is a year away; one without runs once.
    /// </summary>
    [Theory]
    [InlineData("*/30 3 31 10 *", "10-31T00:00 10-31T00:30 10-31T01:00 10-31T01:30")]
    [InlineData("30 3 31 10 *", "10-31T00:30")]
    public void The_hour_that_comes_twice_is_followed_by_jobs_with_a_star_only(string expression, string expected)
    {
        var year = When.Utc("2027-01-01T00:00:00Z");

        var runs = CronOracleTests.Runs(When.Cron(expression, "Europe/Chisinau"), year, year.AddYears(1));

        Assert.Equal(expected, string.Join(' ', runs.Select(run => run[5..16])));
    }
}
