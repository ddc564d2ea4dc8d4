using System.Globalization;
using System.Text;
using Ordinaut.Redis;
using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>
/// Loop: adds committed events to the stream, from the rows that were written with them. Any node may, each takes what
/// nobody else is at. A node that dies between adding and forgetting leaves an event to be added again: readers tell
/// by its id.
/// </summary>
internal sealed class EventRelay(Db db, RedisLink redis, Signals signals, TimeProvider clock, ILogger<EventRelay> log)
    : BackgroundService
{
    /// <summary>What others may read, with as many of the newest events as are kept for them.</summary>
    public static readonly NodeStream Stream = new("ordinaut:events", 10_000);

    public const int BatchSize = 256;

    /// <summary>A longer payload is not in the stream; it is read where the event is kept.</summary>
    public const int MaxPayloadBytes = 16 * 1024;

    /// <summary>How long a node may be at a batch; longer than it waits for Redis.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(5);

    /// <summary>The longest sleep between looks.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    /// <summary>What is written meanwhile goes together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Relays one batch; returns how many events it took.</summary>
    public async Task<int> DoBatch()
    {
        if (!redis.IsUp)
        {
            return 0;
        }

        var ids = await db.Write(session => EventStore.Claim(session, ClaimTime, BatchSize));
        if (ids.Count > 0)
        {
            var facts = await db.Read(session => EventStore.Find(session, ids));
            // Sent one behind the other on one connection, so the stream has them in this order.
            await Task.WhenAll(facts.Select(fact => redis.Append(Stream, Fields(fact))));
            // Checkpoint: they are in the stream. Who dies here has them added once more.
            await db.Write(session => EventStore.Posted(session, ids));
        }

        return ids.Count;
    }

    /// <summary>An event as it is in the stream; all are text.</summary>
    public static Dictionary<string, string> Fields(EventRow fact)
    {
        var fields = new Dictionary<string, string>
        {
            ["id"] = fact.Id.ToString(),
            ["owner_id"] = fact.News.OwnerId.ToString(),
            ["topic"] = fact.News.Topic,
            ["source"] = fact.News.Source,
            ["depth"] = fact.News.Depth.ToString(CultureInfo.InvariantCulture),
            ["triggered_tasks"] = fact.Triggered.ToString(CultureInfo.InvariantCulture),
            ["created_at"] = Instants.Format(fact.At),
        };
        if (Encoding.UTF8.GetByteCount(fact.News.Payload) <= MaxPayloadBytes)
        {
            fields["payload"] = fact.News.Payload;
        }

        return fields;
    }

    /// <summary>The event of an entry; null when its payload is kept elsewhere.</summary>
    public static EventRow? Read(IReadOnlyDictionary<string, string> fields)
    {
        if (!fields.TryGetValue("payload", out var payload))
        {
            return null;
        }

        var depth = int.Parse(fields["depth"], CultureInfo.InvariantCulture);
        var news = new NewEvent(Guid.Parse(fields["owner_id"]), fields["topic"], payload, depth)
        {
            Source = fields["source"],
        };
        var at = Instants.TryParse(fields["created_at"], out var instant) ? instant : throw new FormatException();
        return new EventRow(Guid.Parse(fields["id"]), news, at)
        {
            Triggered = int.Parse(fields["triggered_tasks"], CultureInfo.InvariantCulture),
        };
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "relay"), PollLimit, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        var signal = signals.Outbox.Next();
        var taken = await DoBatch();
        if (taken is > 0 and < BatchSize)
        {
            await Task.Delay(Pause, clock, ct);
        }
        else if (taken == 0)
        {
            await signals.Outbox.Wait(signal, PollLimit, ct);
        }
    }
}
