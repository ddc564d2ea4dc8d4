using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ordinaut.Schedules;

/// <summary>The days of one period that satisfy a rule, as bits counted from the period's first day.</summary>
internal readonly struct PeriodDays
{
    /// <summary>Room for a leap year.</summary>
    public const int Capacity = 64 * 6;

    private readonly Words _words;

    public PeriodDays(DayRule rule, PeriodGrid grid, int start)
    {
        Start = start;
        var end = grid.EndOf(start);
        for (var day = start; day < end; )
        {
            var (year, month, number) = DateOnly.FromDayNumber(day);
            var left = DateTime.DaysInMonth(year, month) - number + 1;
            var mask = rule.InMonth(year, month) >> (number - 1);
            mask &= end - day < 32 ? (1u << (end - day)) - 1 : uint.MaxValue;
            var (word, bit) = (day - start >> 6, day - start & 63);
            _words[word] |= (ulong)mask << bit;
            if (bit > 32 && word + 1 < Capacity / 64)
            {
                _words[word + 1] |= (ulong)mask >> (64 - bit);
            }

            Count += BitOperations.PopCount(mask);
            day += left;
            if (day > Seconds.LastDay)
            {
                break;
            }
        }
    }

    /// <summary>The period's first day (<see cref="DateOnly.DayNumber"/>).</summary>
    public int Start { get; }

    public int Count { get; }

    public bool Contains(int day) => (_words[day >> 6] >> (day & 63) & 1) != 0;

    /// <summary>How many days come before the given one, which counts from 0.</summary>
    public int CountBefore(int day)
    {
        var count = 0;
        for (var word = 0; word < day >> 6; word++)
        {
            count += BitOperations.PopCount(_words[word]);
        }

        return count + BitOperations.PopCount(_words[day >> 6] & ((1UL << (day & 63)) - 1));
    }

    /// <summary>The day number of the rank-th day; rank 0 is the first. There must be one.</summary>
    public int Select(int rank)
    {
        var word = 0;
        while (BitOperations.PopCount(_words[word]) is var inWord && rank >= inWord)
        {
            rank -= inWord;
            word++;
        }

        var bits = _words[word];
        for (; rank > 0; rank--)
        {
            bits &= bits - 1;
        }

        return Start + word * 64 + BitOperations.TrailingZeroCount(bits);
    }

    [InlineArray(Capacity / 64)]
    private struct Words
    {
        private ulong _first;
    }
}
