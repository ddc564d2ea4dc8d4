using System.Text.Json;
using Ordinaut.Schedules;

namespace Ordinaut.Tests.Schedules;

public sealed class RRuleVectorTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = Vectors.Cases("rrule.json");

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_recurrence_set_has_the_expected_instants(string id)
    {
        var item = Cases[id];
        var expected = item.Texts("expected_utc");

        Assert.Equal(expected, Answer(item));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Counting_agrees_with_the_list(string id)
    {
        var item = Cases[id];
        var expected = item.Texts("expected_utc");
        if (expected.Length == 0)
        {
            return;
        }

        var schedule = Schedule.Parse(Spec(item));
        for (var i = 0; i < expected.Length; i += 7)
        {
            Assert.Equal(
                expected.Length - i,
                schedule.Count(When.Utc(expected[i]).AddSeconds(-1), When.Utc(expected[^1]))
            );
            Assert.Equal(expected.Length - i - 1, schedule.Count(When.Utc(expected[i]), When.Utc(expected[^1])));
        }
    }

    [Fact]
    public void Every_case_answers_within_50_ms()
    {
        var slow = new List<string>();
        foreach (var (id, item) in Cases)
        {
            // The best of three, on a processor: other programs on the machine are not what is measured.
            var best = Enumerable.Range(0, 3).Min(_ => MillisecondsOf(item));
            if (best > 50)
            {
                slow.Add($"{id}: {best:F0} ms");
            }
        }

        Assert.Empty(slow);
    }

    [Fact]
    public void All_cases_are_there() => Assert.Equal(389, Cases.Count);

    private static double MillisecondsOf(JsonElement item)
    {
        var started = ThreadTime.Milliseconds();
        Answer(item);
        return ThreadTime.Milliseconds() - started;
    }

    private static IReadOnlyList<string> Answer(JsonElement item)
    {
        try
        {
            var schedule = Schedule.Parse(Spec(item));
            return schedule.Take(DateTimeOffset.MinValue, item.Flag("truncated") ? 50 : 51);
        }
        catch (Problem problem)
            when (problem.Errors.All(error => error.Detail.Contains("can never", StringComparison.Ordinal)))
        {
            return [];
        }
        catch (Problem problem) when (problem.Message.Contains("COUNT: '0'", StringComparison.Ordinal))
        {
            return [];
        }
    }

    private static ScheduleSpec Spec(JsonElement item)
    {
        var zone = item.Text("tzid");
        var lines = new List<string> { $"DTSTART;TZID={zone}:{Basic(item.Text("dtstart"))}" };
        var rules = item.TryGetProperty("rrule", out var one) ? [one.GetString()!] : item.Texts("rrules");
        lines.AddRange(rules.Select(rule => $"RRULE:{rule}"));
        lines.AddRange(item.Texts("exrules").Select(rule => $"EXRULE:{rule}"));
        lines.AddRange(item.Texts("rdates").Select(date => $"RDATE:{Basic(date)}"));
        lines.AddRange(item.Texts("exdates").Select(date => $"EXDATE:{Basic(date)}"));
        return new ScheduleSpec(ScheduleKind.Rrule, string.Join('\n', lines), zone, When.Anchor);
    }

    private static string Basic(string time) =>
        time.Replace("-", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);
}
