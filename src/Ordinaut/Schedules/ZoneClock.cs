using NodaTime;

namespace Ordinaut.Schedules;

/// <summary>A stretch of time in which a zone's offset does not change. Instants and offsets in seconds.</summary>
/// <param name="Start">First instant; <see cref="Beginning"/> for the first stretch of the zone.</param>
/// <param name="End">First instant after it; <see cref="Seconds.None"/> for the last stretch of the zone.</param>
/// <param name="Offset">What to add to an instant to get the local time.</param>
/// <param name="Earlier">The offset just before <paramref name="Start"/>: less than
/// <paramref name="Offset"/> after a gap, more after an overlap.</param>
internal readonly record struct ZoneStretch(long Start, long End, int Offset, int Earlier)
{
    /// <summary>Before any time: far enough below zero, near enough to add an offset to.</summary>
    public const long Beginning = -1_000_000_000_000;

    /// <summary>How many local seconds do not exist just before <see cref="Start"/>; 0 when there is no gap.</summary>
    public int Gap => Math.Max(0, Offset - Earlier);

    /// <summary>How many local seconds come a second time from <see cref="Start"/> on.</summary>
    public int Overlap => Math.Max(0, Earlier - Offset);
}

/// <summary>
/// The wall clock of one zone: NodaTime's zone data as stretches of fixed offset. The stretches up to
/// <see cref="TableHorizon"/> are kept in a table, because a search in it is several times cheaper than asking
/// NodaTime; later ones are asked for.
/// </summary>
internal sealed class ZoneClock
{
    private const long UnixEpoch = 62_135_596_800;

    /// <summary>2101-01-01: about 260 stretches for a zone with summer time.</summary>
    public const long TableHorizon = UnixEpoch + 4_133_980_800;

    private readonly DateTimeZone _zone;
    private readonly long[] _starts;
    private readonly int[] _offsets;
    private readonly long _tableEnd;

    public ZoneClock(DateTimeZone zone)
    {
        _zone = zone;
        var starts = new List<long>();
        var offsets = new List<int>();
        var stretch = Ask(Instant.MinValue);
        while (true)
        {
            // Two neighbours may differ in name or in the share of summer time only: that is no change.
            if (offsets.Count == 0 || offsets[^1] != stretch.Offset)
            {
                starts.Add(stretch.Start);
                offsets.Add(stretch.Offset);
            }

            if (stretch.End == Seconds.None || stretch.End > TableHorizon)
            {
                break;
            }

            stretch = Ask(Noda(stretch.End));
        }

        _starts = [.. starts];
        _offsets = [.. offsets];
        _tableEnd = stretch.End;
    }

    public string Id => _zone.Id;

    public ZoneStretch At(long instant)
    {
        if (instant >= _tableEnd)
        {
            var late = Ask(Noda(instant));
            return late with { Earlier = Ask(Noda(late.Start - 1)).Offset };
        }

        var index = Array.BinarySearch(_starts, instant);
        return InTable(index < 0 ? ~index - 1 : index);
    }

    public ZoneStretch Following(ZoneStretch stretch) =>
        stretch.End < _tableEnd ? At(stretch.End) : Ask(Noda(stretch.End)) with { Earlier = stretch.Offset };

    public long ToLocal(long instant) => instant + At(instant).Offset;

    /// <summary>
    /// The instant of a local time as RFC 5545 3.3.5 has it: a time in a gap takes the offset before the gap, a
    /// time that comes twice is the first.
    /// </summary>
    public long ToInstant(long local)
    {
        // No offset is a day or more, so a stretch found a day early is the right one or one before it.
        var stretch = At(local - Seconds.PerDay);
        while (local - stretch.Offset >= stretch.End)
        {
            var next = Following(stretch);
            if (local < next.Start + next.Offset)
            {
                return local - stretch.Offset;
            }

            stretch = next;
        }

        return local - stretch.Offset;
    }

    /// <summary>Whether the clock shows this time twice, in words; null when it does not.</summary>
    public string? AmbiguityOf(long instant)
    {
        var stretch = At(instant);
        var shown = Seconds.ClockText(Seconds.Modulo(instant + stretch.Offset, Seconds.PerDay));
        if (stretch.Overlap > 0 && instant < stretch.Start + stretch.Overlap)
        {
            return $"second of two {shown}";
        }

        var comesAgain = stretch.End != Seconds.None && instant >= stretch.End - Following(stretch).Overlap;
        return comesAgain ? $"first of two {shown}" : null;
    }

    private static Instant Noda(long instant) => Instant.FromUnixTimeSeconds(instant - UnixEpoch);

    private ZoneStretch Ask(Instant instant)
    {
        var interval = _zone.GetZoneInterval(instant);
        var start = interval.HasStart ? interval.Start.ToUnixTimeSeconds() + UnixEpoch : ZoneStretch.Beginning;
        var end = interval.HasEnd ? interval.End.ToUnixTimeSeconds() + UnixEpoch : Seconds.None;
        var offset = interval.WallOffset.Seconds;
        return new ZoneStretch(start, end, offset, offset);
    }

    private ZoneStretch InTable(int index)
    {
        var end = index + 1 < _starts.Length ? _starts[index + 1] : _tableEnd;
        var offset = _offsets[index];
        return new ZoneStretch(_starts[index], end, offset, index == 0 ? offset : _offsets[index - 1]);
    }
}
