namespace Ordinaut;

/// <summary>
/// The only place that makes ids and randomness. Ids are UUIDv7 (RFC 9562): they sort by time, so new rows
/// land at the end of every index, and those of one process in the order in which they were made (RFC 9562 6.2).
/// The simulator hands in a seeded <see cref="Random"/> and a virtual clock.
/// </summary>
internal sealed class Ids(TimeProvider clock, Random random)
{
    /// <summary>Bits after the milliseconds that count within one of them; each begins in their lower half.</summary>
    private const int CounterBits = 12;

    private readonly Lock _turn = new();
    private long _last;

    /// <summary>The randomness of everything that is not a secret: ids, jitter.</summary>
    public Random Random { get; } = random;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        var start = ((bytes[6] & 0x07) << 8) | bytes[7];
        return At(Later((clock.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits) | (uint)start), bytes);
    }

    /// <summary>An id before every id made at or after an instant: a range of time as a range of ids.</summary>
    public static Guid Floor(DateTimeOffset instant) =>
        At(instant.ToUnixTimeMilliseconds() << CounterBits, stackalloc byte[16]);

    /// <summary>When an id of ours was made, to the millisecond.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = 0L;
        for (var i = 0; i < 6; i++)
        {
            milliseconds = (milliseconds << 8) | bytes[i];
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    /// <summary>The place of the next id: of a new millisecond, or one more in that of the last id.</summary>
    private long Later(long place)
    {
        lock (_turn)
        {
            return _last = place >> CounterBits > _last >> CounterBits ? place : _last + 1;
        }
    }

    /// <param name="place">Milliseconds since 1970, and the counter.</param>
    private static Guid At(long place, Span<byte> bytes)
    {
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(place >> (CounterBits + 40 - 8 * i));
        }

        bytes[6] = (byte)((place >> 8 & 0x0F) | 0x70);
        bytes[7] = (byte)place;
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
