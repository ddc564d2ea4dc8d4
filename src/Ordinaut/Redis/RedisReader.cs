using System.Globalization;
using StackExchange.Redis;

namespace Ordinaut.Redis;

/// <summary>
/// Loop: reads what the nodes tell one another, on a connection of its own, because a read that waits holds up all
/// that comes behind it. Every node hears everything from now on; nobody depends on hearing it.
/// </summary>
internal sealed partial class RedisReader(
    RedisSettings settings,
    IEnumerable<RedisEar> ears,
    Signals signals,
    TimeProvider clock,
    ILogger<RedisReader> log
) : BackgroundService
{
    private const string NotYet = "It has not answered yet.";
    private const string Gone = "It does not answer.";

    /// <summary>Entries of one stream read at once.</summary>
    private const int Batch = 256;

    private const int BlockMilliseconds = 1_000;

    private static readonly TimeSpan AfterLoss = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Action<IReadOnlyDictionary<string, string>>> _ears = ears.ToDictionary(
        ear => ear.Stream.Key,
        ear => ear.Hear
    );

    private string? _fault = NotYet;

    /// <summary>Why Redis is away; null while it answers.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public bool IsUp => Fault is null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(settings.Options());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Hear(connection.GetDatabase(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException)
            {
                NoteLoss(failure);
            }

            await Task.Delay(AfterLoss, clock, CancellationToken.None);
        }
    }

    private async Task Hear(IDatabase redis, CancellationToken stoppingToken)
    {
        // From the newest entry on, whatever was before: the server may be another, or an emptied one.
        var positions = new Dictionary<string, string>();
        foreach (var stream in _ears.Keys)
        {
            var newest = await redis.StreamRangeAsync(stream, count: 1, messageOrder: Order.Descending);
            positions[stream] = newest.Length > 0 ? newest[0].Id.ToString() : "0-0";
        }

        NoteReturn();
        while (!stoppingToken.IsCancellationRequested)
        {
            Deliver(await redis.ExecuteAsync("XREAD", Request(positions)).WaitAsync(stoppingToken), positions);
        }
    }

    private static object[] Request(Dictionary<string, string> positions) =>
        [
            "COUNT",
            Batch.ToString(CultureInfo.InvariantCulture),
            "BLOCK",
            BlockMilliseconds.ToString(CultureInfo.InvariantCulture),
            "STREAMS",
            .. positions.Keys,
            .. positions.Values,
        ];

    /// <summary>The answer is streams, each with its entries: an id, and fields by turns with values.</summary>
    private void Deliver(RedisResult answer, Dictionary<string, string> positions)
    {
        if (answer.IsNull)
        {
            return;
        }

        foreach (var stream in Parts(answer))
        {
            var key = (string)Parts(stream)[0]!;
            foreach (var entry in Parts(Parts(stream)[1]))
            {
                positions[key] = (string)Parts(entry)[0]!;
                var words = Parts(Parts(entry)[1]);
                var fields = words.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => (string)pair[1]!);
                Hand(key, fields);
            }
        }
    }

    private static RedisResult[] Parts(RedisResult list) => (RedisResult[])list!;

    private void Hand(string key, Dictionary<string, string> fields)
    {
        try
        {
            _ears[key](fields);
        }
        catch (Exception failure)
            when (failure is FormatException or KeyNotFoundException or System.Text.Json.JsonException)
        {
            // Somebody else writes here, or a node of another version; one entry more or less is nobody's truth.
            Log.Strange(log, key, failure.Message);
        }
    }

    private void NoteLoss(Exception failure)
    {
        if (Interlocked.Exchange(ref _fault, Gone) != Gone)
        {
            Log.Away(log, settings.Shown, failure.Message);
        }
    }

    private void NoteReturn()
    {
        if (Interlocked.Exchange(ref _fault, null) == Gone)
        {
            Log.Here(log, settings.Shown);
        }

        // What was told while nobody listened is gone: whoever waits for it looks once.
        signals.Events.Ring();
        signals.Outbox.Ring();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "redis.away: {Server}: {Reason}; all goes on from the database")]
        public static partial void Away(ILogger log, string server, string reason);

        [LoggerMessage(2, LogLevel.Warning, "redis.here: {Server} answers")]
        public static partial void Here(ILogger log, string server);

        [LoggerMessage(3, LogLevel.Warning, "redis.strange: an entry of {Stream} is not readable: {Reason}")]
        public static partial void Strange(ILogger log, string stream, string reason);
    }
}

/// <summary>Who hears what is added to a stream.</summary>
internal sealed record RedisEar(NodeStream Stream, Action<IReadOnlyDictionary<string, string>> Hear);
