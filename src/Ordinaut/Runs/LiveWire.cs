using Ordinaut.Redis;

namespace Ordinaut.Runs;

/// <summary>
/// Carries the live feed between nodes over a stream: what is told at one is heard at all, as long as somebody listens
/// somewhere. A node with listeners says so again and again; nobody sends into the void.
/// </summary>
internal sealed class LiveWire : BackgroundService
{
    public static readonly NodeStream Stream = new("ordinaut:live", 1_000);

    /// <summary>How often a node says that somebody listens at it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long that counts; a lost node's listeners are forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private const string Listening = "listening";

    private readonly RedisLink _redis;
    private readonly LiveFeed _feed;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly Signal _entered;
    private long _heardUntil = long.MinValue;

    /// <param name="name">This node's.</param>
    public LiveWire(RedisLink redis, LiveFeed feed, string name, TimeProvider clock)
    {
        _redis = redis;
        _feed = feed;
        _name = name;
        _clock = clock;
        _entered = new Signal(clock);
        feed.Entered += _entered.Set;
        feed.IsHeardElsewhere = () => IsHeardElsewhere;
        feed.Carry = Carry;
    }

    public bool IsHeardElsewhere => _clock.GetTimestamp() < Interlocked.Read(ref _heardUntil);

    /// <summary>An entry of the stream.</summary>
    public void Hear(IReadOnlyDictionary<string, string> fields)
    {
        if (fields["node"] == _name)
        {
            return;
        }

        if (fields.ContainsKey(Listening))
        {
            var memory = (long)(Memory.TotalSeconds * _clock.TimestampFrequency);
            Interlocked.Exchange(ref _heardUntil, _clock.GetTimestamp() + memory);
            return;
        }

        var message = new LiveMessage(fields["event"], fields["id"], Json.Parse(fields["data"]))
        {
            IsEnd = fields["end"] == "1",
        };
        _feed.Tell(new LiveNews(Guid.Parse(fields["owner_id"]), Guid.Parse(fields["run_id"]), message));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var signal = _entered.Next();
                if (_feed.HasListeners)
                {
                    _redis.Toss(Stream, new Dictionary<string, string> { ["node"] = _name, [Listening] = "1" });
                }

                await _entered.Wait(signal, Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void Carry(LiveNews news) =>
        _redis.Toss(
            Stream,
            new Dictionary<string, string>
            {
                ["node"] = _name,
                ["owner_id"] = news.OwnerId.ToString(),
                ["run_id"] = news.RunId.ToString()!,
                ["event"] = news.Message.Event,
                ["id"] = news.Message.Id,
                ["data"] = news.Message.Data.GetRawText(),
                ["end"] = news.Message.IsEnd ? "1" : "0",
            }
        );
}
