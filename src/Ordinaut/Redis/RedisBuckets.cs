using System.Globalization;
using StackExchange.Redis;

namespace Ordinaut.Redis;

/// <summary>Buckets of tokens that all nodes draw from, filled by the server's clock alone.</summary>
internal sealed class RedisBuckets(RedisLink redis, TimeProvider clock)
{
    // A bucket that nobody draws from for as long as it takes to fill is full, and need not be kept.
    private const string DrawScript = """
        local capacity, want = tonumber(ARGV[1]), tonumber(ARGV[2])
        local time = redis.call('TIME')
        local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
        local seen = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(seen[1]) or capacity
        tokens = math.min(capacity, tokens + math.max(0, now - (tonumber(seen[2]) or now)) * capacity)
        local taken = math.min(want, math.floor(tokens))
        tokens = tokens - taken
        redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
        redis.call('PEXPIRE', KEYS[1], 2000)
        return {taken, string.format('%.6f', tokens)}
        """;

    /// <summary>A request does not wait longer for a shared counter; it is counted here alone then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Draws from a bucket that fills in a second; null when Redis is away.</summary>
    /// <param name="want">Tokens wanted; fewer are given when there are no more.</param>
    public async ValueTask<Draw?> Draw(string bucket, int capacity, int want)
    {
        if (!redis.IsUp)
        {
            return null;
        }

        try
        {
            var answer = await redis
                .Run(DrawScript, $"ordinaut:rate:{bucket}", capacity, want)
                .WaitAsync(Patience, clock);
            var parts = (RedisResult[])answer!;
            return new Draw((int)parts[0], double.Parse((string)parts[1]!, CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is Problem or TimeoutException)
        {
            redis.LeaveAlone();
            return null;
        }
    }
}

/// <summary>What a draw gave, and what it left.</summary>
internal readonly record struct Draw(int Taken, double Left);
