using Ordinaut.Hosting;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 4, upgrade: three nodes are brought to the next version one by one, under load, and back again. The versions
/// work beside each other on the schema of the newer one: no request fails, no occurrence is lost or doubled.
/// </summary>
public sealed class UpgradeFigure(FaultBench bench, ITestOutputHelper output)
{
    private const int Nodes = 3;

    /// <summary>How long two versions work beside each other before the next node goes.</summary>
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(Campaign.IsLong ? 30 : 1);

    [Fact]
    public async Task Nodes_go_to_the_next_version_and_back_and_nobody_notices()
    {
        using var turn = await Campaign.Turn();
        using var next = new NextProgram(NextProgram.Expands);
        await using var fleet = await Start();
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        await load.Prepare(ticking: 3);
        using var stop = new CancellationTokenSource();
        var clients = load.Run(3, stop.Token);
        var today = fleet.Nodes[0].Setup.Program;
        var rounds = Campaign.Rounds(1, 5);
        for (var round = 0; round < rounds; round++)
        {
            await Roll(fleet, sink, next.File);
            Assert.Equal([NextProgram.Version], await Versions(fleet));
            await Roll(fleet, sink, today);
            Assert.Equal([Health.Version], await Versions(fleet));
        }

        await stop.CancelAsync();
        await clients;
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(fleet.Traffic.Failures);
        Assert.Equal(0, fleet.Traffic.Defects);
        // The mutant of these zeros: a client that does not ask another node would have failed.
        Assert.True(fleet.Traffic.Repeats > 0, "No request met a node that was going.");
        Assert.Empty(await fleet.Check(books));
        Campaign.Print(output, "Figure 4, upgrade", Result(fleet, books, rounds));
    }

    /// <summary>The mutant of the zero above: a migration that takes away what the version before still uses.</summary>
    [Fact]
    public async Task A_migration_that_does_not_expand_is_found_out()
    {
        using var turn = await Campaign.Turn();
        using var next = new NextProgram("alter table event rename column topic to subject");
        await using var fleet = await Start();
        await using var sink = await Sink.Start();
        using var stop = new CancellationTokenSource();
        var load = new Load(fleet.Traffic, sink, new Books(), Campaign.Seed);
        await load.Prepare(ticking: 1);
        var clients = load.Run(3, stop.Token);
        await Replace(fleet.Nodes[0], next.File);
        var patience = TimeSpan.FromSeconds(30);

        await Campaign.Until("a node has a defect", patience, () => fleet.Traffic.Defects > 0);

        await stop.CancelAsync();
        await clients;
    }

    private async Task<Fleet> Start()
    {
        var fleet = new Fleet(await bench.NewDatabase());
        for (var node = 0; node < Nodes; node++)
        {
            await fleet.Add("all");
        }

        return fleet;
    }

    /// <summary>One node after the other, each when the one before works.</summary>
    private static async Task Roll(Fleet fleet, Sink sink, string program)
    {
        foreach (var node in fleet.Nodes)
        {
            await Replace(node, program);
            await Task.Delay(Beside);
            await sink.HeardAfter(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(10));
        }
    }

    private static async Task Replace(NodeProcess node, string program)
    {
        await node.Terminate();
        Assert.Equal(0, await node.Exit());
        node.Setup = node.Setup with { Program = program };
        await node.Start();
    }

    private static async Task<IEnumerable<string>> Versions(Fleet fleet)
    {
        var workers = await fleet.Traffic.Get("/workers");
        return workers!["items"]!
            .AsArray()
            .Where(node => node!["state"]!.GetValue<string>() == "active")
            .Select(node => node!["version"]!.GetValue<string>())
            .Distinct();
    }

    private static string Result(Fleet fleet, Books books, int rounds) =>
        $"{rounds} times there and back, {2 * Nodes * rounds} nodes replaced, versions beside each other "
        + $"{4 * rounds * Beside.TotalSeconds:0} s and more; {fleet.Traffic.Answers.Count} requests, "
        + $"{fleet.Traffic.Repeats} asked again, 0 failed; {books.Acknowledged} acknowledged, {books.Calls.Count} "
        + "calls of steps, 0 lost, 0 double";
}
