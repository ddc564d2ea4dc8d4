using System.Net;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;
using Ordinaut.Redis;
using Ordinaut.Tests.Redis;

namespace Ordinaut.Tests.Agents;

/// <summary>How many requests are let through, at the edges.</summary>
public sealed class RateLimitTests
{
    private static readonly Guid Ann = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Bob = new("00000000-0000-0000-0000-000000000002");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_second_lets_the_limit_through_and_not_one_more()
    {
        var limit = new RateLimit("reads", 5, _clock, null);

        var first = await Take(limit, Ann, 5);
        var sixth = await limit.Take(Ann);

        Assert.Equal([4, 3, 2, 1, 0], first.Select(standing => standing.Remaining));
        Assert.All(first, standing => Assert.True(standing.IsLet));
        Assert.False(sixth.IsLet);
        Assert.Equal(TimeSpan.FromMilliseconds(200), sixth.UntilNext);
        Assert.Equal(TimeSpan.FromSeconds(1), sixth.UntilFull);
        Assert.True((await limit.Take(Bob)).IsLet);
    }

    [Theory]
    [InlineData(199, 0)]
    [InlineData(200, 1)]
    [InlineData(399, 1)]
    [InlineData(1_000, 5)]
    [InlineData(60_000, 5)]
    public async Task A_used_up_limit_comes_back_evenly(int milliseconds, int let)
    {
        var limit = new RateLimit("reads", 5, _clock, null);
        await Take(limit, Ann, 5);

        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(let, (await Take(limit, Ann, 10)).Count(standing => standing.IsLet));
    }

    [Fact]
    public async Task One_caller_too_many_makes_room_by_those_that_rest()
    {
        var limit = new RateLimit("reads", 1, _clock, null);
        for (var i = 0; i < RateLimit.Capacity - 1; i++)
        {
            await limit.Take(Guid.CreateVersion7());
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        await limit.Take(Ann);
        await limit.Take(Bob);

        Assert.False((await limit.Take(Ann)).IsLet);
    }

    [Fact]
    public void A_refusal_says_how_many_and_when() =>
        Assert.Equal(
            ("At most 5 reads a second are answered; wait, then go on more slowly.", TimeSpan.FromMilliseconds(200)),
            (Refusal(5).Message, Refusal(5).RetryAfter)
        );

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public void An_address_is_one_caller_and_of_ipv6_a_network(string one, string other, bool same) =>
        Assert.Equal(same, RateLimit.CallerAt(IPAddress.Parse(one)) == RateLimit.CallerAt(IPAddress.Parse(other)));

    [Theory]
    [InlineData(50)]
    [InlineData(2_000)]
    public async Task Nodes_count_together_through_redis_and_each_alone_without_it(int perSecond)
    {
        await using var redis = await RedisServer.Start();
        await using var one = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await using var two = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await Until(() => one.IsUp && two.IsUp);
        var atOne = new RateLimit("reads", perSecond, TimeProvider.System, new(one, TimeProvider.System));
        var atTwo = new RateLimit("reads", perSecond, TimeProvider.System, new(two, TimeProvider.System));

        var began = TimeProvider.System.GetTimestamp();
        var let = 0;
        for (var i = 0; i < perSecond * 2; i++)
        {
            let += (await atOne.Take(Ann)).IsLet ? 1 : 0;
            let += (await atTwo.Take(Ann)).IsLet ? 1 : 0;
        }

        // What came back while the test ran is let through as well; more would be two buckets.
        var passed = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(let, perSecond, perSecond * (1 + passed) + 1);
        redis.Kill();
        await Until(() => !one.IsUp && !two.IsUp);
        var alone = new RateLimit("reads", 3, _clock, new(one, _clock));
        Assert.Equal(3, (await Take(alone, Bob, 5)).Count(standing => standing.IsLet));
    }

    [Fact]
    public async Task A_redis_that_does_not_answer_holds_up_one_request_and_not_the_next()
    {
        await using var redis = await RedisServer.Start();
        await using var link = new RedisLink(new RedisSettings(redis.Url), TimeProvider.System);
        await Until(() => link.IsUp);
        var limit = new RateLimit("reads", 3, _clock, new(link, TimeProvider.System));
        await using var connection = await redis.Connect();
        await connection.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000");

        var first = await limit.Take(Ann);
        Assert.False(link.IsUp);
        var rest = await Take(limit, Ann, 3);

        Assert.True(first.IsLet);
        Assert.Equal([true, true, false], rest.Select(standing => standing.IsLet));
    }

    private Problem Refusal(int perSecond)
    {
        var limit = new RateLimit("reads", perSecond, _clock, null);
        return limit.Refusal(new RateStanding(false, perSecond, 0));
    }

    private static async Task<List<RateStanding>> Take(RateLimit limit, Guid caller, int times)
    {
        var standings = new List<RateStanding>();
        for (var i = 0; i < times; i++)
        {
            standings.Add(await limit.Take(caller));
        }

        return standings;
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
