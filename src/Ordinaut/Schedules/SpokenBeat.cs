namespace Ordinaut.Schedules;

/// <summary>Makes a schedule of a beat of hours, minutes or seconds: every 15 minutes between 9 and 17.</summary>
internal sealed class SpokenBeat
{
    private const int Hour = 3600;

    private readonly SpokenWish _wish;
    private readonly ZoneClock _clock;
    private readonly DateTimeOffset _now;
    private readonly SpokenUnit _unit;
    private readonly int _interval;
    private readonly List<int> _weekdays;
    private readonly List<int> _months;

    public SpokenBeat(SpokenWish wish, ZoneClock clock, DateTimeOffset now)
    {
        (_wish, _clock, _now) = (wish, clock, now);
        (_unit, _interval) = (wish.Unit!.Value, wish.Interval);
        while (_unit < SpokenUnit.Hour && _interval % 60 == 0)
        {
            (_unit, _interval) = (_unit + 1, _interval / 60);
        }

        Refuse(
            wish.Times.Count > 0 || wish.DayPart is not null,
            "A beat has no time of day; say 'between 9 and 17', or 'every hour at minute 15'."
        );
        Refuse(wish.Places is not null, "A beat goes with weekdays and months, not with days of the month.");
        Refuse(wish.Start is not null, "A first day belongs in the task's starts_at.");
        Refuse(
            wish.Rate is { } rate && rate != Math.Max(1, wish.Minutes.Count),
            "Say the minutes, as 'twice an hour at minutes 0 and 30'; or 'every 30 minutes'."
        );
        Refuse(wish.Minutes.Count > 0 && _unit != SpokenUnit.Hour, "'at minute 15' goes with hours.");
        _weekdays = SpokenDaySet.Left(wish.Weekdays, wish.ExceptWeekdays, 0, 7);
        _months = SpokenDaySet.Left(wish.Months, wish.ExceptMonths, 1, 12);
    }

    public ScheduleSpec Compose()
    {
        var isEven = (_unit == SpokenUnit.Hour ? 24 : 60) % _interval == 0;
        var isHourly = _unit == SpokenUnit.Hour && _wish.Window is not null;
        return isEven || isHourly ? Aligned() : Elapsed();
    }

    /// <summary>On the clock's own marks: 09:00, 09:15, 09:30.</summary>
    private ScheduleSpec Aligned()
    {
        var step = _interval == 1 ? "*" : $"*/{_interval}";
        var times = _unit switch
        {
            SpokenUnit.Second => $"{step} * {HoursOfMinutes()}",
            SpokenUnit.Minute => $"{step} {HoursOfMinutes()}",
            _ => $"{string.Join(',', MinutesOfHours().Order())} {Hours(step)}",
        };
        var days = $"* {SpokenDaySet.CronMonths(_months)} {SpokenDaySet.CronWeekdays(_weekdays)}";
        return new ScheduleSpec(ScheduleKind.Cron, $"{times} {days}", _clock.Id, _now);
    }

    /// <summary>What the clock has no marks for, such as 90 minutes, is counted from now.</summary>
    private ScheduleSpec Elapsed()
    {
        Refuse(
            _wish.Window is not null || _wish.Minutes.Count > 0,
            "Hours of the day go with a beat that divides the hour, such as 10, 15, 20 or 30 minutes."
        );
        var grain = _unit switch
        {
            SpokenUnit.Second => 1,
            SpokenUnit.Minute => 60,
            _ => Hour,
        };
        var now = Seconds.Of(_now);
        var start = Seconds.ToInstant(now - Seconds.Modulo(_clock.ToLocal(now), grain));
        var frequency = _unit switch
        {
            SpokenUnit.Second => "SECONDLY",
            SpokenUnit.Minute => "MINUTELY",
            _ => "HOURLY",
        };
        var months = _months.Count == 0 ? "" : $";{SpokenDaySet.RuleMonths(_months)}";
        var weekdays = _weekdays.Count == 0 ? "" : $";{SpokenDaySet.RuleWeekdays(_weekdays)}";
        var rule = $"RRULE:FREQ={frequency};INTERVAL={_interval}{months}{weekdays}";
        var text = $"{SpokenRecurrence.StartLine(_clock, start)}\n{rule}";
        return new ScheduleSpec(ScheduleKind.Rrule, text, _clock.Id, _now);
    }

    /// <summary>The hours in which minutes beat; they stop before the window's end.</summary>
    private string HoursOfMinutes()
    {
        if (_wish.Window is not { } window)
        {
            return "*";
        }

        var isWhole = window.From % Hour == 0 && window.To % Hour == 0;
        Refuse(!isWhole, "For a beat of minutes both hours are whole, as 'between 9 and 17'.");
        var (from, to) = Ends(window);
        return List(from / Hour, to / Hour - 1, 1);
    }

    /// <summary>The hours of an hourly beat; the last may be on the window's end.</summary>
    private string Hours(string step)
    {
        if (_wish.Window is not { } window)
        {
            return step;
        }

        var (from, to) = Ends(window);
        Refuse(_wish.Minutes.Count > 0 && from % Hour != 0, "With 'at minute' the window begins on a whole hour.");
        var last = (to - MinutesOfHours().Max() * 60) / Hour;
        Refuse(last < from / Hour, "Nothing falls within these hours.");
        return List(from / Hour, last, _interval);
    }

    private List<int> MinutesOfHours() =>
        _wish switch
        {
            { Minutes: { Count: > 0 } said } => [.. said.Distinct()],
            { Window: { } window } => [window.From / 60 % 60],
            _ => [0],
        };

    /// <summary>The end as an hour that is not before the start: 6 of the next day is 30.</summary>
    private (int From, int To) Ends((int From, int To) window)
    {
        Refuse(window.From == window.To, "The hours begin and end at the same time.");
        var isOver = window.To < window.From;
        Refuse(
            isOver && window.To > 0 && _weekdays.Count + _months.Count > 0,
            "Hours that run over midnight go with every day only."
        );
        return (window.From, isOver ? window.To + Seconds.PerDay : window.To);
    }

    private static string List(int from, int to, int step)
    {
        var hours = new List<int>();
        for (var hour = from; hour <= to; hour += step)
        {
            hours.Add(hour % 24);
        }

        return step == 1 && hours.Count > 1 && to < 24 ? $"{from}-{to}" : string.Join(',', hours.Order());
    }

    private static void Refuse(bool isWrong, string detail)
    {
        if (isWrong)
        {
            throw SpokenSchedule.Refuse(detail);
        }
    }
}
