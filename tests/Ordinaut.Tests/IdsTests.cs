using Microsoft.Extensions.Time.Testing;

namespace Ordinaut.Tests;

public sealed class IdsTests
{
    private static readonly DateTimeOffset Start = new(2027, 3, 28, 0, 59, 59, 999, TimeSpan.Zero);

    [Fact]
    public void An_id_carries_its_millisecond_and_is_a_version_7_uuid()
    {
        var id = new Ids(new FakeTimeProvider(Start), new Random(1)).Next();

        Assert.Equal(7, id.Version);
        Assert.Equal(0b10, id.Variant >> 2);
        var bytes = id.ToByteArray(bigEndian: true);
        var milliseconds = bytes[..6].Aggregate(0L, (sum, next) => (sum << 8) | next);
        Assert.Equal(Start.ToUnixTimeMilliseconds(), milliseconds);
        Assert.Equal(Start, Ids.TimeOf(id));
    }

    [Fact]
    public void A_later_id_sorts_after_an_earlier_one()
    {
        var clock = new FakeTimeProvider(Start);
        var ids = new Ids(clock, new Random(1));

        var made = new List<string>();
        for (var i = 0; i < 1_000; i++)
        {
            made.Add(ids.Next().ToString());
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(made.Order(StringComparer.Ordinal), made);
    }

    [Fact]
    public void Ids_of_one_millisecond_sort_as_they_were_made_and_a_clock_that_goes_back_changes_nothing()
    {
        var clock = new FakeTimeProvider(Start);
        var ids = new Ids(clock, new Random(1));
        var made = Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToList();
        clock.AdjustTime(Start.AddHours(-1));
        made.Add(ids.Next());

        Assert.Equal(made.Order(), made);
        Assert.All(made, id => Assert.Equal((7, 0b10), (id.Version, id.Variant >> 2)));
    }

    [Fact]
    public void The_same_seed_and_clock_make_the_same_ids()
    {
        var first = new Ids(new FakeTimeProvider(Start), new Random(7));
        var second = new Ids(new FakeTimeProvider(Start), new Random(7));

        Assert.Equal((first.Next(), first.Next()), (second.Next(), second.Next()));
        Assert.NotEqual(first.Next(), new Ids(new FakeTimeProvider(Start), new Random(8)).Next());
    }
}
