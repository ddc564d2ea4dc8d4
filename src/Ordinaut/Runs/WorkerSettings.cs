namespace Ordinaut.Runs;

/// <summary>How a worker works.</summary>
/// <param name="Name">Whose leases they are; unique over all processes ever.</param>
/// <param name="Slots">Runs held at once, 1 to 10,000.</param>
/// <param name="Lease">How long a claim lasts without renewal; it is renewed at a third.</param>
/// <param name="DrainGrace">How long running runs may go on when the process stops.</param>
internal sealed record WorkerSettings(string Name, int Slots, TimeSpan Lease, TimeSpan DrainGrace);
