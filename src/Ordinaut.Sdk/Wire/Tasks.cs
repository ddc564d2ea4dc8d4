using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>
/// A task as a client writes it: <c>POST /tasks</c>, <c>PUT /tasks/{id}</c>. Only <see cref="Title"/>,
/// <see cref="ScheduleKind"/> and <see cref="Payload"/> are always needed.
/// </summary>
public sealed record TaskInput
{
    /// <summary>1 to 200 characters.</summary>
    public string? Title { get; init; }

    /// <summary>At most 2,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary><c>cron</c>, <c>rrule</c>, <c>once</c>, <c>event</c> or <c>condition</c>.</summary>
    public string? ScheduleKind { get; init; }

    /// <summary>
    /// By kind: cron <c>30 8 * * 1-5</c>; rrule, RFC 5545 lines such as
    /// <c>RRULE:FREQ=WEEKLY;BYDAY=FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0</c>, with DTSTART or RDATE lines if need be; once
    /// <c>2027-03-28T18:00:00</c>, local unless it has an offset; event, a topic pattern such as <c>orders.*</c>;
    /// condition, a JSON text such as
    /// <c>{"every":"PT5M","check":{"uses":"http.request","with":{}},"when":"status != `200`"}</c>.
    /// </summary>
    public string? ScheduleExpr { get; init; }

    /// <summary>IANA time zone of local times, such as <c>Europe/Chisinau</c>; the server's zone when absent.</summary>
    public string? Timezone { get; init; }

    /// <summary><c>{"params": {…}, "pipeline": [step…]}</c>.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>1 (first) to 9 among the runs of one agent; 5 when absent.</summary>
    public int? Priority { get; init; }

    /// <summary>
    /// Runs of tasks with the same key within the window are skipped as duplicates; at most 100 characters.
    /// </summary>
    public string? DedupeKey { get; init; }

    /// <summary>Seconds, 0 (off) to 2,592,000.</summary>
    public int? DedupeWindowSeconds { get; init; }

    /// <summary>0 to 10; 3 when absent.</summary>
    public int? MaxRetries { get; init; }

    /// <summary><c>exponential_jitter</c> (default), <c>linear</c> or <c>fixed</c>.</summary>
    public string? BackoffStrategy { get; init; }

    /// <summary>Runs of all tasks with the same key share its limit; at most 100 characters.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>How many runs per key may be active at once, 1 to 1,000; 1 when absent.</summary>
    public int? ConcurrencyLimit { get; init; }

    /// <summary><c>run_once</c> (default), <c>run_all</c> or <c>skip</c>.</summary>
    public string? MisfirePolicy { get; init; }

    /// <summary>Missed occurrences older than this are not caught up, in seconds; no limit when absent.</summary>
    public int? CatchUpWindowSeconds { get; init; }

    /// <summary><c>queue</c> (default), <c>skip</c> or <c>cancel_previous</c>.</summary>
    public string? OverlapPolicy { get; init; }

    /// <summary>Spreads the start over this many seconds by a fixed offset per task, 0 to 86,400.</summary>
    public int? JitterSeconds { get; init; }

    /// <summary>No occurrence before this instant.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>No occurrence after this instant.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Time limit of a whole run in seconds, 1 to 604,800; 3,600 when absent.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>
    /// Days without occurrences: <c>2027-01-01</c>, <c>2027-12-24/2028-01-07</c>, an RRULE, <c>calendar:NAME</c>.
    /// </summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>An occurrence that could not start within this many seconds is skipped as stale.</summary>
    public int? ExpiresAfterSeconds { get; init; }

    /// <summary>JMESPath over the event; only for <c>event</c> tasks.</summary>
    public string? EventFilter { get; init; }

    /// <summary>At most 20 tags of at most 50 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Any JSON object of at most 16 KiB; kept, never interpreted.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>The owner. Comes from the token; if given, it must match unless the caller is an admin.</summary>
    public Guid? CreatedBy { get; init; }
}

/// <summary>A task as the server shows it.</summary>
public sealed record TaskView
{
    public required Guid Id { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }
    public required string ScheduleKind { get; init; }
    public required string? ScheduleExpr { get; init; }
    public required string Timezone { get; init; }
    public required JsonElement Payload { get; init; }
    public required string Status { get; init; }
    public required int Priority { get; init; }
    public required string? DedupeKey { get; init; }
    public required int DedupeWindowSeconds { get; init; }
    public required int MaxRetries { get; init; }
    public required string BackoffStrategy { get; init; }
    public required string? ConcurrencyKey { get; init; }
    public required int ConcurrencyLimit { get; init; }
    public required string MisfirePolicy { get; init; }
    public required int? CatchUpWindowSeconds { get; init; }
    public required string OverlapPolicy { get; init; }
    public required int JitterSeconds { get; init; }
    public required DateTimeOffset? StartsAt { get; init; }
    public required DateTimeOffset? EndsAt { get; init; }
    public required int TimeoutSeconds { get; init; }
    public required IReadOnlyList<string> Exclude { get; init; }
    public required int? ExpiresAfterSeconds { get; init; }
    public required string? EventFilter { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required JsonElement? Metadata { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Grows with each edit; the value of the ETag.</summary>
    public required int Version { get; init; }

    /// <summary>The task whose run made it; null when no run did.</summary>
    public required Guid? ParentTaskId { get; init; }

    /// <summary>The first task of the line that led to it; null when no run made it.</summary>
    public required Guid? RootTaskId { get; init; }

    /// <summary>How many runs led to one another before one of them made it.</summary>
    public required int Depth { get; init; }

    /// <summary>The most that its runs may do, fixed when what it does was saved.</summary>
    public required GrantView Grant { get; init; }

    /// <summary>
    /// The digest of what waits for approval, a new task or an edit of this one, as <c>GET /tasks/{id}/proposal</c>
    /// shows it; null when nothing waits.
    /// </summary>
    public required string? Proposal { get; init; }

    /// <summary>The schedule in words.</summary>
    public required string ScheduleDescription { get; init; }

    public required DateTimeOffset? NextRunAt { get; init; }
    public required DateTimeOffset? SnoozedUntil { get; init; }
    public required LastRun? LastRun { get; init; }
}

/// <summary>
/// What a task's runs may do at the most; each call is also held against what its owner may at that moment.
/// </summary>
/// <param name="Scopes">Scopes that whoever saved the task held, of those its owner had.</param>
/// <param name="Tools">The tools it may use; null: every one.</param>
/// <param name="Hosts">The hosts it may name; null: every one.</param>
public sealed record GrantView(
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string>? Tools,
    IReadOnlyList<string>? Hosts
);

/// <summary>The latest run of a task.</summary>
public sealed record LastRun(Guid Id, string State, DateTimeOffset At);

/// <summary>Puts off the next occurrence.</summary>
/// <param name="DelaySeconds">1 to 604,800.</param>
/// <param name="Reason">At most 200 characters; shown by <c>why</c>.</param>
public sealed record Snooze(int? DelaySeconds, string? Reason = null);

/// <summary>Why a task is paused or canceled; optional.</summary>
/// <param name="Reason">At most 200 characters; kept in the audit log.</param>
public sealed record StatusChange(string? Reason = null);

/// <summary>Starts a run at once.</summary>
/// <param name="Params">Merged over the task's own params for this run only.</param>
public sealed record RunNow(JsonElement? Params = null);

/// <summary>Runs past occurrences of a stretch of time.</summary>
/// <param name="From">First instant, inclusive.</param>
/// <param name="Until">Last instant, inclusive; not in the future.</param>
/// <param name="Mode"><c>gaps</c> (default): only those that never ran; <c>all</c>: every one.</param>
public sealed record Backfill(DateTimeOffset? From, DateTimeOffset? Until, string? Mode = null);

/// <summary>What a backfill did.</summary>
/// <param name="Enqueued">Runs made.</param>
/// <param name="AlreadyDone">Occurrences left alone because they have a run.</param>
public sealed record BackfillResult(int Enqueued, int AlreadyDone, IReadOnlyList<Guid> RunIds);

/// <summary>Up to 1,000 tasks, or one action on up to 1,000 of them; all or nothing.</summary>
/// <param name="Create">Tasks to create.</param>
/// <param name="Action"><c>pause</c>, <c>resume</c>, <c>cancel</c> or <c>delete</c>, applied to <c>ids</c>.</param>
/// <param name="Ids">The tasks the action is for.</param>
public sealed record BulkTasks(
    IReadOnlyList<TaskInput>? Create = null,
    string? Action = null,
    IReadOnlyList<Guid>? Ids = null
);

/// <summary>What a bulk request did, in the order asked.</summary>
public sealed record BulkResult(int Count, IReadOnlyList<Guid> Ids);

/// <summary>One line of the ledger: a nominal firing, or a stretch of skipped ones, and what became of it.</summary>
public sealed record OccurrenceView
{
    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>The last of a stretch; null for a single occurrence.</summary>
    public required DateTimeOffset? Through { get; init; }

    /// <summary>How many occurrences this line stands for.</summary>
    public required long Count { get; init; }

    /// <summary>A run's state, or <c>skipped</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>
    /// Why it was skipped: overlap, paused, misfire, stale, excluded, dedupe, budget, superseded, condition,
    /// filter.
    /// </summary>
    public required string? Reason { get; init; }

    public required string? Detail { get; init; }
    public required Guid? RunId { get; init; }
    public required string Trigger { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>The answer to "why did it run, or not?".</summary>
public sealed record WhyView
{
    public required Guid TaskId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The answer in words.</summary>
    public required string Explanation { get; init; }

    /// <summary>A run's state, <c>skipped</c>, <c>due</c>, <c>expected</c> or <c>none</c>.</summary>
    public required string Outcome { get; init; }

    public required string? Reason { get; init; }
    public required OccurrenceView? Occurrence { get; init; }
    public required DateTimeOffset? PreviousAt { get; init; }
    public required DateTimeOffset? NextAt { get; init; }
}
