namespace Ordinaut.Sdk.Wire;

/// <summary>A schedule to look at before a task is made of it.</summary>
/// <param name="ScheduleKind"><c>cron</c>, <c>rrule</c>, <c>once</c>, <c>event</c> or <c>condition</c>.</param>
/// <param name="ScheduleExpr">As a task has it, such as <c>30 8 * * 1-5</c>.</param>
/// <param name="Timezone">IANA time zone of local times, such as <c>Europe/Chisinau</c>; else the server's.</param>
/// <param name="From">Occurrences strictly after this instant; now when absent.</param>
/// <param name="Count">1 to 1,000; 5 when absent.</param>
/// <param name="Exclude">Days to leave out, as a task has them.</param>
public sealed record PreviewSchedule(
    string? ScheduleKind,
    string? ScheduleExpr,
    string? Timezone = null,
    DateTimeOffset? From = null,
    int? Count = null,
    IReadOnlyList<string>? Exclude = null
);

/// <summary>The next occurrences of a schedule.</summary>
/// <param name="Complete">Whether the list holds every occurrence there will ever be.</param>
/// <param name="Description">The schedule in words.</param>
/// <param name="Note">Why there are fewer than were asked for, where days are excluded.</param>
public sealed record SchedulePreviewView(
    IReadOnlyList<PreviewOccurrence> Occurrences,
    bool Complete,
    string Description,
    string Timezone,
    string? Note = null
);

/// <summary>One occurrence.</summary>
/// <param name="Local">Local time with its offset.</param>
/// <param name="Note">What daylight saving did to it, if anything.</param>
public sealed record PreviewOccurrence(DateTimeOffset Utc, string Local, string? Note);

/// <summary>A schedule said in English.</summary>
/// <param name="Text">Such as <c>every other Friday at 9</c> or <c>in 20 minutes</c>; at most 200 characters.</param>
/// <param name="Timezone">IANA time zone of local times, such as <c>Europe/Chisinau</c>; else the text's, or the
/// server's.</param>
/// <param name="Now">What "tomorrow" and "in 20 minutes" count from; now when absent.</param>
public sealed record ParseSchedule(string? Text, string? Timezone = null, DateTimeOffset? Now = null);

/// <summary>What was understood, ready for a task.</summary>
/// <param name="ScheduleKind"><c>cron</c>, <c>rrule</c> or <c>once</c>.</param>
/// <param name="Description">The schedule in words; compare it with what was said.</param>
/// <param name="Occurrences">The next five.</param>
public sealed record ParsedScheduleView(
    string ScheduleKind,
    string ScheduleExpr,
    string Timezone,
    string Description,
    IReadOnlyList<PreviewOccurrence> Occurrences
);

/// <summary>A named set of days that tasks can exclude.</summary>
/// <param name="Entries">Dates, date ranges and RRULEs, at most 1,000.</param>
public sealed record CalendarInput(IReadOnlyList<string>? Entries);

/// <summary>A named set of days.</summary>
public sealed record CalendarView(string Name, IReadOnlyList<string> Entries, int Version, DateTimeOffset UpdatedAt);
