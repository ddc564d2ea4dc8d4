using Ordinaut.Secrets;

namespace Ordinaut.Tests.Secrets;

/// <summary>A value opens with its key, in its place, unchanged; and not otherwise.</summary>
public sealed class EnvelopeTests
{
    private static readonly Guid Owner = Guid.Parse("0197a000-0000-7000-8000-000000000001");
    private static readonly SecretKey Key = SecretKey.Make();

    [Fact]
    public void What_was_sealed_opens()
    {
        var row = Row("kälte \"and\" \\ more");

        Assert.Equal("kälte \"and\" \\ more", row.Envelope.Open(Key, row.Binding));
    }

    [Fact]
    public void The_same_value_is_never_sealed_alike() =>
        Assert.NotEqual(Row("twice the same").Envelope.Sealed, Row("twice the same").Envelope.Sealed);

    [Fact]
    public void Another_key_does_not_open_it()
    {
        var row = Row("a value of ours");

        Assert.Null(row.Envelope.Open(SecretKey.Make(), row.Binding));
    }

    [Fact]
    public void In_another_place_it_does_not_open()
    {
        var row = Row("a value of ours");
        SecretRow[] others =
        [
            row with
            {
                OwnerId = Guid.Parse("0197a000-0000-7000-8000-000000000002"),
            },
            row with
            {
                Name = "other",
            },
            row with
            {
                Version = 2,
            },
            row with
            {
                Tools = [],
            },
            row with
            {
                Hosts = ["a.example", "evil.example"],
            },
        ];

        Assert.All(others, other => Assert.Null(other.Envelope.Open(Key, other.Binding)));
    }

    [Fact]
    public void A_changed_bit_anywhere_keeps_it_shut()
    {
        var row = Row("a value of ours");
        var sealedBits = row.Envelope.Sealed.Length;
        for (var i = 0; i < sealedBits + row.Envelope.WrappedKey.Length; i++)
        {
            var envelope = new Envelope(Key.Id, [.. row.Envelope.WrappedKey], [.. row.Envelope.Sealed]);
            var (bytes, at) = i < sealedBits ? (envelope.Sealed, i) : (envelope.WrappedKey, i - sealedBits);
            bytes[at] ^= 1;

            Assert.Null(envelope.Open(Key, row.Binding));
        }
    }

    [Fact]
    public void Less_than_there_must_be_is_no_crash()
    {
        var row = Row("a value of ours");

        Assert.Null((row.Envelope with { Sealed = [] }).Open(Key, row.Binding));
        Assert.Null((row.Envelope with { WrappedKey = [1, 2] }).Open(Key, row.Binding));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("6JMTvkilEgKRSDlIsEhyHHmp1OuvwV5VPIofmd7+PJY=", 1)]
    [InlineData("6JMTvkilEgKRSDlIsEhyHHmp1OuvwV5VPIofmd7+PJY= , MYhRxuUGhQUAhgT8QKfiwK2Lb3iQgDuK+qfnNXWkRpY=", 2)]
    [InlineData("6JMTvkilEgKRSDlIsEhyHHmp1OuvwV5VPIofmd7+PJY=\nMYhRxuUGhQUAhgT8QKfiwK2Lb3iQgDuK+qfnNXWkRpY=\n", 2)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", null)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", null)]
    [InlineData("change-me", null)]
    public void Keys_are_read_as_written(string text, int? count) =>
        Assert.Equal(count, SecretKey.ParseAll(text)?.Count);

    [Theory]
    [InlineData(KeyRing.MaxKeys, true)]
    [InlineData(KeyRing.MaxKeys + 1, false)]
    public void A_ring_holds_eight_keys(int count, bool accepted)
    {
        var text = string.Join(',', Enumerable.Range(0, count).Select(_ => SecretKey.Make().Write()));

        Assert.Equal(accepted, SecretKey.ParseAll(text) is not null);
    }

    private static SecretRow Row(string value)
    {
        var row = new SecretRow(Owner, "crm", 1)
        {
            Tools = ["http.request"],
            Hosts = ["a.example"],
            Envelope = new Envelope(Key.Id, [], []),
        };
        return row with { Envelope = Envelope.Seal(value, Key, row.Binding) };
    }
}
