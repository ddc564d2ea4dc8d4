using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>Tasks as the wire shows them.</summary>
internal sealed class TaskViews(SchedulePlans plans)
{
    public async ValueTask<TaskView> Of(Session session, TaskDefinition task)
    {
        var payload = await TaskStore.Payload(session, task.Id, task.Version);
        return await Of(session, task, Json.Parse(payload!));
    }

    public async ValueTask<TaskView> Of(Session session, TaskDefinition task, JsonElement payload) =>
        View(task, payload, await plans.Of(session, task), await RunStore.Latest(session, task.Id));

    /// <summary>A task that has just been made: it has no run.</summary>
    public async ValueTask<TaskView> OfNew(Session session, TaskDefinition task, JsonElement payload) =>
        View(task, payload, await plans.Of(session, task), latest: null);

    private static TaskView View(TaskDefinition task, JsonElement payload, SchedulePlan plan, RunRow? latest)
    {
        var settings = task.Settings;
        return new TaskView
        {
            Id = task.Id,
            Title = settings.Title,
            Description = settings.Description,
            ScheduleKind = Word<ScheduleKind>.Of(settings.ScheduleKind),
            ScheduleExpr = settings.ScheduleExpr,
            Timezone = settings.Timezone,
            Payload = payload,
            Status = Word<TaskStatus>.Of(task.Status),
            Priority = settings.Priority,
            DedupeKey = settings.DedupeKey,
            DedupeWindowSeconds = settings.DedupeWindowSeconds,
            MaxRetries = settings.MaxRetries,
            BackoffStrategy = Word<Backoff>.Of(settings.BackoffStrategy),
            ConcurrencyKey = settings.ConcurrencyKey,
            ConcurrencyLimit = settings.ConcurrencyLimit,
            MisfirePolicy = Word<MisfirePolicy>.Of(settings.MisfirePolicy),
            CatchUpWindowSeconds = settings.CatchUpWindowSeconds,
            OverlapPolicy = Word<OverlapPolicy>.Of(settings.OverlapPolicy),
            JitterSeconds = settings.JitterSeconds,
            StartsAt = settings.StartsAt,
            EndsAt = settings.EndsAt,
            TimeoutSeconds = settings.TimeoutSeconds,
            Exclude = settings.Exclude,
            ExpiresAfterSeconds = settings.ExpiresAfterSeconds,
            EventFilter = settings.EventFilter,
            Tags = settings.Tags,
            Metadata = settings.Metadata,
            CreatedBy = task.OwnerId,
            CreatedAt = task.CreatedAt,
            UpdatedAt = task.UpdatedAt,
            Version = task.Version,
            ParentTaskId = task.ParentTaskId,
            RootTaskId = task.RootTaskId,
            Depth = task.Depth,
            Grant = task.Grant.View(),
            Proposal = task.Proposal,
            ScheduleDescription = plan.Schedule.Description,
            NextRunAt = NextRunAt(task, plan),
            SnoozedUntil = task.SnoozedUntil,
            LastRun = latest is null ? null : LastRunOf(latest),
        };
    }

    /// <summary>When the task will run next: null unless it is active and its owner too, and never an excluded
    /// day.</summary>
    private static DateTimeOffset? NextRunAt(TaskDefinition task, SchedulePlan plan)
    {
        if (task.Status != TaskStatus.Active || task.IsOwnerStopped)
        {
            return null;
        }

        var nominal = plan.NextWanted(task.NextNominal, task.Settings.EndsAt);
        return nominal is not { } at ? null
            : at == task.NextNominal ? task.NextDue
            : Instants.Later(at, Jitter.For(task.Id, task.Settings.JitterSeconds));
    }

    private static LastRun LastRunOf(RunRow run) =>
        new(run.Id, Word<RunState>.Of(run.State), run.FinishedAt ?? run.StartedAt ?? run.CreatedAt);
}
