using System.Diagnostics.Metrics;
using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// Loop: looks how long the queue is, so that whoever reads the figures waits for no count. Every node tells the same.
/// </summary>
internal sealed class QueueWatch(Db db, TimeProvider clock, ILogger<QueueWatch> log) : BackgroundService
{
    /// <summary>How old the figures may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private const string SelectStates = $"""
        select {RunStore.LiveState}, count(*) from queue where occurrence_key <> 'check' group by 1
        """;

    // What is due and delayed waits for a worker as well: only a claim makes it ready.
    private const string SelectOldest = """
        select min(due) from queue where state in (0, 3) and due <= @now and occurrence_key <> 'check'
        """;

    private static readonly string[] States = ["queued", "running", "waiting"];

    // One for each process, so that a server that ended (in tests there are many) tells nothing any more.
    private readonly Meter _meter = new(Meters.Name);
    private volatile Seen _seen = new(new Dictionary<string, long>(), TimeSpan.Zero);

    public async Task Look()
    {
        var (states, oldest) = await db.Read(async session =>
            (
                await session.Query(SelectStates, row => (State: row.Text(0), Runs: row.Long(1))),
                await session.First(SelectOldest, row => row.InstantOrNull(0))
            )
        );
        var waits = oldest is { } due && due < db.Now() ? db.Now() - due : TimeSpan.Zero;
        _seen = new Seen(states.ToDictionary(state => state.State, state => state.Runs), waits);
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _meter.CreateObservableGauge("ordinaut.queue.runs", Runs, description: "Live runs, by state.");
        _meter.CreateObservableGauge(
            "ordinaut.queue.oldest.age",
            () => _seen.Oldest.TotalSeconds,
            "s",
            "How long ago the run was due that waits longest for a worker."
        );
        return Loop.Repeat(Once, Loop.Tell(log, "queue_watch"), Interval, clock, stoppingToken);
    }

    private async Task Once(CancellationToken ct)
    {
        await Look();
        await Task.Delay(Interval, clock, ct);
    }

    private IEnumerable<Measurement<double>> Runs()
    {
        var seen = _seen.Runs;
        return States.Select(state => new Measurement<double>(
            seen.GetValueOrDefault(state),
            new KeyValuePair<string, object?>("state", state)
        ));
    }

    private sealed record Seen(IReadOnlyDictionary<string, long> Runs, TimeSpan Oldest);
}
