namespace Ordinaut.Sdk.Wire;

/// <summary>What should be heard of again and again. A member that is left out of a change stays as it is.</summary>
/// <param name="Name">For people, 1 to 200 characters; the title of its alerts.</param>
/// <param name="TaskId">
/// The task that should succeed. Without it the monitor has an address that something outside calls.
/// </param>
/// <param name="EverySeconds">
/// How long may pass from one word to the next, 60 to 31622400. A task that has a schedule needs none: its schedule
/// says when.
/// </param>
/// <param name="GraceSeconds">How much later it may be, 1 to 604800; 300 when left out.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> (when left out) or <c>critical</c>.</param>
/// <param name="Paused">
/// Whether nothing is waited for, until this is false again; an open alert resolves. False when left out.
/// </param>
public sealed record MonitorInput(
    string? Name = null,
    Guid? TaskId = null,
    long? EverySeconds = null,
    long? GraceSeconds = null,
    string? Severity = null,
    bool? Paused = null
);

/// <summary>All that is told of a monitor.</summary>
public sealed record MonitorView
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }
    public required string Name { get; init; }

    /// <summary>The task that should succeed; null when something outside calls.</summary>
    public required Guid? TaskId { get; init; }

    public required long? EverySeconds { get; init; }
    public required long GraceSeconds { get; init; }
    public required string Severity { get; init; }

    /// <summary>Whether it was told to wait for nothing.</summary>
    public required bool Paused { get; init; }

    /// <summary>
    /// <c>ok</c>, <c>missed</c>, or <c>idle</c>: nothing is to come, as while it or its task is paused.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The last word of it; null before the first.</summary>
    public required DateTimeOffset? HeardAt { get; init; }

    /// <summary>By when there must be word of it; null when nothing is to come, or it is missed.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>The alert that is open because of it; null when there is none.</summary>
    public required Guid? AlertId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A monitor that was made.</summary>
/// <param name="HeartbeatPath">
/// What something outside must POST to, below the server's address; shown this once, and null for a task. Who knows it
/// may call.
/// </param>
public sealed record NewMonitor(Guid Id, string Name, string? HeartbeatPath)
{
    /// <summary>Nothing of the address.</summary>
    public override string ToString() => nameof(NewMonitor);
}

/// <summary>The answer to a heartbeat.</summary>
/// <param name="DueAt">By when the next one must come; null while the monitor is paused.</param>
public sealed record HeartbeatReceipt(DateTimeOffset? DueAt);

/// <summary>What is wrong, or was.</summary>
public sealed record AlertView
{
    public required Guid Id { get; init; }
    public required Guid OwnerId { get; init; }

    /// <summary>What it is about: <c>monitor</c>, <c>webhook</c> or <c>test</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The monitor or the webhook.</summary>
    public required Guid SourceId { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    public required string Title { get; init; }

    /// <summary>What was expected and what is known of it, in words.</summary>
    public required string Detail { get; init; }

    /// <summary><c>firing</c>, <c>acknowledged</c> (and still so) or <c>resolved</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was last found to be so.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    public required Guid? AcknowledgedBy { get; init; }
    public required DateTimeOffset? AcknowledgedAt { get; init; }
    public required DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What became of its news at each webhook that listens; empty in lists.</summary>
    public required IReadOnlyList<AlertDeliveryView> Deliveries { get; init; }
}

/// <summary>What became of one piece of an alert's news at one webhook.</summary>
/// <param name="Topic"><c>alert.fired</c> or <c>alert.resolved</c>.</param>
/// <param name="State"><c>waiting</c>, <c>delivered</c> or <c>given_up</c>.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="Error">Why the last attempt failed; null when none did.</param>
/// <param name="At">When that was so.</param>
public sealed record AlertDeliveryView(
    Guid WebhookId,
    Guid EventId,
    string Topic,
    string State,
    int Attempts,
    string? Error,
    DateTimeOffset At
);
