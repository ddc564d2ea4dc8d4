namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 6, skew: nodes whose machines are an hour behind, right and an hour ahead lose nothing, double nothing, and
/// run nothing before its time by the database's clock. The clocks are handed in to nodes of this process: under
/// libfaketime the runtime's timed waits spin, and what is measured is the machine.
/// </summary>
public sealed class SkewFigure(FaultBench bench, ITestOutputHelper output)
{
    private const string Delays = "select scheduled_for, started_at from run where trigger = 'schedule'";

    private static readonly TimeSpan[] Skews = [TimeSpan.FromHours(-1), TimeSpan.Zero, TimeSpan.FromHours(1)];

    [Fact]
    public async Task Nodes_an_hour_apart_agree_on_what_is_due()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet(await bench.NewDatabase());
        await using var nodes = new SkewedNodes();
        foreach (var skew in Skews)
        {
            await nodes.Add(fleet, skew);
        }

        var lasts = TimeSpan.FromSeconds(Campaign.IsLong ? 120 : 3);
        await using var outage = await Outage.Begin(fleet);
        await Task.Delay(lasts);
        await outage.End();

        using var db = await fleet.Open();
        var delays = await db.Read(s => s.Query(Delays, row => (row.Instant(1) - row.Instant(0)).TotalSeconds));
        Assert.InRange(Campaign.Percentile(delays, 99), 0, 5);
        Campaign.Print(
            output,
            "Figure 6, skew",
            $"nodes at -1 h, 0 and +1 h for {lasts.TotalSeconds} s; {outage.Result}; {delays.Count} occurrences, "
                + $"0 before their time, delay {Campaign.Spread(delays)}"
        );
    }
}
