using System.Text.Json;
using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class CronVectorTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = Vectors.Cases("cron.json");

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_cron_expression_runs_at_the_expected_instants(string id)
    {
        var item = Cases[id];
        var expected = item.Texts("expected_utc");
        ScheduleSpec spec = new(ScheduleKind.Cron, item.Text("expression"), item.Text("tzid"), When.Anchor);
        if (item.Flag("error") || expected.Length == 0)
        {
            var problem = Assert.Throws<Problem>(() => Schedule.Parse(spec));

            Assert.Equal(Schedule.Pointer, Assert.Single(problem.Errors).Pointer);
            return;
        }

        var schedule = Schedule.Parse(spec);

        Assert.Equal(expected, schedule.Take(When.Utc(item.Text("from")), 8));
        Assert.Equal(expected.Length, schedule.Count(When.Utc(item.Text("from")), When.Utc(expected[^1])));
    }

    [Fact]
    public void All_cases_are_there() => Assert.Equal(208, Cases.Count);
}
