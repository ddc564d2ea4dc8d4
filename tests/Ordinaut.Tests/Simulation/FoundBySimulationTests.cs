using Microsoft.Extensions.Time.Testing;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Tasks;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Tests.Simulation;

/// <summary>Defects the simulation showed, in their smallest form or by their seed.</summary>
public sealed class FoundBySimulationTests
{
    private static readonly DateTimeOffset Created = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("run_once", 1, 4)]
    [InlineData("run_all", 5, 0)]
    public void A_scheduler_that_looks_late_finds_nothing_after_the_tasks_end(string policy, int runs, int skips)
    {
        var task = Minutely(policy, endsAt: Created.AddMinutes(5).AddSeconds(30));

        var plan = DuePlan.For(task, Schedule.Parse(task.ScheduleSpec), null, Created.AddHours(1));

        Assert.Equal(runs, plan.Runs.Count);
        Assert.Equal(Created.AddMinutes(5), plan.Runs[^1]);
        Assert.Equal(skips, plan.Skips.Sum(skip => skip.Count));
        Assert.Null(plan.Next);
    }

    [Theory]
    [InlineData("active", SkipReason.Superseded)]
    [InlineData("paused", SkipReason.Paused)]
    public void What_a_schedule_leaves_behind_is_one_line_with_its_count(string status, string reason)
    {
        var task = Minutely("run_all", endsAt: null) with { Status = Word<TaskStatus>.Parse(status) };

        var line = DuePlan.Superseded(task, Schedule.Parse(task.ScheduleSpec), Created.AddMinutes(10));

        Assert.Equal((10L, reason), (line.Count, line.Reason));
        Assert.Equal((Created.AddMinutes(1), Created.AddMinutes(10)), (line.ScheduledFor, line.Through));
    }

    [Fact]
    public async Task A_waiter_is_woken_by_the_signal_the_limit_or_the_end()
    {
        var clock = new FakeTimeProvider(Created);
        var signal = new Signal(clock);
        using var end = new CancellationTokenSource();
        var limit = TimeSpan.FromSeconds(1);

        var woken = signal.Wait(signal.Next(), limit, CancellationToken.None);
        signal.Set();
        await woken;

        var late = signal.Wait(signal.Next(), limit, CancellationToken.None);
        Assert.False(late.IsCompleted);
        clock.Advance(limit);
        await late;

        var ended = signal.Wait(signal.Next(), limit, end.Token);
        end.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ended);

        var missed = signal.Next();
        signal.Set();
        Assert.True(signal.Wait(missed, limit, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public void A_run_that_ended_while_it_was_being_stopped_is_left_alone()
    {
        var slot = new RunSlot(QueuedRun(), 0);
        slot.Dispose();

        slot.Stop(StopReason.Canceled);

        Assert.Equal(StopReason.Canceled, slot.Reason);
    }

    /// <summary>A check that was stopped while its tool was out crashed its run.</summary>
    [Theory]
    [InlineData(13)]
    public void A_seed_that_once_failed_holds(int seed)
    {
        var report = Simulation.Run(SimOptions.Of(seed));

        Assert.True(report.Violations.Count == 0, report.ToString());
    }

    private static TaskDefinition Minutely(string policy, DateTimeOffset? endsAt) =>
        new()
        {
            Id = new Guid("00000000-0000-7000-8000-000000000001"),
            OwnerId = new Guid("00000000-0000-7000-8000-000000000002"),
            Status = TaskStatus.Active,
            Version = 1,
            NextNominal = Created.AddMinutes(1),
            NextDue = Created.AddMinutes(1),
            Granted = "",
            CreatedAt = Created,
            UpdatedAt = Created,
            Settings = new TaskCheck(
                new Sdk.Wire.TaskInput
                {
                    Title = "minutely",
                    ScheduleKind = "cron",
                    ScheduleExpr = "* * * * *",
                    EndsAt = endsAt,
                    MisfirePolicy = policy,
                },
                "UTC"
            ).Settings(),
        };

    private static QueuedRun QueuedRun() =>
        new()
        {
            Id = Guid.Empty,
            TaskId = Guid.Empty,
            OwnerId = Guid.Empty,
            TaskVersion = 1,
            Trigger = Trigger.Schedule,
            OccurrenceKey = "",
            ScheduledFor = Created,
            Priority = 5,
            Due = Created,
            Slot = Guid.Empty,
            SlotLimit = 1,
        };
}
