namespace Ordinaut.Schedules;

/// <summary>
/// Which seconds of an hour, minute or second a rule finer than DAILY means. A part that the rule leaves out is
/// taken from the tick itself: from DTSTART, unless the zone has since moved by part of an hour.
/// </summary>
/// <param name="unit">3600, 60 or 1 seconds.</param>
/// <param name="minutes">BYMINUTE of an HOURLY rule as a bit set; 0 when left out.</param>
/// <param name="seconds">BYSECOND of an HOURLY or MINUTELY rule as a bit set; 0 when left out.</param>
/// <param name="positions">BYSETPOS: which of them.</param>
internal sealed class TickExpansion(int unit, ulong minutes, ulong seconds, IReadOnlyList<int> positions)
{
    private Expanded _last = new(-1, []);

    /// <summary>The seconds within the unit, in order, for a tick that falls that many seconds into it.</summary>
    public int[] Within(int into)
    {
        var last = _last;
        if (last.Into != into)
        {
            last = new Expanded(into, Expand(into));
            _last = last;
        }

        return last.Offsets;
    }

    private int[] Expand(int into)
    {
        if (unit == 1)
        {
            return positions.Count == 0 || positions.Any(position => position is 1 or -1) ? [0] : [];
        }

        var ofMinutes = unit == 60 ? 1UL : minutes;
        var times = new TimesOfDay(
            1,
            ofMinutes == 0 ? 1UL << (into / 60) : ofMinutes,
            seconds == 0 ? 1UL << (into % 60) : seconds
        );
        var picked = positions.Count == 0 ? times : times.Pick(positions);
        return picked is null ? [] : [.. Enumerable.Range(0, picked.Count).Select(index => picked[index])];
    }

    private sealed record Expanded(int Into, int[] Offsets);
}
