using System.Globalization;
using Ordinaut.Tests.Faults;

namespace Ordinaut.Tests.Hostile;

/// <summary>How long the quiet agent waited, in milliseconds.</summary>
internal sealed class Waits
{
    /// <summary>
    /// Below it nobody is starved, whatever the ratio: what a flush of the disk or another process on one of two cores
    /// takes. The short form has a few hundred values and runs beside whatever else a check does, so that its 99th
    /// percentile is the third worst: it shows starvation, and the long form the ratio.
    /// </summary>
    private static readonly double RequestFloor = Figure.IsCampaign ? 5 : 250;

    /// <summary>The same of a start: a look at the queue, a claim, and two commits.</summary>
    private static readonly double StartFloor = Figure.IsCampaign ? 10 : 500;

    /// <summary>
    /// How often a request waits for a processor in the client: to be sent, to be heard, to be read. What a thread that
    /// only wants to run waits longer there under attack is the machine's, not the server's: the attacker's own client
    /// runs there (<see cref="Cores"/>).
    /// </summary>
    private const int Turns = 3;

    public List<double> CalmRequests { get; } = [];
    public List<double> AttackedRequests { get; } = [];
    public List<double> CalmStarts { get; } = [];
    public List<double> AttackedStarts { get; } = [];
    public List<double> CalmBeats { get; } = [];
    public List<double> AttackedBeats { get; } = [];

    public string Text =>
        $"requests: calm {Spread(CalmRequests)}; attacked {Spread(AttackedRequests)}\n"
        + $"starts: calm {Spread(CalmStarts)}; attacked {Spread(AttackedStarts)}\n"
        + $"clients' processor: calm {Spread(CalmBeats)}; attacked {Spread(AttackedBeats)}";

    private double MachinesOwn => Turns * Math.Max(0, P99(AttackedBeats) - P99(CalmBeats));

    public IEnumerable<string> Faults(double factor)
    {
        if (CalmStarts.Concat(AttackedStarts).Count(double.IsNaN) is > 0 and var lost)
        {
            yield return $"{lost} runs did not begin";
        }

        if (P99(AttackedRequests) > Math.Max(RequestFloor, (factor * P99(CalmRequests)) + MachinesOwn))
        {
            yield return $"requests wait too long: {Text}";
        }

        if (P99(AttackedStarts) > Math.Max(StartFloor, (factor * P99(CalmStarts)) + MachinesOwn))
        {
            yield return $"runs begin too late: {Text}";
        }
    }

    private static double P99(List<double> values) => Campaign.Percentile([.. values.Where(v => !double.IsNaN(v))], 99);

    private static string Spread(List<double> values) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{values.Count} with p50 {Campaign.Percentile(values, 50):F1} p99 {P99(values):F1} "
                + $"max {values.Max():F1} ms"
        );
}
