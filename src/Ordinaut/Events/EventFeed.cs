using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Events;

/// <summary>
/// Loop: tells listeners of events, each once. The table is what it goes by, looked at while somebody listens; where
/// the stream tells of them sooner, a look only fills what the stream missed.
/// </summary>
internal sealed class EventFeed : BackgroundService
{
    /// <summary>Events of one look; of more only the newest, for a listener would miss the rest as well.</summary>
    public const int PageSize = 1_000;

    /// <summary>How many events back it knows what it has told.</summary>
    public const int Memory = 20_000;

    /// <summary>The longest sleep between looks where nothing tells of events, and where the stream does.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan StreamedPollLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far back a look goes: an event is seen later than its id says by the length of its transaction, and by
    /// what the clocks of two nodes differ.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    /// <summary>How far two nodes may be apart in what they take for the database's time.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Db _db;
    private readonly LiveFeed _feed;
    private readonly Signals _signals;
    private readonly TimeProvider _clock;
    private readonly Func<bool> _isStreamed;
    private readonly ILogger<EventFeed> _log;
    private readonly HashSet<Guid> _told = [];
    private readonly Queue<Guid> _order = new();
    private readonly Lock _turn = new();
    private DateTimeOffset _since = DateTimeOffset.MaxValue;

    /// <param name="isStreamed">Whether the stream tells of events now.</param>
    public EventFeed(
        Db db,
        LiveFeed feed,
        Signals signals,
        TimeProvider clock,
        Func<bool> isStreamed,
        ILogger<EventFeed> log
    )
    {
        _db = db;
        _feed = feed;
        _signals = signals;
        _clock = clock;
        _isStreamed = isStreamed;
        _log = log;
        feed.Entered += Welcome;
    }

    /// <summary>An entry of the stream.</summary>
    public void Hear(IReadOnlyDictionary<string, string> fields)
    {
        if (_feed.Wide == 0)
        {
            return;
        }

        if (EventRelay.Read(fields) is { } fact)
        {
            Tell(fact);
        }
        else
        {
            _signals.Events.Ring();
        }
    }

    /// <summary>Tells of what the table has and nobody has told yet.</summary>
    public async Task Look()
    {
        var facts = await _db.Read(session => EventStore.Newest(session, Ids.Floor(session.Now - Window), PageSize));
        facts.ForEach(Tell);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(_log, "events"), PollLimit, _clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        var signal = _signals.Events.Next();
        if (_feed.Wide > 0)
        {
            await Look();
            await Task.Delay(Pause, _clock, ct);
        }
        else
        {
            Forget();
        }

        await _signals.Events.Wait(signal, _isStreamed() ? StreamedPollLimit : PollLimit, ct);
    }

    /// <summary>The first listener hears from now on; who comes to others hears what they hear.</summary>
    private void Welcome()
    {
        lock (_turn)
        {
            if (_feed.Wide > 0 && _since == DateTimeOffset.MaxValue)
            {
                // Rather an event of just before than none of those after.
                _since = _db.IsShared ? _db.Now() - Slack : _db.Now();
            }
        }
    }

    /// <summary>Nobody listens any more: the next one hears from when it comes.</summary>
    private void Forget()
    {
        lock (_turn)
        {
            if (_feed.Wide == 0)
            {
                _since = DateTimeOffset.MaxValue;
            }
        }
    }

    private void Tell(EventRow fact)
    {
        lock (_turn)
        {
            if (fact.At < _since || !_told.Add(fact.Id))
            {
                return;
            }

            _order.Enqueue(fact.Id);
            if (_order.Count > Memory)
            {
                _told.Remove(_order.Dequeue());
            }
        }

        var message = new LiveMessage("event", fact.Id.ToString(), Json.ToElement(fact.ToView()));
        _feed.Tell(new LiveNews(fact.News.OwnerId, null, message));
    }
}
