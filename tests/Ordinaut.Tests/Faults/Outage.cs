using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// Load on a fleet while something it depends on goes and comes back: what is refused meanwhile, how soon the work is
/// back, and in the end whether the books are right.
/// </summary>
internal sealed class Outage : IAsyncDisposable
{
    /// <summary>How soon nine tenths of the throughput are back when the database is.</summary>
    public static readonly TimeSpan BackAfterRestart = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The same after a network that dropped: requests that it swallowed wait for connections and statements that are
    /// given up first.
    /// </summary>
    public static readonly TimeSpan BackAfterSilence = TimeSpan.FromSeconds(20);

    /// <summary>The probe of the database has five seconds, and its result is kept for one.</summary>
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(12);

    /// <summary>In a network that drops: ten seconds for a connection and nine for the statement on it.</summary>
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Fleet _fleet;
    private readonly Sink _sink;
    private readonly Books _books = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<double> _back = [];
    private readonly Load _load;
    private Task _clients = Task.CompletedTask;

    private Outage(Fleet fleet, Sink sink, string sinkHost)
    {
        _fleet = fleet;
        _sink = sink;
        // A pace that a busy machine keeps up with: what is measured is the server's return, not the machine's speed.
        _load = new Load(fleet.Traffic, sink, _books, Campaign.Seed)
        {
            SinkHost = sinkHost,
            Pace = TimeSpan.FromMilliseconds(100),
        };
    }

    /// <summary>What came of it, in words.</summary>
    public string Result =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{_books.Acknowledged} acknowledged, {_books.Calls.Count} calls of steps: 0 lost, 0 double, 0 exits"
        ) + (_back.Count == 0 ? "" : $"; 90 % of the throughput back after {Campaign.Spread(_back)}");

    public static async Task<Outage> Begin(Fleet fleet, string sinkHost = "127.0.0.1")
    {
        var sink = await Sink.Start(sinkHost == "127.0.0.1" ? sinkHost : "0.0.0.0");
        var outage = new Outage(fleet, sink, sinkHost);
        await outage._load.Prepare(ticking: 3);
        outage._clients = outage._load.Run(4, outage._stop.Token);
        return outage;
    }

    /// <summary>One outage: the fault, what is looked at while it lasts, its end, and the return of the work.</summary>
    public async Task Strike(Func<Task> fault, Func<Task> meanwhile, Func<Task> mend, TimeSpan back)
    {
        await Task.Delay(Window + Window);
        var fair = _fleet.Traffic.Rate(DateTimeOffset.UtcNow - Window, DateTimeOffset.UtcNow);
        await fault();
        await meanwhile();
        await mend();
        var mended = DateTimeOffset.UtcNow;
        await Campaign.Until("the throughput is back", back + Window, () => Last() >= 0.9 * fair);
        _back.Add(Math.Max(0, (DateTimeOffset.UtcNow - mended - Window).TotalSeconds));
        Assert.Empty(_fleet.Deaths);

        double Last() => _fleet.Traffic.Rate(DateTimeOffset.UtcNow - Window, DateTimeOffset.UtcNow);
    }

    /// <summary>
    /// A node without its database says that it is not ready, and refuses in words that say when to come back.
    /// </summary>
    public async Task IsRefused(NodeProcess node)
    {
        await Campaign.Until(
            "the node says that it is not ready",
            SeenWithin,
            async () => await Health(node) == (HttpStatusCode.ServiceUnavailable, "failing")
        );
        var asked = TimeProvider.System.GetTimestamp();
        using var refusal = await _fleet.Traffic.Try(node.Address!, HttpMethod.Post, "/tasks", Load.Idle());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.StatusCode);
        Assert.Equal("application/problem+json", refusal.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(refusal.Headers.RetryAfter);
        Assert.InRange(TimeProvider.System.GetElapsedTime(asked), TimeSpan.Zero, RefusedWithin);
        using var alive = await _fleet.Traffic.Try(node.Address!, HttpMethod.Get, "/health/live");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    /// <summary>How a node answers a write; what it acknowledges counts like any other.</summary>
    public async Task<HttpStatusCode> Status(NodeProcess node)
    {
        using var answer = await _fleet.Traffic.Try(node.Address!, HttpMethod.Post, "/tasks", Load.Idle());
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        if (answer.IsSuccessStatusCode)
        {
            _books.Tasks.Add(body["id"]!.GetValue<Guid>());
        }
        else
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        return answer.StatusCode;
    }

    public async Task<(HttpStatusCode Status, string Health)> Health(NodeProcess node)
    {
        using var answer = await _fleet.Traffic.Try(node.Address!, HttpMethod.Get, "/health/ready");
        var view = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (answer.StatusCode, view["status"]!.GetValue<string>());
    }

    /// <summary>Each task that is due every second has a run of a second after this call.</summary>
    public async Task FiresAgain(TimeSpan within)
    {
        var since = DateTimeOffset.UtcNow;
        foreach (var task in _books.EverySecond)
        {
            await Campaign.Until("a task fires again", within, async () => await LastOf(task) > since);
        }
    }

    /// <summary>Ends the load; all that was begun ends, and the books are right.</summary>
    public async Task End()
    {
        await _stop.CancelAsync();
        await _clients;
        await _load.Rest(TimeSpan.FromSeconds(60));
        Assert.Empty(_fleet.Deaths);
        Assert.Empty(_fleet.Traffic.Failures);
        _books.Calls = _sink.Calls;
        Assert.Empty(await _fleet.Check(_books));
    }

    private async Task<DateTimeOffset?> LastOf(Guid task)
    {
        var page = await _fleet.Traffic.Get($"/tasks/{task}/runs?limit=1");
        return page!["items"]!.AsArray().FirstOrDefault()?["scheduled_for"]!.GetValue<DateTimeOffset>();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _clients;
        await _sink.DisposeAsync();
        _stop.Dispose();
    }
}
