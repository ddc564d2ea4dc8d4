using System.Numerics;

namespace Ordinaut.Schedules;

/// <summary>
/// A non-empty set of times of day, in seconds: every combination of some hours, minutes and seconds (three bit
/// sets, so that each question costs a few instructions), or a picked list of such times.
/// </summary>
internal sealed class TimesOfDay
{
    private readonly int[]? _picked;

    public TimesOfDay(ulong hours, ulong minutes, ulong seconds)
    {
        (Hours, Minutes, Seconds) = (hours, minutes, seconds);
        Count = BitOperations.PopCount(hours) * PerHour;
        First = Compose(Lowest(hours), Lowest(minutes), Lowest(seconds));
    }

    private TimesOfDay(TimesOfDay all, int[] picked)
    {
        (Hours, Minutes, Seconds) = (all.Hours, all.Minutes, all.Seconds);
        _picked = picked;
        Count = picked.Length;
        First = picked[0];
    }

    public ulong Hours { get; }

    public ulong Minutes { get; }

    public ulong Seconds { get; }

    public int Count { get; }

    public int First { get; }

    private int PerMinute => BitOperations.PopCount(Seconds);

    private int PerHour => BitOperations.PopCount(Minutes) * PerMinute;

    /// <summary>The index-th time in order; 0 is the first.</summary>
    public int this[int index]
    {
        get
        {
            if (_picked is not null)
            {
                return _picked[index];
            }

            var (hour, rest) = Math.DivRem(index, PerHour);
            var (minute, second) = Math.DivRem(rest, PerMinute);
            return Compose(Select(Hours, hour), Select(Minutes, minute), Select(Seconds, second));
        }
    }

    public bool Contains(int second) => After(second - 1) == second;

    /// <summary>The first time later than the given second of the day, or -1. Takes -1 too.</summary>
    public int After(int second)
    {
        if (_picked is not null)
        {
            var index = CountThrough(second);
            return index < _picked.Length ? _picked[index] : -1;
        }

        var from = second + 1;
        var (hour, minute) = (from / 3600, from / 60 % 60);
        if (Has(Hours, hour))
        {
            var at = AtOrAfter(Seconds, from % 60);
            if (at >= 0 && Has(Minutes, minute))
            {
                return Compose(hour, minute, at);
            }

            var later = AtOrAfter(Minutes, minute + 1);
            if (later >= 0)
            {
                return Compose(hour, later, Lowest(Seconds));
            }
        }

        var next = AtOrAfter(Hours, hour + 1);
        return next < 0 ? -1 : Compose(next, Lowest(Minutes), Lowest(Seconds));
    }

    /// <summary>How many of the times are not later than the given second of the day; 0 for -1.</summary>
    public int CountThrough(int second)
    {
        if (second < 0)
        {
            return 0;
        }

        if (_picked is not null)
        {
            var index = Array.BinarySearch(_picked, second);
            return index < 0 ? ~index : index + 1;
        }

        var (hour, minute) = (second / 3600, second / 60 % 60);
        var count = Below(Hours, hour) * PerHour;
        if (Has(Hours, hour))
        {
            count += Below(Minutes, minute) * PerMinute;
            count += Has(Minutes, minute) ? Below(Seconds, second % 60 + 1) : 0;
        }

        return count;
    }

    /// <summary>Only the times at the given positions (BYSETPOS); null when none of them exists.</summary>
    public TimesOfDay? Pick(IReadOnlyList<int> positions)
    {
        var picked = new SortedSet<int>();
        foreach (var position in positions)
        {
            var index = position > 0 ? position - 1 : Count + position;
            if (index >= 0 && index < Count)
            {
                picked.Add(this[index]);
            }
        }

        return picked.Count == 0 ? null : new TimesOfDay(this, [.. picked]);
    }

    private static int Compose(int hour, int minute, int second) => hour * 3600 + minute * 60 + second;

    private static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    private static int Lowest(ulong set) => BitOperations.TrailingZeroCount(set);

    private static int Below(ulong set, int value) => BitOperations.PopCount(set & ((1UL << value) - 1));

    private static int AtOrAfter(ulong set, int value)
    {
        var rest = set >> value;
        return rest == 0 ? -1 : value + BitOperations.TrailingZeroCount(rest);
    }

    private static int Select(ulong set, int index)
    {
        for (; index > 0; index--)
        {
            set &= set - 1;
        }

        return Lowest(set);
    }
}
