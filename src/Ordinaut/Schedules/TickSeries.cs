namespace Ordinaut.Schedules;

/// <summary>
/// A rule of HOURLY, MINUTELY or SECONDLY: ticks of elapsed time since DTSTART, so that every 15 minutes stays
/// every 15 minutes over a change of the clock; the BY parts look at what the clock shows. Within a stretch of
/// fixed offset this is arithmetic on local seconds: see <see cref="TickGrid"/>.
/// </summary>
/// <param name="clock">The zone's clock.</param>
/// <param name="start">DTSTART as an instant.</param>
/// <param name="grid">The ticks, as the hours, minutes or seconds that hold them.</param>
/// <param name="expansion">What becomes of one tick.</param>
internal sealed class TickSeries(ZoneClock clock, long start, TickGrid grid, TickExpansion expansion) : Series
{
    /// <summary>More than two offsets of a zone can differ.</summary>
    private const int OffsetMargin = 2 * Seconds.PerDay;

    /// <summary>
    /// In the far future a zone only alternates between two offsets. When the ticks cannot fall on an allowed time of
    /// day in this many stretches there, one after the other, they never will.
    /// </summary>
    private const int MaxBarrenStretches = 4;

    public override long Next(long after)
    {
        var barren = 0;
        var from = Math.Max(after, start - 1);
        var stretch = clock.At(from + 1);
        while (true)
        {
            var reached = NextIn(stretch, Math.Max(from, stretch.Start - 1), out var found);
            if (found)
            {
                return reached <= Seconds.Last ? reached : Seconds.None;
            }

            barren =
                stretch.Start > ZoneClock.TableHorizon && !grid.IsPossible(PhaseIn(stretch).Phase) ? barren + 1 : 0;
            if (reached == Seconds.None || stretch.End >= Seconds.Last || barren == MaxBarrenStretches)
            {
                return Seconds.None;
            }

            stretch =
                reached - OffsetMargin > stretch.End ? clock.At(reached - OffsetMargin) : clock.Following(stretch);
        }
    }

    public override long Count(long after, long through)
    {
        var from = Math.Max(after, start - 1);
        if (from >= through)
        {
            return 0;
        }

        var count = 0L;
        var stretch = clock.At(from + 1);
        while (true)
        {
            var high = Math.Min(Math.Min(through, stretch.End - 1), Seconds.Last);
            count += CountIn(stretch, Math.Max(from, stretch.Start - 1), high);
            if (stretch.End > through || stretch.End >= Seconds.Last)
            {
                return count;
            }

            stretch = clock.Following(stretch);
        }
    }

    /// <summary>The next instant in the stretch; else how far the search got, or none if nothing can follow.</summary>
    private long NextIn(ZoneStretch stretch, long from, out bool found)
    {
        var (phase, offsets) = PhaseIn(stretch);
        found = false;
        if (offsets.Length == 0)
        {
            // Positions beyond the expansion: they stay so, as its size does not depend on the stretch.
            return Seconds.None;
        }

        var local = from + stretch.Offset;
        var slot = local - Seconds.Modulo(local, grid.Unit);
        var limit = stretch.End == Seconds.None ? Seconds.None : stretch.End + stretch.Offset;
        var into = Array.BinarySearch(offsets, (int)(local - slot) + 1);
        into = into < 0 ? ~into : into;
        if (into == offsets.Length || !grid.Contains(slot, phase))
        {
            slot = grid.Next(slot + grid.Unit, limit, phase);
            into = 0;
        }

        if (slot == Seconds.None)
        {
            return Seconds.None;
        }

        var next = slot + offsets[into];
        found = next < limit;
        return next - stretch.Offset;
    }

    private long CountIn(ZoneStretch stretch, long low, long high)
    {
        var (phase, offsets) = PhaseIn(stretch);
        if (offsets.Length == 0 || low >= high)
        {
            return 0;
        }

        var (first, last) = (low + stretch.Offset, high + stretch.Offset);
        var firstSlot = first - Seconds.Modulo(first, grid.Unit);
        var lastSlot = last - Seconds.Modulo(last, grid.Unit);
        var count = grid.Count(firstSlot, lastSlot, phase) * offsets.Length;
        count -= grid.Contains(firstSlot, phase) ? CountThrough(offsets, (int)(first - firstSlot)) : 0;
        count += grid.Contains(lastSlot, phase) ? CountThrough(offsets, (int)(last - lastSlot)) : 0;
        return count;
    }

    private static int CountThrough(int[] offsets, int into)
    {
        var index = Array.BinarySearch(offsets, into);
        return index < 0 ? ~index : index + 1;
    }

    /// <summary>Where the ticks lie on this stretch's clock, and what each expands to.</summary>
    private (long Phase, int[] Offsets) PhaseIn(ZoneStretch stretch)
    {
        var local = start + stretch.Offset;
        var into = Seconds.Modulo(local, grid.Unit);
        return (local - into, expansion.Within((int)into));
    }
}
