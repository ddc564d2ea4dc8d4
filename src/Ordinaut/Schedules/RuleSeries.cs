namespace Ordinaut.Schedules;

/// <summary>Builds the series of one rule of a recurrence set.</summary>
internal static class RuleSeries
{
    /// <summary>One rule; COUNT is turned into the instant or local time of the last occurrence, once.</summary>
    public static Series Of(RecurrenceRule rule, RecurrenceStart start, ZoneClock clock)
    {
        var series = rule.IsFinerThanDaily ? OfTicks(rule, start, clock) : OfDays(rule, start, clock);
        return rule.Until switch
        {
            { IsUtc: true } until => new EndingSeries(series, until.Seconds),
            { } until when rule.IsFinerThanDaily => new EndingSeries(series, LatestInstantOf(until.Seconds, clock)),
            _ => series,
        };
    }

    /// <summary>Of the two instants of an ambiguous local time, the second: both are "until" it.</summary>
    private static long LatestInstantOf(long local, ZoneClock clock)
    {
        var first = clock.ToInstant(local);
        var stretch = clock.At(first);
        var overlap = stretch.End == Seconds.None ? 0 : clock.Following(stretch).Overlap;
        return first >= stretch.End - overlap ? first + overlap : first;
    }

    private static NominalSeries OfDays(RecurrenceRule rule, RecurrenceStart start, ZoneClock clock)
    {
        var startDay = (int)(start.Local / Seconds.PerDay);
        var days = rule.DaysFrom(DateOnly.FromDayNumber(startDay));
        var grid = new PeriodGrid(rule.Frequency, rule.Interval, startDay, rule.WeekStart);
        var times = rule.TimesFrom((int)(start.Local % Seconds.PerDay));
        var isDaily = rule.Frequency == Frequency.Daily;
        LocalPattern? pattern =
            rule.Positions.Length > 0 && !isDaily
                ? new PositionedPattern(days, grid, times, rule.Positions)
                : DailyPattern(new DayWalk(days, grid), times, rule.Positions);
        var end = rule.Until is { IsUtc: false } until ? until.Seconds : Seconds.Last;
        var bounded = new BoundedPattern(pattern ?? NoPattern.Instance, start.Local, end);
        if (rule.Count is { } count)
        {
            // Counted before the zone is asked: two local times on one instant are two (they fire once).
            var last =
                bounded.Next(start.Local - start.Before) == Seconds.None
                    ? Seconds.None
                    : Seconds.Nth(bounded.Next, bounded.Count, start.Local - start.Before, count);
            bounded = new BoundedPattern(bounded, start.Local, Math.Min(last, Seconds.Last));
        }

        return new NominalSeries(bounded, clock, ClockChangeRule.Calendar);
    }

    private static CalendarPattern? DailyPattern(DayWalk days, TimesOfDay times, int[] positions)
    {
        var picked = positions.Length == 0 ? times : times.Pick(positions);
        return picked is null ? null : new CalendarPattern(days, picked);
    }

    private static Series OfTicks(RecurrenceRule rule, RecurrenceStart start, ZoneClock clock)
    {
        var unit = rule.Frequency switch
        {
            Frequency.Hourly => 3600,
            Frequency.Minutely => 60,
            _ => 1,
        };
        var days = new DayWalk(rule.DaysFrom(DateOnly.MinValue), PeriodGrid.EveryDay);
        var grid = new TickGrid(unit, rule.Interval, days, AllowedSlots(rule));
        var expansion = new TickExpansion(
            unit,
            rule.Frequency == Frequency.Hourly && rule.Minutes.Length > 0 ? RecurrenceRule.SetOf(rule.Minutes, 0) : 0,
            rule.Frequency != Frequency.Secondly && rule.Seconds.Length > 0 ? RecurrenceRule.SetOf(rule.Seconds, 0) : 0,
            rule.Positions
        );
        var series = new TickSeries(clock, start.Instant, grid, expansion);
        if (rule.Count is not { } count || series.Next(start.Instant - start.Before) == Seconds.None)
        {
            return series;
        }

        return new EndingSeries(series, Seconds.Nth(series.Next, series.Count, start.Instant - start.Before, count));
    }

    /// <summary>The times of day at which an hour, minute or second of the rule may begin; null for any.</summary>
    private static TimesOfDay? AllowedSlots(RecurrenceRule rule)
    {
        const ulong All24 = (1UL << 24) - 1;
        const ulong All60 = (1UL << 60) - 1;
        var byMinute = rule.Frequency == Frequency.Hourly ? [0] : rule.Minutes;
        var bySecond = rule.Frequency == Frequency.Secondly ? rule.Seconds : [0];
        var hours = rule.Hours.Length == 0 ? All24 : RecurrenceRule.SetOf(rule.Hours, 0);
        var minutes = byMinute.Length == 0 ? All60 : RecurrenceRule.SetOf(byMinute, 0);
        var seconds = bySecond.Length == 0 ? All60 : RecurrenceRule.SetOf(bySecond, 0);
        var limits =
            rule.Hours.Length > 0
            || (rule.Frequency != Frequency.Hourly && rule.Minutes.Length > 0)
            || (rule.Frequency == Frequency.Secondly && rule.Seconds.Length > 0);
        return limits ? new TimesOfDay(hours, minutes, seconds) : null;
    }

    /// <summary>Positions beyond what a day has: no time at all.</summary>
    private sealed class NoPattern : LocalPattern
    {
        public static readonly NoPattern Instance = new();

        public override long Next(long after) => Seconds.None;

        public override long Count(long after, long through) => 0;
    }
}
