using Ordinaut.Tasks;

namespace Ordinaut.Runs;

/// <summary>An occurrence someone wants of a task.</summary>
internal sealed record Wish(TaskDefinition Task, OccurrenceRequest Request)
{
    public bool ReplacesPrevious =>
        Task.Settings.OverlapPolicy == OverlapPolicy.CancelPrevious && Request.Trigger != Trigger.Backfill;

    public (Guid TaskId, Occurrence Line) LineOf(QueuedRun run) => (Task.Id, Request.Line(run.Id));
}

/// <summary>Which run is wanted.</summary>
/// <param name="ScheduledFor">The nominal instant: the schedule's, the event's, or that of the request.</param>
/// <param name="Key">Empty for the schedule; else what makes it unique beside the instant.</param>
internal sealed record OccurrenceRequest(DateTimeOffset ScheduledFor, string Key, Trigger Trigger)
{
    public int Depth { get; init; }

    /// <summary>What the run is given beyond its task, as JSON text: params, event, missed.</summary>
    public string? Input { get; init; }

    /// <summary>Whether the key is of an id made for it, so that nobody else can have written its line.</summary>
    public bool HasNewKey => Trigger is Trigger.Manual or Trigger.Retry;

    public Occurrence Line(Guid? runId) =>
        new()
        {
            ScheduledFor = ScheduledFor,
            Key = Key,
            RunId = runId,
        };
}

/// <summary>What became of a wish for a run.</summary>
internal abstract record Admission
{
    private Admission() { }

    internal sealed record Queued(QueuedRun Run) : Admission;

    internal sealed record Skipped(string Reason, string Detail) : Admission;

    /// <summary>The occurrence has its line already: someone else was first, and that is fine.</summary>
    internal sealed record Known : Admission;
}
