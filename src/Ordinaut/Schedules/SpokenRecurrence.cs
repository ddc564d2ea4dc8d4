namespace Ordinaut.Schedules;

/// <summary>
/// Makes a schedule of what is said to come again and again: cron where its five fields can say it, else a
/// recurrence rule.
/// </summary>
internal sealed class SpokenRecurrence(SpokenWish wish, ZoneClock clock, DateTimeOffset now)
{
    public ScheduleSpec Compose()
    {
        if (wish.IsOnce || wish.Year is not null)
        {
            throw SpokenSchedule.Refuse("The text says once, or a year, and also what comes again and again.");
        }

        var unit = Unit();
        if (wish.Start is not null && wish.Interval == 1)
        {
            throw SpokenSchedule.Refuse("A first day belongs in the task's starts_at; here it says which week counts.");
        }

        return unit <= SpokenUnit.Hour ? new SpokenBeat(wish, clock, now).Compose() : Calendar(unit);
    }

    private SpokenUnit Unit()
    {
        var places = wish.Places;
        return wish switch
        {
            { Unit: { } said } => said,
            { Weekdays.Count: > 0 } when places is null => SpokenUnit.Week,
            { IsEvery: true, Months.Count: > 0 } when places is not null => SpokenUnit.Year,
            { IsEvery: true, Places.Noun: SpokenNoun.None } => SpokenUnit.Month,
            _ when places is not null => throw SpokenSchedule.Refuse(
                "Say of what: 'of the month', 'of each quarter' or 'every year'; or say the date, such as 2027-03-05."
            ),
            _ => throw SpokenSchedule.Refuse(
                "Say how often or on which day: 'every day at 18:00', 'every weekday at 18:00', 'tomorrow at 18:00'."
            ),
        };
    }

    private ScheduleSpec Calendar(SpokenUnit unit)
    {
        if (wish.Window is not null || wish.Minutes.Count > 0)
        {
            throw SpokenSchedule.Refuse(
                "'between 9 and 17' and 'at minute 5' go with 'every hour' or 'every 15 minutes'."
            );
        }

        var times = wish.TimesOfDay();
        if (times.Count == 0)
        {
            throw SpokenSchedule.Refuse("Say at what time, such as 'at 09:00'.");
        }

        var days = new SpokenDaySet(wish, unit);
        if (wish.Rate is { } rate && rate != days.PerUnit * times.Count)
        {
            throw SpokenSchedule.Refuse(
                $"The text says {rate} times a {unit.ToString().ToLowerInvariant()} and names "
                    + $"{days.PerUnit * times.Count}; say each of them, as 'twice a day at 8 and 20'."
            );
        }

        var plain = Plain(days, times);
        return wish.Interval == 1 ? plain : Stepped(days, times, plain);
    }

    private ScheduleSpec Plain(SpokenDaySet days, List<int> times)
    {
        var groups = Groups(times);
        return days.CronFields is { } fields && groups is [var (minute, hours)]
            ? Spec(ScheduleKind.Cron, $"{minute} {string.Join(',', hours)} {fields}")
            : Spec(ScheduleKind.Rrule, Rules(days, times, 1));
    }

    /// <summary>Every other week and the like: counted from the first day that comes.</summary>
    private ScheduleSpec Stepped(SpokenDaySet days, List<int> times, ScheduleSpec plain)
    {
        var from = wish.Start is { } start
            ? Seconds.ToInstant(clock.ToInstant((long)start.DayNumber * Seconds.PerDay) - 1)
            : now;
        var first =
            Schedule.Parse(plain).Next(from > now ? from : now)
            ?? throw SpokenSchedule.Refuse("There is no such day any more.");
        return Spec(ScheduleKind.Rrule, $"{StartLine(clock, first)}\n{Rules(days, times, wish.Interval)}");
    }

    public static string StartLine(ZoneClock clock, DateTimeOffset instant)
    {
        var local = new DateTime(clock.ToLocal(Seconds.Of(instant)) * TimeSpan.TicksPerSecond);
        return $"DTSTART:{local:yyyyMMdd'T'HHmmss}";
    }

    /// <summary>A rule's hours and minutes are all combined, so each minute gets a rule of its own.</summary>
    private static string Rules(SpokenDaySet days, List<int> times, int interval)
    {
        // A position counts times: with one time a day it counts days.
        var groups = days.IsPositioned ? times.ConvertAll(time => Groups([time])[0]) : Groups(times);
        var every = interval == 1 ? "" : $";INTERVAL={interval}";
        var rules =
            from rule in days.RuleParts(interval)
            from time in groups
            let parts = rule.Parts.Length == 0 ? "" : $";{rule.Parts}"
            let hours = string.Join(',', time.Hours)
            select $"RRULE:FREQ={rule.Frequency}{every}{parts};BYHOUR={hours};BYMINUTE={time.Minute};BYSECOND=0";
        return string.Join('\n', rules);
    }

    private static List<(int Minute, List<int> Hours)> Groups(List<int> times) =>
        [
            .. times
                .GroupBy(time => time / 60 % 60)
                .Select(group => (group.Key, group.Select(time => time / 3600).Order().ToList())),
        ];

    private ScheduleSpec Spec(ScheduleKind kind, string expression) => new(kind, expression, clock.Id, now);
}
