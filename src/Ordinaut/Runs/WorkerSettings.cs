namespace Ordinaut.Runs;

/// <summary>How a worker works.</summary>
/// <param name="Name">Whose leases they are; unique over all processes ever.</param>
/// <param name="Slots">Runs held at once, 1 to 10,000.</param>
/// <param name="Lease">How long a claim lasts without renewal; it is renewed at a third.</param>
/// <param name="DrainGrace">How long running runs may go on when the process stops.</param>
internal sealed record WorkerSettings(string Name, int Slots, TimeSpan Lease, TimeSpan DrainGrace)
{
    /// <summary>Runs of one agent held at once, 1 or more; as many as there are slots when nothing is said.</summary>
    public int SlotsOfAgent { get; init; } = Slots;

    /// <summary>How long a claim may wait for more slots to come free.</summary>
    public static readonly TimeSpan LongestLinger = TimeSpan.FromMilliseconds(10);

    /// <summary>Taken before the lease is written, so it always lies before the lease's end in the database.</summary>
    public long LeaseDeadline(TimeProvider clock)
    {
        var margin = Worker.LeaseMargin < Lease / 2 ? Worker.LeaseMargin : Lease / 2;
        return clock.GetTimestamp() + (long)((Lease - margin).TotalSeconds * clock.TimestampFrequency);
    }
}
