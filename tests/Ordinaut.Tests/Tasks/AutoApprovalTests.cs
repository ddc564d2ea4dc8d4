using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tasks;

/// <summary>What a task could touch, and which rules let that pass.</summary>
public sealed class AutoApprovalTests
{
    private const string Echo = """{"id": "a", "uses": "test.read"}""";

    private static readonly AutoApproveRule Rule = new("r", ["test.read", "http.*"], ["a.example"], 24);

    [Theory]
    [MemberData(nameof(AutoApprovalTable.Rows), MemberType = typeof(AutoApprovalTable))]
    public void A_rule_lets_pass_what_is_certainly_harmless(string step, string cron, string? refusal)
    {
        var input = TaskWriting.Cron(cron, step);
        var settings = new TaskCheck(input, "UTC").Settings();
        var schedule = Schedule.Parse(new(ScheduleKind.Cron, cron, "UTC", DateTimeOffset.UnixEpoch));
        var reach = TaskReach.Of(settings, input.Payload!.Value);

        var found = AutoApproval.Refusal(Rule, reach, TaskReach.FiresPerDay(schedule, DateTimeOffset.UnixEpoch), Tool);

        Assert.Equal(refusal is null, found is null);
        Assert.Contains(refusal ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 9 * * *", 1)]
    [InlineData("0 9 1 1 *", 1)]
    [InlineData("0,30 9-10 * * 5", 4)]
    [InlineData("* * * * *", 1_440)]
    [InlineData("* * * * * *", 86_400)]
    public void The_busiest_day_counts(string cron, long fires)
    {
        var schedule = Schedule.Parse(new(ScheduleKind.Cron, cron, "Europe/Chisinau", DateTimeOffset.UnixEpoch));

        Assert.Equal(fires, TaskReach.FiresPerDay(schedule, DateTimeOffset.UnixEpoch.AddDays(10)));
    }

    [Fact]
    public void A_conditions_check_is_a_call_as_well()
    {
        const string Watch = """
            {"every": "PT1H", "check": {"uses": "test.other"}, "when": "x", "fire": "edge"}
            """;
        var input = TaskWriting.Task("condition", Watch, Echo);

        var reach = TaskReach.Of(new TaskCheck(input, "UTC").Settings(), input.Payload!.Value);

        Assert.Equal(["test.other", "test.read"], reach.Tools);
        Assert.Contains("events decide", AutoApproval.Refusal(Rule with { Tools = ["test.*"] }, new([]), null, Tool));
    }

    private static ToolDescription Tool(string name) =>
        new(name, "", "", default, default, name == "test.read" ? Effect.Idempotent : Effect.Keyed);
}
