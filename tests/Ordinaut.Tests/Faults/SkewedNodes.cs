using Ordinaut.Hosting;

namespace Ordinaut.Tests.Faults;

/// <summary>Nodes in the test's process, each by a clock of its own.</summary>
internal sealed class SkewedNodes : IAsyncDisposable
{
    private readonly List<Serve> _nodes = [];

    /// <summary>Starts one on the fleet's database and lets the fleet's clients know of it.</summary>
    public async Task Add(Fleet fleet, TimeSpan skew)
    {
        var node = fleet.Make("all");
        var options = new OrdinautOptions
        {
            Urls = node.Setup.Urls,
            Data = node.Setup.Data,
            PostgresUrl = fleet.Database!,
            EgressAllow = "127.0.0.1",
            LeaseSeconds = (int)Fleet.Lease.TotalSeconds,
            DrainSeconds = 0,
        };
        var serve = await Serve.Start(options, new SkewedClock(skew));
        _nodes.Add(serve);
        node.Appear(new Uri(serve.Addresses[0]));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + skew;
    }
}
