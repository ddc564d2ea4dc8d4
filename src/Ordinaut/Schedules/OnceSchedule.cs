namespace Ordinaut.Schedules;

/// <summary>
/// One moment, as ISO 8601. Without an offset it is local to the zone: in a gap the offset before the gap holds, and
/// of two it is the first.
/// </summary>
internal sealed class OnceSchedule : Schedule
{
    private readonly DateTimeOffset _at;
    private readonly DateTime? _asked;

    private OnceSchedule(DateTimeOffset at, DateTime? asked, ZoneClock clock)
        : base(clock) => (_at, _asked) = (at, asked);

    public override string Description
    {
        get
        {
            var local = Clock.ToLocal(Seconds.Of(_at));
            var date = DateOnly.FromDayNumber((int)(local / Seconds.PerDay));
            return $"once on {date:yyyy-MM-dd} at {Seconds.ClockText(local % Seconds.PerDay)}, {Timezone}";
        }
    }

    public static OnceSchedule Parse(string expression, ZoneClock clock)
    {
        if (!Iso8601.TryReadTime(expression, out var local, out var offset))
        {
            throw Problem.Invalid(
                Pointer,
                $"{Quoted.Of(expression)} is not a moment; write it as 2027-03-28T09:00:00 (local to the time zone) "
                    + "or 2027-03-28T09:00:00+03:00."
            );
        }

        var ticks = offset is { } known
            ? local.Ticks - known.Ticks
            : clock.ToInstant(local.Ticks / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond
                + local.Ticks % TimeSpan.TicksPerSecond;
        if (ticks < Seconds.PerDay * TimeSpan.TicksPerSecond || ticks >= DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay)
        {
            throw Problem.Invalid(Pointer, $"{Quoted.Of(expression)} lies outside the years 1 to 9999.");
        }

        return new OnceSchedule(new DateTimeOffset(ticks, TimeSpan.Zero), offset is null ? local : null, clock);
    }

    public override DateTimeOffset? Next(DateTimeOffset after) => _at > after ? _at : null;

    internal override string? NoteOn(DateTimeOffset occurrence)
    {
        var instant = Seconds.Of(occurrence);
        var shown = Clock.ToLocal(instant);
        return _asked is { } asked && asked.Ticks / TimeSpan.TicksPerSecond != shown
            ? $"moved from {asked:HH:mm}, which does not exist on this day"
            : base.NoteOn(occurrence);
    }
}
