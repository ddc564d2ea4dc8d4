namespace Ordinaut.Schedules;

/// <summary>Where a rule begins: DTSTART, or the task's creation instant.</summary>
/// <param name="Instant">In UTC.</param>
/// <param name="Local">Of the rule's wall clock: it gives a rule its phase and the parts it leaves out.</param>
internal readonly record struct RecurrenceStart(long Instant, long Local)
{
    /// <summary>
    /// How far before the start COUNT begins to count: 1, so that a DTSTART is the first; 0 where the rule has none and
    /// starts with its task, whose own instant is past when anything could run.
    /// </summary>
    public int Before { get; init; } = 1;
}

/// <summary>A recurrence set: the rules and extra dates together, without the excepted ones.</summary>
internal sealed class RecurrenceSeries : Series
{
    /// <summary>
    /// An EXRULE that removes this many occurrences in a row ends the series, for it may remove all of them and
    /// the search would not end before the year 9999.
    /// </summary>
    public const int MaxExceptedInARow = 10_000;

    /// <summary>
    /// Where rules mix, occurrences are counted one by one, and no further than this: more than a minute's rule has in
    /// two months. A count beyond says "so many, and more".
    /// </summary>
    public const int MaxCounted = 100_000;

    private readonly ZoneClock _clock;
    private readonly Series[] _rules;
    private readonly Series[] _exceptRules;
    private readonly long[] _extra;
    private readonly HashSet<long> _except;
    private readonly HashSet<long> _exceptDays;

    private RecurrenceSeries(RecurrenceText text, RecurrenceStart start, ZoneClock clock)
    {
        _clock = clock;
        _rules = [.. text.Rules.Select(rule => RuleSeries.Of(rule, start, clock))];
        _exceptRules = [.. text.ExceptRules.Select(rule => RuleSeries.Of(rule, start, clock))];
        _extra = [.. text.Extra.Select(time => InstantOf(time, start, clock)).Distinct().Order()];
        _except = [.. text.Except.Where(time => !time.Time.IsDate).Select(time => time.InstantIn(clock))];
        _exceptDays = [.. text.Except.Where(time => time.Time.IsDate).Select(time => time.Time.Local)];
    }

    public static Series Of(RecurrenceText text, RecurrenceStart start, ZoneClock clock)
    {
        var isOneRule = text.Rules.Count == 1 && text.ExceptRules.Count + text.Extra.Count + text.Except.Count == 0;
        return isOneRule ? RuleSeries.Of(text.Rules[0], start, clock) : new RecurrenceSeries(text, start, clock);
    }

    public override long Next(long after)
    {
        for (var hops = 0; hops < MaxExceptedInARow; hops++)
        {
            var next = NextCandidate(after);
            if (next == Seconds.None || !IsExcepted(next))
            {
                return next;
            }

            after = next;
        }

        return Seconds.None;
    }

    public override long Count(long after, long through)
    {
        if (_rules.Length != 1 || _exceptRules.Length > 0)
        {
            return CountOneByOne(after, through);
        }

        var rule = _rules[0];
        var count = rule.Count(after, through);
        foreach (var extra in _extra)
        {
            count += extra > after && extra <= through && !rule.Contains(extra) && !IsExcepted(extra) ? 1 : 0;
        }

        foreach (var day in _exceptDays)
        {
            var (first, last) = (_clock.ToInstant(day) - 1, _clock.ToInstant(day + Seconds.PerDay) - 1);
            count -= rule.Count(Math.Max(first, after), Math.Min(last, through));
        }

        foreach (var except in _except)
        {
            var counted = except > after && except <= through && !IsOnExceptedDay(except);
            count -= counted && rule.Contains(except) ? 1 : 0;
        }

        return count;
    }

    public override string? MoveOf(long instant) => Array.Find(_rules, rule => rule.Contains(instant))?.MoveOf(instant);

    private static long InstantOf(ZonedTime time, RecurrenceStart start, ZoneClock clock)
    {
        // RDATE;VALUE=DATE: that day at DTSTART's time of day.
        var local = time.Time.IsDate ? time.Time.Local + start.Local % Seconds.PerDay : time.Time.Local;
        return (time with { Time = time.Time with { Local = local } }).InstantIn(clock);
    }

    private long NextCandidate(long after)
    {
        var next = Seconds.None;
        foreach (var rule in _rules)
        {
            next = Math.Min(next, rule.Next(after));
        }

        var index = Array.BinarySearch(_extra, after + 1);
        index = index < 0 ? ~index : index;
        return index < _extra.Length ? Math.Min(next, _extra[index]) : next;
    }

    private bool IsExcepted(long instant) =>
        _except.Contains(instant)
        || IsOnExceptedDay(instant)
        || Array.Exists(_exceptRules, rule => rule.Contains(instant));

    private bool IsOnExceptedDay(long instant)
    {
        if (_exceptDays.Count == 0)
        {
            return false;
        }

        var local = _clock.ToLocal(instant);
        return _exceptDays.Contains(local - local % Seconds.PerDay);
    }

    private long CountOneByOne(long after, long through)
    {
        var count = 0L;
        var looked = 0;
        for (var at = NextCandidate(after); at <= through && at != Seconds.None; at = NextCandidate(at))
        {
            count += IsExcepted(at) ? 0 : 1;
            if (++looked == MaxCounted)
            {
                break;
            }
        }

        return count;
    }
}
