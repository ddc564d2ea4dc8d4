using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Figure 8: a disk that fails now and then, a process without memory, a run that takes its workers down. Nothing that
/// was acknowledged is lost, and whoever restarts a process that ends has all that is needed.
/// </summary>
public sealed class InjuryFigure(ITestOutputHelper output)
{
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);

    private static TimeSpan Length => TimeSpan.FromSeconds(Campaign.IsLong ? 60 : 4);

    [Theory]
    [InlineData("pwrite64", "EIO", 97)]
    [InlineData("pwrite64", "ENOSPC", 97)]
    [InlineData("fsync,fdatasync", "EIO", 11)]
    public async Task A_disk_that_fails_now_and_then_loses_nothing(string call, string error, int every)
    {
        using var turn = await Campaign.Turn();
        if (Debian.Find("strace") is not { } strace)
        {
            Campaign.Print(output, $"Figure 8, {error} at {call}", "not run: strace is not to be had");
            return;
        }

        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        await node.Kill();
        var file = Path.Combine(node.Setup.Data, "ordinaut.db");
        string[] look = [strace, "-D", "-f", "-qq", "-o", "/dev/null", "-P", file, "-P", file + "-wal"];
        string[] injure = ["-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={every}+{every}"];
        node.Setup = node.Setup with { Under = [.. look, .. injure] };

        var result = await Endure(fleet, node);

        Assert.True(fleet.Traffic.Repeats > 0, "No request met the fault.");
        Campaign.Print(output, $"Figure 8, {error} at every {every}th {call}", result);
    }

    [Fact]
    public async Task A_process_without_memory_loses_nothing()
    {
        using var turn = await Campaign.Turn();
        using var group = MemoryGroup.TryMake(megabytes: 160);
        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        await node.Kill();
        node.Setup = group is null
            ? node.Setup with
            {
                Variables = new Dictionary<string, string>(node.Setup.Variables)
                {
                    ["DOTNET_GCHeapHardLimit"] = "0x2000000",
                },
            }
            : node.Setup with
            {
                Under = group.Joining,
            };

        var result = await Endure(fleet, node, ballast: 200_000);

        var how = group is null
            ? "a heap of 32 MiB (no right to make a cgroup)"
            : $"a cgroup of 160 MiB, full {group.Full} times";
        Assert.True(group is null || group.Full > 0, "There was memory enough.");
        Campaign.Print(output, "Figure 8, memory", $"{how}: {result}");
    }

    /// <summary>Two deaths are bad luck, three are its doing: it waits for a person, and the others go on.</summary>
    [Theory]
    [InlineData(2, "succeeded")]
    [InlineData(3, "quarantined")]
    public async Task A_run_that_takes_its_workers_down_is_put_aside(int deaths, string state)
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        await using var sink = await Sink.Start();
        var load = new Load(fleet.Traffic, sink, new Books(), Campaign.Seed);
        await load.Prepare(ticking: 1);
        var task = await load.Create(
            Load.Task("poison", "cron", "0 0 1 1 *", load.Call("keyed", "poison", hold: 3_000))
        );
        var run = await fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
        var id = run!["id"]!.GetValue<Guid>();
        for (var death = 1; death <= deaths; death++)
        {
            await Campaign.Until("it runs", 4 * Fleet.Lease, () => Calls().Count() == death);
            await node.Kill();
            await node.Start();
        }

        await Campaign.Until(
            $"it is {state}",
            4 * Fleet.Lease,
            async () => (await fleet.Traffic.Get($"/runs/{id}"))!["state"]!.GetValue<string>() == state
        );
        var ended = DateTimeOffset.UtcNow;
        await sink.HeardAfter(ended, BackWithin);
        Assert.Equal(3, Calls().Count());
        Campaign.Print(output, "Figure 8, poison", $"{deaths} deaths: {state} after 3 calls, the others went on");

        IEnumerable<SinkCall> Calls() => sink.Calls.Where(call => call.Step == "poison");
    }

    /// <summary>Load for a while, and a new process whenever one has ended; then the books.</summary>
    /// <param name="ballast">How much more each of some events carries.</param>
    private static async Task<string> Endure(Fleet fleet, NodeProcess node, int ballast = 0)
    {
        var books = new Books();
        await using var sink = await Sink.Start();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        var (began, deaths) = (TimeProvider.System.GetTimestamp(), 0);
        using var stop = new CancellationTokenSource();
        await Revive(node);
        await load.Prepare(ticking: 2);
        var clients = Task.WhenAll(
            load.Run(4, stop.Token),
            ballast == 0 ? Task.CompletedTask : Burden(fleet, ballast, stop.Token)
        );
        while (TimeProvider.System.GetElapsedTime(began) < Length)
        {
            if (node.IsDead)
            {
                deaths++;
                await Revive(node);
            }

            await Task.Delay(100);
        }

        await stop.CancelAsync();
        await clients;
        await node.Kill();
        node.Setup = new NodeSetup(node.Setup.Data) { Variables = Sound(node) };
        await node.Start();
        await load.Rest(TimeSpan.FromSeconds(60));
        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        return $"{fleet.Traffic.Repeats} requests asked again, {deaths} deaths, {books.Acknowledged} acknowledged, "
            + $"{books.Calls.Count} calls: 0 lost, 0 double, 0 damaged";
    }

    /// <summary>A process may die at its start as well; soon one does not.</summary>
    private static async Task Revive(NodeProcess node)
    {
        var began = TimeProvider.System.GetTimestamp();
        await node.Kill();
        while (!await node.TryStart())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < BackWithin, $"It does not start: {node.Errors}");
            await node.Kill();
        }
    }

    private static Dictionary<string, string> Sound(NodeProcess node) =>
        node.Setup.Variables.Where(one => !one.Key.StartsWith("DOTNET")).ToDictionary();

    private static Task Burden(Fleet fleet, int bytes, CancellationToken stop)
    {
        var text = new string('x', bytes);
        return Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(async _ =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        var body = new JsonObject { ["topic"] = "burden.made", ["payload"] = text };
                        await fleet.Traffic.Post("/events", body, stop);
                    }
                })
        );
    }
}
