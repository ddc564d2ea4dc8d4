using StackExchange.Redis;

namespace Ordinaut.Redis;

/// <summary>
/// The connection over which this process tells others: streams and shared counters. Nothing blocks on it, and
/// nothing waits for Redis that cannot go on without: callers ask <see cref="IsUp"/> first.
/// </summary>
internal sealed class RedisLink(RedisSettings settings, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>How long nothing is asked of a server that did not answer.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    // Connecting goes on in the background; the program starts without Redis, too.
    private readonly Task<ConnectionMultiplexer> _connecting = ConnectionMultiplexer.ConnectAsync(settings.Options());

    private long _restsUntil = long.MinValue;

    public bool IsUp =>
        _connecting.IsCompletedSuccessfully
        && _connecting.GetAwaiter().GetResult().IsConnected
        && clock.GetTimestamp() >= Interlocked.Read(ref _restsUntil);

    /// <summary>Adds to a stream; the oldest entries go when it has become longer than about the length.</summary>
    /// <exception cref="Problem">Whether it was added is not known.</exception>
    public async Task Append(NodeStream stream, IReadOnlyDictionary<string, string> fields) =>
        await Tried(redis => Add(redis, stream, fields, CommandFlags.None));

    /// <summary>Adds to a stream and does not look back.</summary>
    public void Toss(NodeStream stream, IReadOnlyDictionary<string, string> fields)
    {
        if (!IsUp)
        {
            return;
        }

        try
        {
            _ = Add(Database(), stream, fields, CommandFlags.FireAndForget);
        }
        catch (RedisException)
        {
            // It has just gone away.
        }
    }

    /// <summary>Runs a script; it is sent whole only when the server does not know it.</summary>
    public Task<RedisResult> Run(string script, string key, params RedisValue[] values) =>
        Tried(redis => redis.ScriptEvaluateAsync(script, [key], values));

    /// <summary>Asks nothing of it for a moment: it is slow, or away.</summary>
    public void LeaveAlone()
    {
        var rest = (long)(Rest.TotalSeconds * clock.TimestampFrequency);
        Interlocked.Exchange(ref _restsUntil, clock.GetTimestamp() + rest);
    }

    public async ValueTask DisposeAsync()
    {
        await (await _connecting).DisposeAsync();
    }

    private static Task<RedisValue> Add(
        IDatabase redis,
        NodeStream stream,
        IReadOnlyDictionary<string, string> fields,
        CommandFlags flags
    ) =>
        redis.StreamAddAsync(
            stream.Key,
            [.. fields.Select(field => new NameValueEntry(field.Key, field.Value))],
            maxLength: stream.Length,
            useApproximateMaxLength: true,
            flags: flags
        );

    private async Task<T> Tried<T>(Func<IDatabase, Task<T>> act)
    {
        try
        {
            return await act(Database());
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            LeaveAlone();
            throw new Problem(ProblemKind.Unavailable, $"Redis does not answer: {failure.Message}");
        }
    }

    private IDatabase Database() =>
        _connecting.IsCompletedSuccessfully
            ? _connecting.GetAwaiter().GetResult().GetDatabase()
            : throw new RedisException("Redis has not answered yet.");
}

/// <summary>A stream and about how many of its newest entries are kept.</summary>
internal sealed record NodeStream(string Key, int Length);
