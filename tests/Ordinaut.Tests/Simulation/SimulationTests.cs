using System.Diagnostics;
using System.Globalization;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// The shipped core under seeded faults in virtual time. A failure prints its seed and
/// all that follows from it; the same seed fails in the same way again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 10;
    private const int CampaignSeeds = 2_000;

    [Fact]
    public void Nothing_is_lost_doubled_or_left_unaccounted_whatever_fails()
    {
        var seeds = Environment.GetEnvironmentVariable("ORDINAUT_CAMPAIGN") == "1" ? CampaignSeeds : Seeds;
        var watch = Stopwatch.StartNew();
        var reports = Enumerable.Range(1, seeds).Select(seed => Simulation.Run(SimOptions.Of(seed))).ToList();

        output.WriteLine(Summary(reports, watch.Elapsed));
        var failed = reports.Where(report => report.Violations.Count > 0).ToList();
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }

    [Fact]
    public void A_seed_replays_to_the_same_history()
    {
        var first = Simulation.Run(SimOptions.Of(7));
        var second = Simulation.Run(SimOptions.Of(7));
        var other = Simulation.Run(SimOptions.Of(11));

        Assert.Equal(first.Hash, second.Hash);
        Assert.NotEqual(first.Hash, other.Hash);
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
            {reports.Sum(report => report.Calls)} tool calls, {reports.Count} seeds, {virtually / 3600:F1} h of virtual
            time in {took.TotalSeconds:F1} s ({virtually / took.TotalSeconds:F0} x real time)
            faults: {string.Join(", ", struck)}
            """
        );
    }
}
