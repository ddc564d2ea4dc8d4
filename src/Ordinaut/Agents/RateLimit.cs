using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ordinaut.Redis;

namespace Ordinaut.Agents;

/// <summary>How many requests of one kind one agent, or one address, may make in a second.</summary>
/// <param name="name">The kind, as it is told.</param>
/// <param name="perSecond">The limit; 0 for none.</param>
/// <param name="shared">Where nodes count together; each counts alone while it is away or where there is none.</param>
internal sealed class RateLimit(string name, int perSecond, TimeProvider clock, RedisBuckets? shared)
{
    /// <summary>The most callers counted at once. When full, those go whose bucket is full; if none is, all.</summary>
    public const int Capacity = 10_000;

    /// <summary>
    /// A node draws a hundredth of what a second lets through at a time, so that not every request asks the server;
    /// under 200 a second, one by one, and exactly.
    /// </summary>
    private readonly int _draw = Math.Max(1, perSecond / 100);

    private readonly ConcurrentDictionary<Guid, TokenBucket> _buckets = new();

    public bool IsOn => perSecond > 0;

    /// <summary>Counts a request of a caller.</summary>
    public ValueTask<RateStanding> Take(Guid caller)
    {
        var bucket = Bucket(caller);
        if (shared is null)
        {
            return new ValueTask<RateStanding>(bucket.Take());
        }

        return bucket.TakeDrawn() is { } standing
            ? new ValueTask<RateStanding>(standing)
            : new ValueTask<RateStanding>(Draw(shared, bucket, caller));
    }

    /// <summary>The refusal of a request that was not let through.</summary>
    public Problem Refusal(RateStanding standing)
    {
        Meters.RequestLimited(name);
        var detail = $"At most {perSecond} {name} a second are answered; wait, then go on more slowly.";
        return new Problem(ProblemKind.TooMany, detail) { RetryAfter = standing.UntilNext };
    }

    /// <summary>An address as a caller: of IPv6 its first half, for the second is the client's to choose.</summary>
    public static Guid CallerAt(IPAddress? address)
    {
        var bytes = (address ?? IPAddress.None).MapToIPv6().GetAddressBytes();
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            bytes.AsSpan(8).Clear();
        }

        return new Guid(bytes, bigEndian: true);
    }

    private async Task<RateStanding> Draw(RedisBuckets buckets, TokenBucket bucket, Guid caller)
    {
        var drawn = await buckets.Draw($"{name}:{caller:N}", perSecond, _draw);
        return drawn is { } got ? bucket.TakeOf(got.Taken, got.Left) : bucket.Take();
    }

    private TokenBucket Bucket(Guid caller)
    {
        if (_buckets.TryGetValue(caller, out var known))
        {
            return known;
        }

        if (_buckets.Count >= Capacity)
        {
            MakeRoom();
        }

        return _buckets.GetOrAdd(caller, _ => new TokenBucket(perSecond, clock));
    }

    private void MakeRoom()
    {
        foreach (var (caller, bucket) in _buckets)
        {
            if (bucket.IsFull)
            {
                _buckets.TryRemove(caller, out _);
            }
        }

        if (_buckets.Count >= Capacity)
        {
            _buckets.Clear();
        }
    }
}

/// <summary>The limits there are. Reads and writes are counted by agent, logins by address.</summary>
internal sealed record RateLimits(RateLimit Reads, RateLimit Writes, RateLimit Logins);
