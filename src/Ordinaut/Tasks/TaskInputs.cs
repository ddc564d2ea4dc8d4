using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tasks;

/// <summary>A stored task as its owner could have written it: what a patch is merged into.</summary>
internal static class TaskInputs
{
    public static TaskInput Of(TaskDefinition task, JsonElement payload)
    {
        var settings = task.Settings;
        return new TaskInput
        {
            Title = settings.Title,
            Description = settings.Description,
            ScheduleKind = Word<ScheduleKind>.Of(settings.ScheduleKind),
            ScheduleExpr = settings.ScheduleExpr,
            Timezone = settings.Timezone,
            Payload = payload,
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
        };
    }
}
