namespace Ordinaut.Schedules;

/// <summary>A named calendar: entries as in <c>exclude</c>, except that it cannot name another calendar.</summary>
internal sealed record CalendarDays(IReadOnlyList<string> Entries);

/// <summary>
/// The days on which a task does not run, in its own zone: dates, ranges of dates (both ends in it), rules (the days
/// on which the rule has an occurrence) and named calendars.
/// </summary>
internal sealed class Exclusions
{
    public const int MaxEntries = 1000;

    public const int MaxRules = 50;

    /// <summary>
    /// How often one search may ask a rule about a day: more than ten years of days with five rules. A rule may exclude
    /// every day there is, and the one who searches may hold the database's only writer.
    /// </summary>
    public const int MaxLooks = 20_000;

    private readonly ZoneClock _clock;
    private readonly DateTimeOffset _anchor;
    private readonly List<(int First, int Last)> _ranges = [];
    private readonly List<RRuleSchedule> _rules = [];
    private int _entries;

    private Exclusions(ZoneClock clock, DateTimeOffset anchor)
    {
        _clock = clock;

        // Rules without a time of day then fall on midnight, and a rule's phase is a day's, not a moment's.
        var local = clock.ToLocal(Seconds.Of(anchor));
        _anchor = Seconds.ToInstant(Math.Max(0, clock.ToInstant(local - Seconds.Modulo(local, Seconds.PerDay))));
    }

    /// <summary>Reads the entries; <see cref="Problem"/>s point to <c>/exclude/i</c>.</summary>
    /// <param name="entries">At most <see cref="MaxEntries"/>, with those of the calendars.</param>
    /// <param name="calendars">Finds a calendar by its name; null when there is none.</param>
    /// <param name="timezone">The task's zone: it decides where a day begins.</param>
    /// <param name="anchor">The task's creation instant: the phase of rules without DTSTART.</param>
    public static Exclusions Parse(
        IReadOnlyList<string> entries,
        Func<string, CalendarDays?> calendars,
        string timezone,
        DateTimeOffset anchor
    )
    {
        const string Calendar = "calendar:";
        var exclusions = new Exclusions(Zones.Clock(timezone), anchor);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, pointer) = (entries[i].Trim(), $"/exclude/{i}");
            if (!entry.StartsWith(Calendar, StringComparison.OrdinalIgnoreCase))
            {
                exclusions.Add(entry, pointer);
                continue;
            }

            var name = entry[Calendar.Length..].Trim();
            var calendar =
                calendars(name)
                ?? throw Problem.Invalid(pointer, $"There is no calendar {Quoted.Of(name)} that you may see.");
            foreach (var day in calendar.Entries)
            {
                exclusions.Add(day.Trim(), pointer);
            }
        }

        exclusions._ranges.Sort();
        return exclusions;
    }

    public bool Excludes(DateTimeOffset instant) => ExcludesDay(DayOf(instant)) is not null;

    /// <summary>The first instant of the next day that is not excluded, given an instant on an excluded day.</summary>
    /// <param name="looks">
    /// What is left of the search, at first <see cref="MaxLooks"/>. When it is used up the answer may be excluded too.
    /// </param>
    public DateTimeOffset EndOfExcludedStretch(DateTimeOffset instant, ref int looks)
    {
        var day = DayOf(instant);
        while (Look(ref looks) && day < Seconds.LastDay && ExcludesDay(day) is { } stretch)
        {
            day = Math.Min(stretch.Last + 1, Seconds.LastDay);
        }

        return FirstInstantOf(day);
    }

    /// <summary>The first instant of the excluded days in a row that end with the instant's; as above.</summary>
    public DateTimeOffset StartOfExcludedStretch(DateTimeOffset instant, ref int looks)
    {
        var day = DayOf(instant) + 1;
        while (Look(ref looks) && day > 0 && ExcludesDay(day - 1) is { } stretch)
        {
            day = stretch.First;
        }

        return FirstInstantOf(day);
    }

    /// <summary>A look at a day asks every rule, so it costs as many.</summary>
    private bool Look(ref int looks)
    {
        looks -= Math.Max(1, _rules.Count);
        return looks >= 0;
    }

    /// <summary>
    /// Throws <see cref="Problem"/> at the given pointer unless the text is a date, a range or a rule.
    /// </summary>
    private void Add(string entry, string pointer)
    {
        if (++_entries > MaxEntries)
        {
            throw Problem.Invalid(
                pointer,
                $"There are more than {MaxEntries} excluded days, with those of the calendars."
            );
        }

        if (entry.Contains("FREQ=", StringComparison.OrdinalIgnoreCase))
        {
            AddRule(entry, pointer);
            return;
        }

        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        var first = DateOnly.MinValue;
        var last = DateOnly.MinValue;
        var read =
            Iso8601.TryReadDate(slash < 0 ? entry : entry[..slash], out first)
            && Iso8601.TryReadDate(slash < 0 ? entry : entry[(slash + 1)..], out last);
        if (!read)
        {
            throw Problem.Invalid(
                pointer,
                $"{Quoted.Of(entry)} is not a day: write 2027-01-01, 2027-12-24/2028-01-07, a rule such as "
                    + "FREQ=WEEKLY;BYDAY=SA,SU, or calendar:<name> (not inside a calendar)."
            );
        }

        if (last < first)
        {
            throw Problem.Invalid(pointer, $"{Quoted.Of(entry)} ends before it begins.");
        }

        _ranges.Add((first.DayNumber, last.DayNumber));
    }

    private void AddRule(string entry, string pointer)
    {
        if (entry.Length > Schedule.MaxExpressionLength)
        {
            throw Problem.Invalid(pointer, $"A rule has at most {Schedule.MaxExpressionLength} characters.");
        }

        if (_rules.Count == MaxRules)
        {
            throw Problem.Invalid(pointer, $"There are more than {MaxRules} rules, with those of the calendars.");
        }

        _rules.Add(RRuleSchedule.Parse(entry, _clock, _anchor, pointer));
    }

    /// <summary>The excluded stretch that is known to hold the day; null when it is not excluded.</summary>
    private (int First, int Last)? ExcludesDay(int day)
    {
        foreach (var (first, last) in _ranges)
        {
            if (first > day)
            {
                break;
            }

            if (day <= last)
            {
                return (first, last);
            }
        }

        if (_rules.Count == 0)
        {
            return null;
        }

        var before = Seconds.ToInstant(Math.Clamp(StartOf(day) - 1, 0, Seconds.Last));
        var end = Seconds.ToInstant(Math.Clamp(StartOf(day + 1), 0, Seconds.Last));
        return _rules.Exists(rule => rule.Next(before) < end) ? (day, day) : null;
    }

    private int DayOf(DateTimeOffset instant) =>
        (int)Math.Clamp(_clock.ToLocal(Seconds.Of(instant)) / Seconds.PerDay, 0, Seconds.LastDay);

    private DateTimeOffset FirstInstantOf(int day) => Seconds.ToInstant(Math.Clamp(StartOf(day), 0, Seconds.Last));

    private long StartOf(int day) => _clock.ToInstant((long)day * Seconds.PerDay);
}
