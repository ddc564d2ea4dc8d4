using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using static Ordinaut.Tests.Tasks.TaskWriting;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Tests.Tasks;

/// <summary>What runs, what is skipped and where the cursor goes, for an hourly task that stands at one.</summary>
public sealed class DuePlanTests
{
    private static readonly DateTimeOffset Midnight = CoreBundle.At(CoreBundle.Monday);

    /// <summary>Policy, window, exclude, looked at, status; then what runs, what is skipped, what comes next.</summary>
    public static TheoryData<string, int?, string?, string, string, string> Plans =>
        new()
        {
            { "run_once", null, null, "01:00", "active", "run 1; next 2" },
            { "run_once", null, null, "01:59:59", "active", "run 1; next 2" },
            { "run_once", null, null, "04:00", "active", "run 4; misfire 1-3 x3; next 5" },
            { "run_all", null, null, "03:00", "active", "run 1 2 3; next 4" },
            { "skip", null, null, "01:00", "active", "run 1; next 2" },
            { "skip", null, null, "01:00:01", "active", "run 1; next 2" },
            { "skip", null, null, "01:00:02", "active", "misfire 1; next 2" },
            { "skip", null, null, "03:00", "active", "run 3; misfire 1-2 x2; next 4" },
            { "skip", 0, null, "03:00", "active", "run 3; misfire 1-2 x2; next 4" },
            { "run_all", 3600, null, "03:00", "active", "run 2 3; misfire 1; next 4" },
            { "run_all", 3599, null, "03:00", "active", "run 3; misfire 1-2 x2; next 4" },
            { "run_all", 0, null, "03:00", "active", "run 3; misfire 1-2 x2; next 4" },
            { "run_once", 3600, null, "03:00", "active", "run 3; misfire 1 2; next 4" },
            { "run_all", int.MaxValue, null, "02:00", "active", "run 1 2; next 3" },
            { "run_once", null, null, "03:00", "paused", "paused 1-3 x3; next 4" },
            { "run_once", null, null, "01:00", "paused", "paused 1; next 2" },
            { "run_all", null, null, "03:00", "snoozed", "run 3; superseded 1-2 x2; next 4" },
            { "skip", null, null, "03:59", "snoozed", "run 3; superseded 1-2 x2; next 4" },
            { "run_once", null, "2027-01-04", "03:00", "active", "excluded 1-3 x3; next 4" },
            { "run_all", null, "2027-01-04", "02:00", "active", "excluded 1 2; next 3" },
            { "run_all", null, "2027-01-04", "02:00", "snoozed", "excluded 1-2 x2; next 3" },
            { "run_once", null, "2027-01-03", "02:00", "active", "run 2; misfire 1; next 3" },
        };

    [Theory]
    [MemberData(nameof(Plans))]
    public void What_is_due_is_planned_as_the_policy_says(
        string policy,
        int? window,
        string? exclude,
        string upTo,
        string status,
        string expected
    )
    {
        var input = Cron("0 * * * *") with { MisfirePolicy = policy, CatchUpWindowSeconds = window };
        var task = Definition(input, status);
        var schedule = Schedule.Parse(task.ScheduleSpec);
        var exclusions = exclude is null ? null : Exclusions.Parse([exclude], _ => null, "UTC", Midnight);

        var plan = DuePlan.For(task, schedule, exclusions, CoreBundle.At($"2027-01-04T{Padded(upTo)}Z"));

        Assert.Equal(expected, Text(plan));
    }

    [Theory]
    [InlineData(DuePlan.MaxRunsPerPass, DuePlan.MaxRunsPerPass)]
    [InlineData(DuePlan.MaxRunsPerPass + 1, DuePlan.MaxRunsPerPass)]
    public void One_pass_runs_at_most_a_hundred_and_goes_on_from_there(int due, int runs)
    {
        var task = Definition(Cron("* * * * *") with { MisfirePolicy = "run_all" }, "active") with
        {
            NextNominal = Midnight,
        };
        var schedule = Schedule.Parse(task.ScheduleSpec);

        var plan = DuePlan.For(task, schedule, null, Midnight.AddMinutes(due - 1));

        Assert.Equal(runs, plan.Runs.Count);
        Assert.Equal(Midnight.AddMinutes(runs), plan.Next);
    }

    [Theory]
    [InlineData("run_once", "run 3; misfire 1-2 x2; next none")]
    [InlineData("run_all", "run 1 2 3; next none")]
    public void Nothing_later_than_the_end_is_planned(string policy, string expected)
    {
        var input = Cron("0 * * * *") with { MisfirePolicy = policy, EndsAt = Midnight.AddHours(3) };
        var task = Definition(input, "active");

        var plan = DuePlan.For(task, Schedule.Parse(task.ScheduleSpec), null, Midnight.AddHours(9));

        Assert.Equal(expected, Text(plan));
    }

    [Fact]
    public void The_day_after_an_excluded_one_runs_and_the_excluded_ones_are_counted_apart()
    {
        var task = Definition(Cron("0 * * * *"), "active") with { NextNominal = Midnight.AddHours(-2) };
        var exclusions = Exclusions.Parse(["2027-01-04"], _ => null, "UTC", Midnight);

        var plan = DuePlan.For(task, Schedule.Parse(task.ScheduleSpec), exclusions, Midnight.AddHours(1));

        Assert.Equal("run 23; misfire 22; excluded 0-1 x2; next 2", Text(plan));
    }

    [Theory]
    [InlineData("2025-01-01/2027-01-03")]
    [InlineData("FREQ=DAILY")]
    public void A_long_stretch_of_excluded_seconds_is_passed_over_at_once(string exclude)
    {
        var first = Midnight.AddYears(-2).AddHours(1);
        var task = Definition(Cron("* * * * * *"), "active") with { NextNominal = first };
        var exclusions = Exclusions.Parse([exclude], _ => null, "UTC", Midnight.AddYears(-3));

        var began = ThreadTime.Milliseconds();
        var plan = DuePlan.For(task, Schedule.Parse(task.ScheduleSpec), exclusions, Midnight.AddSeconds(-1));

        Assert.InRange(ThreadTime.Milliseconds() - began, 0, 500);
        Assert.Empty(plan.Runs);
        var skip = Assert.Single(plan.Skips);
        Assert.Equal((SkipReason.Excluded, (long)(Midnight - first).TotalSeconds), (skip.Reason, skip.Count));
    }

    [Theory]
    [InlineData(DuePlan.MaxExcludedStretches, 1)]
    [InlineData(DuePlan.MaxExcludedStretches + 1, 0)]
    public void The_search_for_the_latest_to_run_passes_over_so_many_stretches(int weeks, int runs)
    {
        // Mondays are excluded; the last Wednesday lies so many Mondays back.
        var exclusions = Exclusions.Parse(["FREQ=WEEKLY;BYDAY=MO"], _ => null, "UTC", Midnight.AddYears(-3));
        var first = Midnight.AddDays(-7 * (weeks - 1) - 5);
        var rule = $"DTSTART:{first:yyyyMMdd'T'HHmmss}Z\nRRULE:FREQ=WEEKLY;BYDAY=MO\nRDATE:{first:yyyyMMdd'T'HHmmss}Z";
        var task = Definition(Task("rrule", rule), "active") with { NextNominal = first };

        var plan = DuePlan.For(task, Schedule.Parse(task.ScheduleSpec), exclusions, Midnight);

        Assert.Equal(runs, plan.Runs.Count);
        Assert.Equal(weeks + 1, plan.Runs.Count + plan.Skips.Sum(skip => skip.Count));
    }

    [Fact]
    public void A_task_without_a_cursor_is_never_due()
    {
        var task = Definition(Cron("0 * * * *"), "active") with { NextNominal = null };
        var schedule = Schedule.Parse(task.ScheduleSpec);

        Assert.Throws<ArgumentException>(() => DuePlan.For(task, schedule, null, Midnight));
        Assert.Throws<ArgumentException>(() => DuePlan.Superseded(task, schedule, Midnight));
    }

    [Theory]
    [InlineData(null, "1-4 x4")]
    [InlineData(1, "1")]
    [InlineData(3, "1-3 x3")]
    [InlineData(4, "1-4 x4")]
    [InlineData(5, "1-4 x4")]
    public void What_a_schedule_leaves_behind_ends_with_the_task(int? end, string expected)
    {
        var task = Definition(
            Cron("0 * * * *") with
            {
                EndsAt = end is { } hour ? Midnight.AddHours(hour) : null,
            },
            "active"
        );

        var line = DuePlan.Superseded(task, Schedule.Parse(task.ScheduleSpec), Midnight.AddHours(4));

        Assert.Equal((SkipReason.Superseded, expected), (line.Reason, Stretch(line)));
    }

    private static TaskDefinition Definition(TaskInput input, string status)
    {
        var check = new TaskCheck(input, "UTC");
        var settings = check.Settings();
        Assert.Empty(check.Findings);
        return new TaskDefinition
        {
            Id = Guid.Empty,
            OwnerId = Guid.Empty,
            Status = status == "paused" ? TaskStatus.Paused : TaskStatus.Active,
            Version = 1,
            NextNominal = Midnight.AddHours(1),
            SnoozedUntil = status == "snoozed" ? Midnight : null,
            CreatedAt = Midnight,
            UpdatedAt = Midnight,
            Settings = settings,
            Granted = "",
        };
    }

    private static string Padded(string time) => time.Length == 5 ? time + ":00" : time;

    private static string Text(DuePlan plan)
    {
        var parts = new List<string>();
        if (plan.Runs.Count > 0)
        {
            parts.Add($"run {string.Join(' ', plan.Runs.Select(run => run.Hour))}");
        }

        parts.AddRange(
            plan.Skips.GroupBy(skip => skip.Reason)
                .Select(group => $"{group.Key} {string.Join(' ', group.Select(Stretch))}")
        );
        parts.Add($"next {(plan.Next is { } next ? next.Hour : "none")}");
        return string.Join("; ", parts);
    }

    private static string Stretch(Occurrence skip) =>
        skip.Through is { } through
            ? $"{skip.ScheduledFor.Hour}-{through.Hour} x{skip.Count}"
            : $"{skip.ScheduledFor.Hour}";
}
