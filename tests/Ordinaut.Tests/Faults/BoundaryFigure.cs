using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Every boundary between two steps: a process killed while step k is under way goes on with step k. Those before it
/// are not called again, itself under the same key, those after it once.
/// </summary>
public sealed class BoundaryFigure(ITestOutputHelper output)
{
    private const int Steps = 8;

    /// <summary>How long the step is under way in which the kill comes.</summary>
    private const int HoldMilliseconds = 3_000;

    [Fact]
    public async Task Killed_at_any_boundary_a_run_repeats_no_finished_step()
    {
        using var turn = await Campaign.Turn();
        await using var fleet = new Fleet();
        var node = await fleet.Add("all");
        await using var sink = await Sink.Start();
        var books = new Books();
        var load = new Load(fleet.Traffic, sink, books, Campaign.Seed);
        int[] boundaries = Campaign.IsLong ? [.. Enumerable.Range(1, Steps)] : [1, Steps / 2, Steps];
        foreach (var boundary in boundaries)
        {
            var steps = Enumerable.Range(1, Steps).Select(k => Step(load, k, boundary)).ToArray<JsonNode>();
            var task = await load.Create(Load.Task($"b{boundary}", "cron", "0 0 1 1 *", steps));
            var asked = await fleet.Traffic.Post($"/tasks/{task}/run_now", new JsonObject(), CancellationToken.None);
            var run = asked!["id"]!.GetValue<Guid>();
            books.Runs.Add(run);
            await Campaign.Until("the step is under way", Fleet.Lease * 4, () => CallsOf(sink, run, boundary).Any());
            await node.Kill();
            await node.Start();
            await load.Rest(TimeSpan.FromSeconds(60));

            var shown = await fleet.Traffic.Get($"/runs/{run}");
            Assert.Equal("succeeded", shown!["state"]!.GetValue<string>());
            Assert.Equal(Expected(boundary), Enumerable.Range(1, Steps).Select(k => CallsOf(sink, run, k).Count()));
            Assert.Single(CallsOf(sink, run, boundary).Select(call => call.Key).Distinct());
        }

        books.Calls = sink.Calls;
        Assert.Empty(await fleet.Check(books));
        Campaign.Print(
            output,
            "Figure 2, kill at boundaries",
            $"{boundaries.Length} of {Steps} boundaries; {sink.Calls.Count} calls: 0 finished steps repeated"
        );
    }

    private static IEnumerable<int> Expected(int boundary) =>
        Enumerable.Range(1, Steps).Select(k => k == boundary ? 2 : 1);

    private static IEnumerable<SinkCall> CallsOf(Sink sink, Guid run, int step) =>
        sink.Calls.Where(call => call.Run == run && call.Step == $"s{step}");

    private static JsonObject Step(Load load, int k, int boundary) =>
        load.Call("keyed", $"s{k}", k == boundary ? HoldMilliseconds : 0);
}
