namespace Ordinaut.Bench;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">For example <c>runs/s</c>, <c>ms</c>, <c>ns</c>.</param>
/// <param name="Goal">The goal in the same unit; null where there is none.</param>
internal sealed record Measure(string Name, double Value, string Unit, double? Goal = null, bool LowerIsBetter = false)
{
    /// <summary>How the figure stands to its goal: 1 or more means reached.</summary>
    public double? Ratio => Goal is { } goal && Value > 0 ? (LowerIsBetter ? goal / Value : Value / goal) : null;

    /// <summary>The value below which a share of the samples lies; nearest rank.</summary>
    public static double Percentile(List<double> samples, double share)
    {
        samples.Sort();
        return samples.Count == 0 ? 0 : samples[Math.Min(samples.Count - 1, (int)(share * samples.Count))];
    }
}

/// <summary>How much to measure.</summary>
/// <param name="Runs">No-op runs to drain.</param>
/// <param name="Due">Tasks due in one second, one after the other.</param>
/// <param name="Asking">Runs that wait for an approval.</param>
/// <param name="Requests">HTTP requests of each kind.</param>
/// <param name="PickUps">Single runs started on an idle server.</param>
/// <param name="Waiting">Runs that wait while others are drained.</param>
internal sealed record BenchSize(int Runs, IReadOnlyList<int> Due, int Asking, int Requests, int PickUps, int Waiting)
{
    public static readonly BenchSize Quick = new(20_000, [2_000], 2_000, 10_000, 300, 100_000);
    public static readonly BenchSize Full = new(200_000, [10_000, 100_000], 10_000, 100_000, 2_000, 1_000_000);
}
