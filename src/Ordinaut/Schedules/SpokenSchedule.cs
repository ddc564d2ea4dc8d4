namespace Ordinaut.Schedules;

/// <summary>
/// A schedule said in English, as the schedule that is meant. It is strict: what is not understood to the last word,
/// or could mean two things, is refused with the word it stumbled over.
/// </summary>
internal static class SpokenSchedule
{
    public const string Pointer = "/text";

    public const int MaxTextLength = 200;

    /// <summary>From later on, the longest span (999 of each unit) could leave the calendar.</summary>
    public const int LastYear = 7999;

    public const int FirstYear = 2000;

    /// <param name="timezone">Of local times; null leaves it to the text and then to the fallback.</param>
    /// <param name="now">What "tomorrow" and "in 20 minutes" count from.</param>
    public static (ScheduleSpec Spec, Schedule Schedule) Parse(
        string text,
        string? timezone,
        string fallback,
        DateTimeOffset now
    )
    {
        if (text.Length > MaxTextLength)
        {
            throw Refuse($"The text has {text.Length} characters; at most {MaxTextLength} are read.");
        }

        if (now.UtcDateTime.Year is < FirstYear or > LastYear)
        {
            throw Problem.Invalid("/now", $"now must be in the years {FirstYear} to {LastYear}.");
        }

        var asked = timezone is null ? null : Zones.Resolve(timezone);
        var wish = SpokenReader.Read(text);
        var said = wish.Zone is null ? null : Zones.Resolve(wish.Zone, Pointer);
        if (asked is not null && said is not null && asked != said)
        {
            throw Refuse($"The text says {said} and timezone says {asked}; leave one of them out.");
        }

        var clock = Zones.Clock(said ?? asked ?? fallback);
        return Compose(wish, clock, now);
    }

    public static Problem Refuse(string detail) => Problem.Invalid(Pointer, detail);

    private static (ScheduleSpec Spec, Schedule Schedule) Compose(SpokenWish wish, ZoneClock clock, DateTimeOffset now)
    {
        var isOpen = wish is { Unit: null, IsEvery: false, WeekdaysRepeat: false };
        if (isOpen && wish.Weekdays.Count > 1 && wish.Places is null)
        {
            throw Refuse("Say 'every' before weekdays that come again and again: 'every Monday and Thursday at 9'.");
        }

        var isDate = isOpen && wish is { Places.Noun: SpokenNoun.None, Months.Count: 1 };
        var isMoment =
            wish.Day is not null
            || isDate
            || (isOpen && wish.Weekdays.Count == 1 && wish.Places is null)
            || wish.Span.Count > 0;
        var spec = isMoment
            ? new SpokenMoment(wish, clock, now).Compose()
            : new SpokenRecurrence(wish, clock, now).Compose();
        try
        {
            return (spec, Schedule.Parse(spec));
        }
        catch (Problem problem)
        {
            // Such as 30 February: the words are right and no such day comes.
            throw Refuse(problem.Message);
        }
    }
}
