namespace Ordinaut.Schedules;

/// <summary>
/// A recurrence set of RFC 5545. Where the standard leaves a choice: a local time in a gap takes the offset before
/// the gap, one that comes twice is the first; HOURLY and finer advance by elapsed time; two local times on one
/// instant fire once, although COUNT counts both; a day that the zone skipped is dropped; DTSTART is an
/// occurrence only if the rule says so.
/// </summary>
internal sealed class RRuleSchedule : Schedule
{
    private readonly RecurrenceText _text;
    private readonly RecurrenceStart _start;
    private readonly Series _series;

    private RRuleSchedule(RecurrenceText text, RecurrenceStart start, ZoneClock clock)
        : base(clock)
    {
        (_text, _start) = (text, start);
        _series = RecurrenceSeries.Of(text, start, clock);
    }

    public override string Description => $"{RecurrenceDescription.Of(_text, _start.Local)}, {Timezone}";

    public static RRuleSchedule Parse(
        string expression,
        ZoneClock clock,
        DateTimeOffset anchor,
        string pointer = Pointer
    )
    {
        var text = new RecurrenceText(expression, pointer);
        var ruleClock = text.Start switch
        {
            null => clock,
            { Time.IsUtc: true } => Zones.Utc,
            { Zone: { } own } => own,
            _ => clock,
        };
        var instant = text.Start?.InstantIn(ruleClock) ?? Seconds.Of(anchor);
        var local = text.Start?.Time.Local ?? ruleClock.ToLocal(instant);
        var start = new RecurrenceStart(instant, local) { Before = text.Start is null ? 0 : 1 };
        var schedule = new RRuleSchedule(text, start, ruleClock);
        return schedule._series.Next(-1) == Seconds.None
            ? throw Problem.Invalid(
                pointer,
                "The rule can never fire: no date and time up to the year 9999 satisfies all its parts."
                    + (text.ExceptRules.Count == 0 ? "" : $" {RecurrenceDescription.ExRule}.")
            )
            : schedule;
    }

    public override DateTimeOffset? Next(DateTimeOffset after) =>
        Seconds.ToInstantOrNull(_series.Next(Seconds.Of(after)));

    public override long Count(DateTimeOffset after, DateTimeOffset through) =>
        _series.Count(Seconds.Of(after), Seconds.Of(through));

    internal override string? NoteOn(DateTimeOffset occurrence) =>
        _series.MoveOf(Seconds.Of(occurrence)) ?? base.NoteOn(occurrence);
}
