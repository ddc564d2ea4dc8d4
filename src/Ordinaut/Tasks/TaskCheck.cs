using System.Text;
using System.Text.Json;
using Ordinaut.Pipelines;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tasks;

/// <summary>
/// Turns what a client wrote into settings, with every finding at once. Knows ranges and words; the schedule,
/// the exclusions and the pipeline are checked by their own folders.
/// </summary>
internal sealed class TaskCheck(TaskInput input, string defaultTimezone)
{
    public const int MaxTitle = 200;
    public const int MaxDescription = 2_000;
    public const int MaxKey = 100;
    public const int MaxTags = 20;
    public const int MaxTag = 50;
    public const int MaxMetadataBytes = 16 * 1024;
    public const int MaxExclude = 200;
    public const int MaxWindowSeconds = 30 * 24 * 3600;
    public const int MaxTimeoutSeconds = 7 * 24 * 3600;
    public const int DefaultTimeoutSeconds = 3_600;

    private readonly List<FieldError> _findings = [];

    public IReadOnlyList<FieldError> Findings => _findings;

    public TaskSettings Settings() =>
        new()
        {
            Title = Text("/title", input.Title, 1, MaxTitle) ?? "",
            Description = Text("/description", input.Description, 0, MaxDescription) ?? "",
            ScheduleKind = Kind(),
            ScheduleExpr = Expression(),
            Timezone = input.Timezone ?? defaultTimezone,
            Priority = Range("/priority", input.Priority, 1, 9) ?? 5,
            DedupeKey = Text("/dedupe_key", input.DedupeKey, 1, MaxKey),
            DedupeWindowSeconds = Range("/dedupe_window_seconds", input.DedupeWindowSeconds, 0, MaxWindowSeconds) ?? 0,
            MaxRetries = Range("/max_retries", input.MaxRetries, 0, 10) ?? 3,
            BackoffStrategy = Choice<Backoff>("/backoff_strategy", input.BackoffStrategy),
            ConcurrencyKey = Text("/concurrency_key", input.ConcurrencyKey, 1, MaxKey),
            ConcurrencyLimit = Range("/concurrency_limit", input.ConcurrencyLimit, 1, 1_000) ?? 1,
            MisfirePolicy = Choice<MisfirePolicy>("/misfire_policy", input.MisfirePolicy),
            CatchUpWindowSeconds = Range("/catch_up_window_seconds", input.CatchUpWindowSeconds, 0, int.MaxValue),
            OverlapPolicy = Choice<OverlapPolicy>("/overlap_policy", input.OverlapPolicy),
            JitterSeconds = Range("/jitter_seconds", input.JitterSeconds, 0, 86_400) ?? 0,
            StartsAt = input.StartsAt,
            EndsAt = EndsAt(),
            TimeoutSeconds =
                Range("/timeout_seconds", input.TimeoutSeconds, 1, MaxTimeoutSeconds) ?? DefaultTimeoutSeconds,
            Exclude = Exclude(),
            ExpiresAfterSeconds = Range("/expires_after_seconds", input.ExpiresAfterSeconds, 1, int.MaxValue),
            EventFilter = EventFilter(),
            Tags = Tags(),
            Metadata = Metadata(),
        };

    private ScheduleKind Kind()
    {
        if (!Word<ScheduleKind>.TryParse(input.ScheduleKind, out var kind))
        {
            var said = input.ScheduleKind is null ? "is required" : $"'{input.ScheduleKind}' is not known";
            Find("/schedule_kind", $"schedule_kind {said}; use {Word<ScheduleKind>.Choices}.");
        }

        return kind;
    }

    private string? Expression()
    {
        if (string.IsNullOrWhiteSpace(input.ScheduleExpr))
        {
            Find(
                "/schedule_expr",
                "schedule_expr is required, for example \"30 8 * * 1-5\" (cron), \"FREQ=DAILY;BYHOUR=9\" (rrule), "
                    + "\"2027-01-15T09:00:00\" (once) or \"orders.created\" (event)."
            );
        }

        return input.ScheduleExpr;
    }

    private DateTimeOffset? EndsAt()
    {
        if (input.EndsAt <= input.StartsAt)
        {
            Find("/ends_at", "ends_at must be later than starts_at.");
        }

        return input.EndsAt;
    }

    private string? EventFilter()
    {
        if (input.EventFilter is not null && input.ScheduleKind != "event")
        {
            Find("/event_filter", "event_filter is for tasks with schedule_kind 'event'.");
        }

        return input.EventFilter;
    }

    private IReadOnlyList<string> Exclude()
    {
        if (input.Exclude?.Count > MaxExclude)
        {
            Find("/exclude", $"exclude has {input.Exclude.Count} entries; at most {MaxExclude}, or use a calendar.");
        }

        var exclude = input.Exclude ?? [];
        for (var i = 0; i < exclude.Count; i++)
        {
            if (exclude[i] is null)
            {
                Find($"/exclude/{i}", "an entry of exclude must be text, such as 2027-01-01 or calendar:holidays.");
            }
        }

        return [.. exclude.Where(entry => entry is not null)];
    }

    private IReadOnlyList<string> Tags()
    {
        var tags = input.Tags ?? [];
        if (tags.Count > MaxTags)
        {
            Find("/tags", $"tags has {tags.Count} entries; at most {MaxTags}.");
        }

        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i] is null || tags[i].Length is 0 or > MaxTag || tags[i].Contains('\0'))
            {
                Find($"/tags/{i}", $"a tag has 1 to {MaxTag} characters, none of them NUL.");
            }
        }

        return [.. tags.Distinct()];
    }

    private JsonElement? Metadata()
    {
        if (input.Metadata is not { ValueKind: not JsonValueKind.Null } metadata)
        {
            return null;
        }

        if (metadata.ValueKind != JsonValueKind.Object)
        {
            Find("/metadata", "metadata must be a JSON object.");
        }
        else if (Encoding.UTF8.GetByteCount(metadata.GetRawText()) > MaxMetadataBytes)
        {
            Find("/metadata", $"metadata is larger than {MaxMetadataBytes} bytes.");
        }

        return metadata;
    }

    private string? Text(string pointer, string? value, int min, int max)
    {
        if (value is null && pointer is "/title")
        {
            Find(pointer, "title is required: 1 to 200 characters.");
        }
        else if (value is not null && (value.Length < min || value.Length > max))
        {
            Find(pointer, $"{pointer[1..]} must have {min} to {max} characters; it has {value.Length}.");
        }
        else if (value?.Contains('\0') == true || min > 0 && value?.Trim().Length == 0)
        {
            Find(pointer, $"{pointer[1..]} must not be blank, nor contain the character NUL.");
        }

        return value;
    }

    private int? Range(string pointer, int? value, int min, int max)
    {
        if (value < min || value > max)
        {
            var upper = max == int.MaxValue ? "or more" : $"to {max}";
            Find(pointer, $"{pointer[1..]} must be {min} {upper}; it is {value}.");
        }

        return value;
    }

    private T Choice<T>(string pointer, string? word)
        where T : struct, Enum
    {
        if (word is not null && !Word<T>.TryParse(word, out _))
        {
            Find(pointer, $"{pointer[1..]} '{word}' is not known; use {Word<T>.Choices}.");
        }

        return Word<T>.TryParse(word, out var value) ? value : default;
    }

    private void Find(string pointer, string detail) => _findings.Add(new FieldError(pointer, detail));
}
