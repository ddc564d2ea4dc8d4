namespace Ordinaut.Schedules;

/// <summary>
/// Where two beats meet: slots that come every <paramref name="step"/> units, and one slot of each day of
/// <paramref name="perDay"/> units. By the Chinese remainder theorem a meeting is found at once, however rare: every
/// 999,983 seconds and at midnight is once in 2,737 years.
/// </summary>
/// <param name="step">In units of an hour, a minute or a second.</param>
/// <param name="perDay">Units of a day.</param>
internal sealed class TickMeeting(long step, long perDay)
{
    private readonly long _common = GreatestCommonDivisor(step, perDay);
    private readonly long _inverse = Inverse(
        step / GreatestCommonDivisor(step, perDay) % (perDay / GreatestCommonDivisor(step, perDay)),
        perDay / GreatestCommonDivisor(step, perDay)
    );

    public static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    /// <summary>The first slot that is not earlier than the given one, in step with the phase and at the given slot
    /// of its day; <see cref="Seconds.None"/> when the two never meet.</summary>
    public long AtOrAfter(long slot, long phase, long ofDay)
    {
        var apart = ofDay - Seconds.Modulo(phase, perDay);
        if (apart % _common != 0)
        {
            return Seconds.None;
        }

        var cycle = perDay / _common;
        var steps = Seconds.Modulo(apart / _common, cycle) * _inverse % cycle;
        var meeting = phase + step * steps;
        return slot + Seconds.Modulo(meeting - slot, step * cycle);
    }

    /// <summary>
    /// The number that times <paramref name="value"/> leaves 1 (Euclid, extended); both share no divisor.
    /// </summary>
    private static long Inverse(long value, long modulus)
    {
        var (a, b) = (value, modulus);
        var (x, y) = (1L, 0L);
        while (b != 0)
        {
            (x, y) = (y, x - a / b * y);
            (a, b) = (b, a % b);
        }

        return Seconds.Modulo(x, modulus);
    }
}
