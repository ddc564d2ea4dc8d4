using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>
/// Loop: tells the others that this process lives. For people to look at: no node decides anything by another's row,
/// leases and epochs do that.
/// </summary>
internal sealed partial class NodeRegistry(
    Db db,
    Node node,
    LogLevels levels,
    TimeProvider clock,
    ILogger<NodeRegistry> log
) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>After this silence a node is called lost.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(15);

    /// <summary>How long a node that stops waits for its last words: it may be the database that is gone.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(250);

    private readonly Node _node = node with { StartedAt = db.Now() };
    private volatile bool _isDraining;

    /// <summary>Before anything is done, so that a node that works is always shown.</summary>
    public Task Register() =>
        Take(async session =>
        {
            if (!db.IsShared)
            {
                await NodeStore.RemoveOthers(session, _node.Id);
            }

            await NodeStore.Beat(session, _node);
        });

    public Task Beat() => Take(session => NodeStore.Beat(session, _node with { IsDraining = _isDraining }));

    /// <summary>Tells of itself, and hears how much it is to log.</summary>
    private async Task Take(Func<Session, ValueTask> beat) =>
        levels.Take(
            await db.Write(
                async session =>
                {
                    await beat(session);
                    return await LogLevelStore.All(session);
                },
                Lane.Urgent
            )
        );

    /// <summary>Shows that the node takes no more work.</summary>
    public async Task Drain()
    {
        _isDraining = true;
        await Tried(() => Beat().WaitAsync(Farewell, clock));
    }

    /// <summary>A node that stops in order leaves no row behind.</summary>
    public Task Leave() =>
        Tried(() => db.Write(session => NodeStore.Remove(session, _node.Id), Lane.Urgent).WaitAsync(Farewell, clock));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, clock, stoppingToken);
                await Tried(Beat);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task Tried(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Problem problem)
        {
            Log.StoreUnavailable(log, problem.Message);
        }
        catch (TimeoutException)
        {
            Log.StoreUnavailable(log, "The database does not answer, and the node stops.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "node.store_unavailable: {Reason}")]
        public static partial void StoreUnavailable(ILogger log, string reason);
    }
}
