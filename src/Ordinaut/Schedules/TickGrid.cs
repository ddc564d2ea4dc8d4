namespace Ordinaut.Schedules;

/// <summary>
/// Every so many hours, minutes or seconds, cut down to some days and some times of day, on a clock without
/// changes. A slot is the local second at which its hour, minute or second begins; slots on the grid are those
/// that differ from the phase by a multiple of <see cref="Step"/>.
/// </summary>
internal sealed class TickGrid
{
    /// <summary>Up to this many allowed times of day are met by arithmetic instead of by search.</summary>
    private const int MaxMeetings = 64;

    private readonly DayWalk _days;
    private readonly TimesOfDay? _allowed;
    private readonly int _perDay;
    private readonly long _stepUnits;

    /// <summary>The allowed times of day in units, when they are few; else null.</summary>
    private readonly int[]? _few;

    private readonly TickMeeting _meeting;

    /// <summary>Phases of a day (its first slot on the grid, in units) on which it has an allowed slot.</summary>
    private readonly bool[]? _fruitful;

    /// <summary>Of the phases that days run through one after the other: whether one of them is fruitful.</summary>
    private readonly bool[]? _possible;

    /// <summary>Slots per day by its phase, plus one; 0 is not yet counted.</summary>
    private readonly int[]? _counts;

    /// <param name="unit">3600, 60 or 1 seconds.</param>
    /// <param name="interval">In units.</param>
    /// <param name="days">The days a slot may lie on.</param>
    /// <param name="allowed">The times of day a slot may have; null for any.</param>
    public TickGrid(int unit, int interval, DayWalk days, TimesOfDay? allowed)
    {
        (Unit, _days, _allowed) = (unit, days, allowed);
        Step = (long)unit * interval;
        _perDay = Seconds.PerDay / unit;
        _stepUnits = interval;
        _meeting = new TickMeeting(_stepUnits, _perDay);
        if (allowed is null)
        {
            return;
        }

        _possible = new bool[TickMeeting.GreatestCommonDivisor(_stepUnits, _perDay)];
        _fruitful = _stepUnits < _perDay ? new bool[_stepUnits] : null;
        _counts = _stepUnits < _perDay ? new int[_stepUnits] : null;
        if (_stepUnits == 1)
        {
            // Every slot is on the grid, and there is an allowed one.
            (_possible[0], _fruitful![0]) = (true, true);
            return;
        }

        _few =
            allowed.Count <= MaxMeetings
                ? [.. Enumerable.Range(0, allowed.Count).Select(index => allowed[index] / unit)]
                : null;
        for (var time = allowed.First; time >= 0; time = allowed.After(time))
        {
            var slot = time / unit;
            _possible[slot % _possible.Length] = true;
            if (_fruitful is not null)
            {
                _fruitful[slot % _stepUnits] = true;
            }
        }
    }

    public int Unit { get; }

    public long Step { get; }

    /// <summary>
    /// Whether slots of this phase ever have an allowed time of day: every 24 hours from 8 is never at 5.
    /// </summary>
    public bool IsPossible(long phase) =>
        _possible is null || _possible[Seconds.Modulo(phase / Unit, _possible.Length)];

    public bool Contains(long slot, long phase)
    {
        if (slot < 0 || slot > Seconds.Last || (slot - phase) % Step != 0)
        {
            return false;
        }

        return _days.Contains((int)(slot / Seconds.PerDay))
            && (_allowed is null || _allowed.Contains((int)(slot % Seconds.PerDay)));
    }

    /// <summary>
    /// The first slot that is not earlier than the given one. Beyond the limit the answer is only how far the
    /// search got; <see cref="Seconds.None"/> when no day can follow.
    /// </summary>
    public long Next(long slot, long limit, long phase)
    {
        if (!IsPossible(phase))
        {
            return limit;
        }

        slot = Align(Math.Max(slot, 0), phase);
        while (slot < limit && slot <= Seconds.Last)
        {
            var today = (int)(slot / Seconds.PerDay);
            var day = _days.AtOrAfter(today);
            if (day < 0)
            {
                return Seconds.None;
            }

            if (day > today)
            {
                slot = Align((long)day * Seconds.PerDay, phase);
                continue;
            }

            var next = _few is null ? NextBySearch(slot, phase) : NextMeeting(_few, slot, phase);
            if (next == Seconds.None || next / Seconds.PerDay == day)
            {
                return next;
            }

            slot = next;
        }

        return slot <= Seconds.Last ? slot : Seconds.None;
    }

    /// <summary>The next slot at one of few times of day, whatever the day.</summary>
    private long NextMeeting(int[] times, long slot, long phase)
    {
        var next = Seconds.None;
        foreach (var time in times)
        {
            next = Math.Min(next, _meeting.AtOrAfter(slot / Unit, phase / Unit, time));
        }

        return next == Seconds.None ? next : next * Unit;
    }

    /// <summary>
    /// The next slot of the same day at an allowed time, or else any slot on the grid after that day.
    /// </summary>
    private long NextBySearch(long slot, long phase)
    {
        var midnight = slot - slot % Seconds.PerDay;
        var time = NextOn(midnight, (int)(slot - midnight), phase);
        return time >= 0 ? midnight + time : Align(Math.Max(midnight + Seconds.PerDay, slot + 1), phase);
    }

    /// <summary>The number of slots in [from, to); both are slots.</summary>
    public long Count(long from, long to, long phase)
    {
        from = Math.Max(from, 0);
        if (_allowed is null && _days.IsEveryDay)
        {
            return CountSteps(from, to, phase);
        }

        if (!IsPossible(phase))
        {
            return 0;
        }

        return _stepUnits < _perDay ? CountByDay(from, to, phase) : CountBySlot(from, to, phase);
    }

    private long CountBySlot(long from, long to, long phase)
    {
        var count = 0L;
        for (var slot = Next(from, to, phase); slot < to; slot = Next(slot + Unit, to, phase))
        {
            count++;
        }

        return count;
    }

    private long CountByDay(long from, long to, long phase)
    {
        var count = 0L;
        var last = (int)((to - 1) / Seconds.PerDay);
        var day = _days.AtOrAfter((int)(from / Seconds.PerDay));
        while (day >= 0 && day <= last)
        {
            var midnight = (long)day * Seconds.PerDay;
            var low = (int)Math.Max(0, from - midnight);
            var high = (int)Math.Min(Seconds.PerDay, to - midnight);
            var whole = low == 0 && high == Seconds.PerDay;
            count += whole ? CountWholeDay(midnight, phase) : CountOn(midnight, (low, high), phase);
            day = _days.AtOrAfter(day + 1);
        }

        return count;
    }

    private long CountWholeDay(long midnight, long phase)
    {
        if (_counts is null)
        {
            return CountSteps(midnight, midnight + Seconds.PerDay, phase);
        }

        var dayPhase = (Align(midnight, phase) - midnight) / Unit;
        if (_counts[dayPhase] == 0)
        {
            _counts[dayPhase] = (int)CountOn(midnight, (0, Seconds.PerDay), phase) + 1;
        }

        return _counts[dayPhase] - 1;
    }

    private long CountOn(long midnight, (int Low, int High) within, long phase)
    {
        if (_allowed is null)
        {
            return CountSteps(midnight + within.Low, midnight + within.High, phase);
        }

        if (_stepUnits == 1)
        {
            return _allowed.CountThrough(within.High - 1) - _allowed.CountThrough(within.Low - 1);
        }

        var count = 0L;
        var time = NextOn(midnight, within.Low, phase);
        while (time >= 0 && time < within.High)
        {
            count++;
            time = NextOn(midnight, time + Unit, phase);
        }

        return count;
    }

    private long CountSteps(long from, long to, long phase)
    {
        var first = Align(from, phase);
        return first >= to ? 0 : (to - 1 - first) / Step + 1;
    }

    /// <summary>The first allowed slot of the day that is not earlier than the given time of day, or -1.</summary>
    private int NextOn(long midnight, int time, long phase)
    {
        var slot = Align(midnight + time, phase);
        var end = midnight + Seconds.PerDay;
        if (_allowed is null || slot >= end)
        {
            return slot < end ? (int)(slot - midnight) : -1;
        }

        if (_fruitful is not null && !_fruitful[(Align(midnight, phase) - midnight) / Unit])
        {
            return -1;
        }

        // Grid and allowed times leapfrog: each moves on to the other's next until they meet.
        while (slot < end)
        {
            var allowed = _allowed.After((int)(slot - midnight) - 1);
            if (allowed < 0)
            {
                return -1;
            }

            var aligned = Align(midnight + allowed, phase);
            if (aligned == midnight + allowed)
            {
                return allowed;
            }

            slot = aligned;
        }

        return -1;
    }

    /// <summary>The first slot on the grid that is not earlier than the given second.</summary>
    private long Align(long slot, long phase) => slot + Seconds.Modulo(phase - slot, Step);
}
