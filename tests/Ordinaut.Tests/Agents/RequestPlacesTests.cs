using Microsoft.Extensions.Time.Testing;
using Ordinaut.Agents;

namespace Ordinaut.Tests.Agents;

public sealed class RequestPlacesTests
{
    private static readonly Guid Ann = Guid.Parse("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid Bob = Guid.Parse("00000000-0000-0000-0000-00000000000b");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Ones_own_requests_wait_for_ones_own_places_in_their_order()
    {
        var places = new RequestPlaces(2, _clock);
        var first = await places.Take(Ann, CancellationToken.None);
        var second = await places.Take(Ann, CancellationToken.None);
        var third = places.Take(Ann, CancellationToken.None).AsTask();
        var fourth = places.Take(Ann, CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);

        using var others = await places.Take(Bob, CancellationToken.None);

        first.Dispose();
        using var place = await third;
        Assert.False(fourth.IsCompleted);
        second.Dispose();
        (await fourth).Dispose();
    }

    [Fact]
    public async Task Who_waited_too_long_is_refused_and_leaves_no_place_taken()
    {
        var places = new RequestPlaces(1, _clock);
        var taken = await places.Take(Ann, CancellationToken.None);
        var waiting = places.Take(Ann, CancellationToken.None).AsTask();

        _clock.Advance(RequestPlaces.Patience);

        var refusal = await Assert.ThrowsAsync<Problem>(() => waiting);
        Assert.Equal(ProblemKind.TooMany, refusal.Kind);
        Assert.NotNull(refusal.RetryAfter);
        taken.Dispose();
        (await places.Take(Ann, CancellationToken.None)).Dispose();
        (await places.Take(Ann, CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task A_thousand_wait_and_no_more()
    {
        var places = new RequestPlaces(1, _clock);
        using var gone = new CancellationTokenSource();
        using var taken = await places.Take(Ann, CancellationToken.None);
        var waiting = Enumerable
            .Range(0, RequestPlaces.MaxWaiting)
            .Select(_ => places.Take(Ann, gone.Token).AsTask())
            .ToList();
        Assert.DoesNotContain(waiting, one => one.IsCompleted);

        await Assert.ThrowsAsync<Problem>(() => places.Take(Ann, gone.Token).AsTask());

        await gone.CancelAsync();
        await Task.WhenAll(waiting.Select(one => Assert.ThrowsAnyAsync<OperationCanceledException>(() => one)));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Zero_is_no_limit(int perAgent, bool isOn) =>
        Assert.Equal(isOn, new RequestPlaces(perAgent, _clock).IsOn);
}
