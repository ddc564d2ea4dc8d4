using System.Diagnostics;
using System.Globalization;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// The shipped core under seeded faults in virtual time. A failure prints its seed and
/// all that follows from it; the same seed fails in the same way again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const long Occurrences = 100_000;
    private const long CampaignOccurrences = 1_000_000;
    private const int CampaignReplays = 10;

    [Fact]
    public void Nothing_is_lost_doubled_or_left_unaccounted_whatever_fails()
    {
        var wanted = Figure.IsCampaign ? CampaignOccurrences : Occurrences;
        var watch = Stopwatch.StartNew();
        var reports = new List<SimReport>();
        while (reports.Sum(report => report.Occurrences) < wanted)
        {
            reports.Add(Simulation.Run(SimOptions.Of(reports.Count + 1)));
        }

        output.WriteLine(Summary(reports, watch.Elapsed));
        var failed = reports.Where(report => report.Violations.Count > 0).ToList();
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }

    [Fact]
    public void A_seed_replays_to_the_same_history()
    {
        int[] seeds = Figure.IsCampaign ? [.. Enumerable.Range(1, CampaignReplays)] : [7];
        foreach (var seed in seeds)
        {
            Assert.Equal(Simulation.Run(SimOptions.Of(seed)).Hash, Simulation.Run(SimOptions.Of(seed)).Hash);
        }

        Assert.NotEqual(Simulation.Run(SimOptions.Of(7)).Hash, Simulation.Run(SimOptions.Of(11)).Hash);
        output.WriteLine(
            $"{seeds.Length} of {seeds.Length} seeds replayed to the same hash: {string.Join(' ', seeds)}"
        );
    }

    private static string Summary(List<SimReport> reports, TimeSpan took)
    {
        var struck = reports
            .SelectMany(report => report.Struck)
            .GroupBy(struck => struck.Key)
            .Select(group => $"{group.Key} {group.Sum(struck => struck.Value)}");
        var virtually = reports.Sum(report => report.Virtual.TotalSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {reports.Sum(report => report.Occurrences)} occurrences, {reports.Sum(report => report.Runs)} runs ended,
            {reports.Sum(report => report.Calls)} tool calls, seeds 1 to {reports.Count}, {virtually / 3600:F1} h of
            virtual time in {took.TotalSeconds:F1} s ({virtually / took.TotalSeconds:F0} x real time) on one of
            {Figure.Machine}
            {reports.Sum(report => report.Violations.Count)} violations; faults that struck: {string.Join(", ", struck)}
            """
        );
    }
}
