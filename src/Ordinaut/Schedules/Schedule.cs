namespace Ordinaut.Schedules;

/// <summary>The closed set of ways to say when; the wire and the store use the names in lower case.</summary>
internal enum ScheduleKind
{
    Cron,
    Rrule,
    Once,
    Event,
    Condition,
}

/// <summary>What a task says about when.</summary>
/// <param name="Kind">Which grammar the expression is in.</param>
/// <param name="Expression">The text in the kind's own grammar, at most
/// <see cref="Schedule.MaxExpressionLength"/> characters.</param>
/// <param name="Timezone">An IANA zone id in any letter case, or a Windows zone id.</param>
/// <param name="Anchor">The task's creation instant. It fixes the phase of a rule without DTSTART for ever.</param>
internal sealed record ScheduleSpec(ScheduleKind Kind, string Expression, string Timezone, DateTimeOffset Anchor);

/// <summary>
/// When a task is due. Immutable and pure: time comes in as an argument, and the same question always has the
/// same answer. Instants are nominal, in UTC with offset zero, at the grain of a second.
/// </summary>
internal abstract class Schedule(ZoneClock clock)
{
    public const int MaxExpressionLength = 8192;

    public const string Pointer = "/schedule_expr";

    /// <summary>The IANA id, in its canonical spelling, of the zone that the expression is read in.</summary>
    public string Timezone => Clock.Id;

    /// <summary>The schedule as an English sentence, without a full stop.</summary>
    public abstract string Description { get; }

    internal ZoneClock Clock { get; } = clock;

    /// <summary>Reads a schedule; throws <see cref="Problem"/> with what is wrong and what would be right,
    /// also for a rule that can never fire.</summary>
    public static Schedule Parse(ScheduleSpec spec)
    {
        if (spec.Expression.Length > MaxExpressionLength)
        {
            throw Problem.Invalid(
                Pointer,
                $"The expression has {spec.Expression.Length} characters; at most {MaxExpressionLength} are allowed."
            );
        }

        var clock = Zones.Clock(spec.Timezone);
        return spec.Kind switch
        {
            ScheduleKind.Cron => CronSchedule.Parse(spec.Expression, clock),
            ScheduleKind.Rrule => RRuleSchedule.Parse(spec.Expression, clock, spec.Anchor),
            ScheduleKind.Once => OnceSchedule.Parse(spec.Expression, clock),
            ScheduleKind.Event => EventSchedule.Parse(spec.Expression, clock),
            ScheduleKind.Condition => ConditionSchedule.Parse(spec.Expression, clock, spec.Anchor),
            _ => throw Problem.Invalid("/schedule_kind", "Say cron, rrule, once, event or condition."),
        };
    }

    /// <summary>The first nominal instant strictly after the given one; null when there is none any more.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>
    /// The last occurrence in (<paramref name="notBefore"/>, <paramref name="instant"/>], or null.
    /// Bisection over <see cref="Next"/>: about 30 calls for a year, whatever the schedule's density.
    /// </summary>
    public DateTimeOffset? LastAtOrBefore(DateTimeOffset instant, DateTimeOffset notBefore)
    {
        if (Next(notBefore) is not { } last || last > instant)
        {
            return null;
        }

        var high = instant;
        while (high - last > TimeSpan.FromSeconds(1))
        {
            var middle = last + (high - last) / 2;
            if (Next(middle) is { } next && next <= instant)
            {
                last = next;
            }
            else
            {
                high = middle;
            }
        }

        return Next(last) is { } rest && rest <= instant ? rest : last;
    }

    /// <summary>The number of occurrences in (<paramref name="after"/>, <paramref name="through"/>].</summary>
    public virtual long Count(DateTimeOffset after, DateTimeOffset through)
    {
        var count = 0L;
        for (var next = Next(after); next is { } instant && instant <= through; next = Next(instant))
        {
            count++;
        }

        return count;
    }

    /// <summary>What a change of the clock did to this occurrence, in words; null when it did nothing.</summary>
    internal virtual string? NoteOn(DateTimeOffset occurrence) => Clock.AmbiguityOf(Seconds.Of(occurrence));
}
