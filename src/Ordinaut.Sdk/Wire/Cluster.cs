namespace Ordinaut.Sdk.Wire;

/// <summary>The database as a whole.</summary>
/// <param name="Incarnation">Counts its lives: each restore from a backup begins another.</param>
/// <param name="State">
/// <c>active</c>; <c>paused</c>: it was restored, and nothing fires before somebody takes over; or <c>taking_over</c>.
/// </param>
/// <param name="RestoredTo">What it knew when it was restored ended here; null when nobody can say.</param>
/// <param name="RestoredAt">Null: it never was.</param>
public sealed record ClusterView(long Incarnation, string State, DateTimeOffset? RestoredTo, DateTimeOffset? RestoredAt)
{
    /// <summary>Why nothing fires; null when all does.</summary>
    public string? Detail { get; init; }
}

/// <summary>How to take over.</summary>
/// <param name="Gap">
/// What becomes of what was due between the backup and now: <c>hold</c> (it is not done, and told of) or <c>run</c> (it
/// goes on as after a crash: for those who know that nothing ran since the backup). Absent: as the restore said, else
/// hold.
/// </param>
public sealed record TakeoverInput(string? Gap = null);
