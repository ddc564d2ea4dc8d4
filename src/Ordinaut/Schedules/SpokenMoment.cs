using System.Globalization;

namespace Ordinaut.Schedules;

/// <summary>Makes a schedule of the kind once of what is said of a single moment.</summary>
internal sealed class SpokenMoment(SpokenWish wish, ZoneClock clock, DateTimeOffset now)
{
    private const string LocalPattern = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>29 February comes at least once in so many years.</summary>
    private const int LeapYears = 8;

    private readonly DateTime _now = Time(clock.ToLocal(Seconds.Of(now)));

    public ScheduleSpec Compose()
    {
        var recurs =
            wish is not { Unit: null, IsEvery: false, WeekdaysRepeat: false, Window: null, Start: null, Rate: null }
            || wish.ExceptMonths.Count + wish.ExceptWeekdays.Count + wish.Minutes.Count > 0;
        if (recurs)
        {
            throw SpokenSchedule.Refuse(
                "The text names one day or moment and also what comes again and again; say either, such as "
                    + "'tomorrow at 9' or 'every day at 9'."
            );
        }

        var expression = wish.Span.Count > 0 ? FromNow() : OnDay();
        return new ScheduleSpec(ScheduleKind.Once, expression, clock.Id, now);
    }

    private string FromNow()
    {
        if (wish.Day is not null || wish.Places is not null || wish.Weekdays.Count + wish.Months.Count > 0)
        {
            throw SpokenSchedule.Refuse("The text says both 'in …' and a day; say one of them.");
        }

        // Days and more are counted on the calendar, hours and less on the clock.
        var local = _now;
        var elapsed = 0L;
        foreach (var (amount, unit) in wish.Span)
        {
            local = unit switch
            {
                SpokenUnit.Day => local.AddDays(amount),
                SpokenUnit.Week => local.AddDays(7 * amount),
                SpokenUnit.Month => local.AddMonths(amount),
                SpokenUnit.Quarter => local.AddMonths(3 * amount),
                SpokenUnit.Year => local.AddYears(amount),
                _ => local,
            };
            elapsed += unit switch
            {
                SpokenUnit.Second => amount,
                SpokenUnit.Minute => 60 * amount,
                SpokenUnit.Hour => 3600 * amount,
                _ => 0,
            };
        }

        if (wish.Times.Count > 0)
        {
            return elapsed == 0
                ? Local(DateOnly.FromDateTime(local), TimeOfDay())
                : throw SpokenSchedule.Refuse("A time of day goes with 'in 3 days', not with hours or minutes.");
        }

        var start = local == _now ? Seconds.Of(now) : clock.ToInstant(local.Ticks / TimeSpan.TicksPerSecond);
        var instant = start + elapsed;
        var shown = clock.ToLocal(instant);
        var offset = new TimeSpan((shown - instant) * TimeSpan.TicksPerSecond);
        return new DateTimeOffset(Time(shown), offset).ToString(LocalPattern + "zzz", CultureInfo.InvariantCulture);
    }

    private string OnDay()
    {
        var second = TimeOfDay();
        var day = Date(second);
        return IsAhead(day, second)
            ? Local(day, second)
            : throw SpokenSchedule.Refuse($"{day:yyyy-MM-dd} at {Seconds.ClockText(second)} is already past.");
    }

    private DateOnly Date(int second)
    {
        var today = DateOnly.FromDateTime(_now);
        var isDate = wish.Places is not null;
        if (isDate && wish.Day is not null)
        {
            throw SpokenSchedule.Refuse("The text says the day twice; say it once.");
        }

        if (!isDate && wish.Months.Count > 0)
        {
            throw SpokenSchedule.Refuse("A month alone goes with what comes again and again, not with one day.");
        }

        if (wish.Day is null && !isDate)
        {
            return Coming(today, wish.Weekdays[0], second);
        }

        var day = wish.Day switch
        {
            { Date: { } date } => date,
            { Weekday: { } weekday } named => Coming(today.AddDays(named.InDays), weekday, second),
            { } named => today.AddDays(named.InDays),
            null => DayOfMonth(today, second),
        };
        return wish.Weekdays.TrueForAll(weekday => weekday == day.DayNumber % 7)
            ? day
            : throw SpokenSchedule.Refuse($"{day:yyyy-MM-dd} is a {Wording.Weekday(day.DayNumber % 7)}.");
    }

    private DateOnly Coming(DateOnly from, int weekday, int second)
    {
        var day = from.AddDays((weekday - from.DayNumber % 7 + 7) % 7);
        return IsAhead(day, second) ? day : day.AddDays(7);
    }

    private DateOnly DayOfMonth(DateOnly today, int second)
    {
        var (month, number) = (wish.Months[0], wish.Places!.Numbers[0]);
        if (wish.Places.Numbers.Count > 1)
        {
            throw SpokenSchedule.Refuse("These are several dates; say 'every year', or make a task for each.");
        }

        var first = wish.Year ?? today.Year;
        var last = wish.Year ?? today.Year + LeapYears;
        for (var year = Math.Max(first, 1); year <= last; year++)
        {
            var exists = number <= DateTime.DaysInMonth(year, month);
            if (exists && (wish.Year is not null || IsAhead(new DateOnly(year, month, number), second)))
            {
                return new DateOnly(year, month, number);
            }
        }

        throw SpokenSchedule.Refuse($"There is no {Wording.Ordinal(number)} of {Wording.Month(month)}.");
    }

    private int TimeOfDay() =>
        wish.TimesOfDay() switch
        {
            [] => throw SpokenSchedule.Refuse("Say at what time, such as 'at 09:00'."),
            [var second] => second,
            _ => throw SpokenSchedule.Refuse("One day with several times; make a task for each."),
        };

    private bool IsAhead(DateOnly day, int second) =>
        clock.ToInstant((long)day.DayNumber * Seconds.PerDay + second) > Seconds.Of(now);

    private static string Local(DateOnly day, int second) =>
        day.ToDateTime(TimeOnly.MinValue).AddSeconds(second).ToString(LocalPattern, CultureInfo.InvariantCulture);

    private static DateTime Time(long local) => new(local * TimeSpan.TicksPerSecond);
}
