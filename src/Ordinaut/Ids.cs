namespace Ordinaut;

/// <summary>
/// The only place that makes ids and randomness. Ids are UUIDv7 (RFC 9562): they sort by time, so new rows
/// land at the end of every index. The simulator hands in a seeded <see cref="Random"/> and a virtual clock.
/// </summary>
internal sealed class Ids(TimeProvider clock, Random random)
{
    /// <summary>The randomness of everything that is not a secret: ids, jitter.</summary>
    public Random Random { get; } = random;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return At(clock.GetUtcNow(), bytes);
    }

    /// <summary>An id before every id made at or after an instant: a range of time as a range of ids.</summary>
    public static Guid Floor(DateTimeOffset instant) => At(instant, stackalloc byte[16]);

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

    private static Guid At(DateTimeOffset instant, Span<byte> bytes)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(milliseconds >> (40 - 8 * i));
        }

        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
