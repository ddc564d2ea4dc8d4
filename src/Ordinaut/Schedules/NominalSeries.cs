using System.Diagnostics;

namespace Ordinaut.Schedules;

/// <summary>What becomes of a local time that the clock jumps over or shows twice.</summary>
internal enum ClockChangeRule
{
    /// <summary>RFC 5545 3.3.5: the offset before the gap (02:30 becomes 03:30); of two, the first.</summary>
    Calendar,

    /// <summary>Vixie cron, fixed times: one run at once after the gap; of two, the first.</summary>
    FixedJob,

    /// <summary>Vixie cron, jobs with a star for minute or hour: what the clock shows, as often as it does.</summary>
    ClockJob,
}

/// <summary>The instants of a <see cref="LocalPattern"/> on one zone's clock.</summary>
internal sealed class NominalSeries(LocalPattern pattern, ZoneClock clock, ClockChangeRule rule) : Series
{
    /// <summary>Vixie cron takes a longer jump for a clock that was set, and does not catch up.</summary>
    public const int MaxCaughtUpGap = 3 * 3600;

    /// <summary>More than two offsets of a zone can differ.</summary>
    private const int OffsetMargin = 2 * Seconds.PerDay;

    public override long Next(long after)
    {
        var stretch = clock.At(after);
        while (true)
        {
            var from = Math.Max(after, stretch.Start - 1);
            var local = pattern.Next(FirstFloor(stretch, from));
            var regular = local == Seconds.None ? Seconds.None : local - stretch.Offset;
            var found = Math.Min(regular < stretch.End ? regular : Seconds.None, NextMoved(stretch, from));
            if (found <= after)
            {
                // A scheduler that is handed a past time would run the task without end.
                throw new UnreachableException($"The occurrence {found} is not later than {after}.");
            }

            if (found != Seconds.None)
            {
                return found <= Seconds.Last ? found : Seconds.None;
            }

            if (local == Seconds.None || stretch.End >= Seconds.Last)
            {
                return Seconds.None;
            }

            // A clock job may be due again in the second pass of an overlap, so it visits every stretch.
            var resume = rule == ClockChangeRule.ClockJob ? stretch.End : regular - OffsetMargin;
            stretch = resume > stretch.End ? clock.At(resume) : clock.Following(stretch);
        }
    }

    public override long Count(long after, long through)
    {
        var count = 0L;
        var stretch = clock.At(after);
        while (true)
        {
            var low = Math.Max(after, stretch.Start - 1);
            count += CountIn(stretch, low, Math.Min(through, stretch.End - 1));
            if (stretch.End > through)
            {
                return count;
            }

            stretch = clock.Following(stretch);
        }
    }

    public override string? MoveOf(long instant)
    {
        var stretch = clock.At(instant);
        var local = instant + stretch.Offset;
        if (instant >= stretch.Start + MovedWindow(stretch) || pattern.Next(local - 1) == local)
        {
            return null;
        }

        var missed =
            rule == ClockChangeRule.Calendar
                ? instant + stretch.Earlier
                : pattern.Next(stretch.Start + stretch.Earlier - 1);
        var shown = Seconds.ClockText(Seconds.Modulo(missed, Seconds.PerDay));
        return $"moved from {shown}, which does not exist on this day";
    }

    /// <summary>Local times up to the floor have had their turn: in an overlap, the whole first pass.</summary>
    private long FirstFloor(ZoneStretch stretch, long from)
    {
        var floor = from + stretch.Offset;
        return stretch.Overlap > 0 && rule != ClockChangeRule.ClockJob
            ? Math.Max(floor, stretch.Start + stretch.Earlier - 1)
            : floor;
    }

    /// <summary>How many seconds from the start of a stretch may hold a run moved out of the gap before it.</summary>
    private int MovedWindow(ZoneStretch stretch) =>
        rule switch
        {
            ClockChangeRule.Calendar => stretch.Gap,
            ClockChangeRule.FixedJob => stretch.Gap is > 0 and < MaxCaughtUpGap ? 1 : 0,
            _ => 0,
        };

    private long NextMoved(ZoneStretch stretch, long from)
    {
        if (stretch.Gap == 0 || from >= stretch.Start + MovedWindow(stretch) - 1)
        {
            return Seconds.None;
        }

        var (gapStart, gapEnd) = (stretch.Start + stretch.Earlier, stretch.Start + stretch.Offset);
        var local = pattern.Next(Math.Max(from + stretch.Earlier, gapStart - 1));
        if (local < gapEnd && OnSkippedDay(local, gapStart, gapEnd))
        {
            local = pattern.Next(local - local % Seconds.PerDay + Seconds.PerDay - 1);
        }

        if (local >= gapEnd)
        {
            return Seconds.None;
        }

        var moved = rule == ClockChangeRule.Calendar ? local - stretch.Earlier : stretch.Start;
        return moved < stretch.End ? moved : Seconds.None;
    }

    /// <summary>A zone that changes sides of the date line skips a whole day: its runs are dropped with it.</summary>
    private static bool OnSkippedDay(long local, long gapStart, long gapEnd)
    {
        var midnight = local - local % Seconds.PerDay;
        return midnight >= gapStart && midnight + Seconds.PerDay <= gapEnd;
    }

    private long CountIn(ZoneStretch stretch, long low, long high)
    {
        var count = 0L;
        var windowEnd = Math.Min(high, stretch.Start + MovedWindow(stretch) - 1);
        if (stretch.Gap > 0 && low < windowEnd)
        {
            // Moved and regular runs mix here, some on the same instant: one by one, for an hour at most.
            for (var next = Next(low); next <= windowEnd; next = Next(next))
            {
                count++;
            }

            low = windowEnd;
        }

        var floor = FirstFloor(stretch, low);
        return high + stretch.Offset > floor ? count + pattern.Count(floor, high + stretch.Offset) : count;
    }
}
