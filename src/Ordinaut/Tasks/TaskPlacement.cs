using Ordinaut.Schedules;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Places a checked draft in time, and among what its owner has: the way from a draft to a task.</summary>
internal static class TaskPlacement
{
    /// <param name="line">What led to it: its runs go on from there.</param>
    public static async ValueTask<TaskDefinition> FirstVersion(Session session, TaskDraft draft, Guid id, Lineage line)
    {
        var task = new TaskDefinition
        {
            Id = id,
            OwnerId = draft.OwnerId,
            Status = draft.IsPaused ? TaskStatus.Paused : TaskStatus.Active,
            Version = 1,
            CreatedAt = session.Now,
            UpdatedAt = session.Now,
            Settings = draft.Settings,
            Granted = draft.Granted,
            Depth = line.Depth,
            ParentTaskId = line.Parent,
            RootTaskId = line.Root,
        };
        await RequireSecrets(session, draft);
        return await Place(session, task, draft);
    }

    /// <summary>
    /// The task with its new settings. The cursor stays where it is unless the schedule itself changed, so an edit
    /// of the title does not lose a firing that is about to happen.
    /// </summary>
    public static async ValueTask<TaskDefinition> NextVersion(Session session, TaskDefinition task, TaskDraft draft)
    {
        var next = task with
        {
            Version = task.Version + 1,
            OwnerId = draft.OwnerId,
            UpdatedAt = session.Now,
            Settings = draft.Settings,
            Granted = draft.Granted,
        };
        await RequireSecrets(session, draft);
        if (SameSchedule(task.Settings, draft.Settings))
        {
            if (!task.Settings.Exclude.SequenceEqual(draft.Settings.Exclude))
            {
                var plan = await SchedulePlans.Parse(session, next.ScheduleSpec, draft.Settings.Exclude, next.OwnerId);
                RequireWanted(plan, next.NextNominal, draft.Settings);
            }

            return next with
            {
                NextDue = next.NextNominal is { } at && task.SnoozedUntil is null ? Due(next, at) : task.NextDue,
            };
        }

        var status = task.Status == TaskStatus.Completed ? TaskStatus.Active : task.Status;
        var placed = await Place(session, next with { Status = status, SnoozedUntil = null }, draft);
        return status == TaskStatus.Proposed ? Proposals.Unplaced(placed) : placed;
    }

    private static async ValueTask RequireSecrets(Session session, TaskDraft draft)
    {
        Problem.Refuse(await SecretCheck.Findings(session, draft.OwnerId, draft.Secrets));
    }

    /// <summary>The task in time, from now on.</summary>
    public static async ValueTask<TaskDefinition> Place(Session session, TaskDefinition task, TaskDraft draft)
    {
        var settings = task.Settings;
        var plan = await SchedulePlans.Parse(session, task.ScheduleSpec, settings.Exclude, task.OwnerId);
        var first = plan.First(session.Now, settings.StartsAt, settings.EndsAt);
        if (first is null && settings.ScheduleKind == ScheduleKind.Once && draft.RunsLate)
        {
            first = plan.Schedule.Next(DateTimeOffset.MinValue);
        }

        if (first is null && settings.ScheduleKind != ScheduleKind.Event)
        {
            throw NeverFires(settings);
        }

        RequireWanted(plan, first, settings);
        return task with { NextNominal = first, NextDue = first is { } at ? Due(task, at) : null };
    }

    private static void RequireWanted(SchedulePlan plan, DateTimeOffset? first, TaskSettings settings)
    {
        if (first is not null && plan.Exclusions is not null && plan.NextWanted(first, settings.EndsAt) is null)
        {
            throw Problem.Invalid("/exclude", "exclude leaves out every occurrence that is to come; exclude less.");
        }
    }

    private static Problem NeverFires(TaskSettings settings) =>
        settings.ScheduleKind == ScheduleKind.Once
            ? Problem.Invalid(
                "/schedule_expr",
                $"schedule_expr '{settings.ScheduleExpr}' is in the past; give a time to come, or set misfire_policy "
                    + "to run_once to run it at once."
            )
            : Problem.Invalid("/schedule_expr", "The schedule has no occurrence between now, starts_at and ends_at.");

    private static DateTimeOffset Due(TaskDefinition task, DateTimeOffset nominal) =>
        Instants.Later(nominal, Jitter.For(task.Id, task.Settings.JitterSeconds));

    public static bool SameSchedule(TaskSettings a, TaskSettings b) =>
        (a.ScheduleKind, a.ScheduleExpr, a.Timezone, a.StartsAt, a.EndsAt)
        == (b.ScheduleKind, b.ScheduleExpr, b.Timezone, b.StartsAt, b.EndsAt);
}
