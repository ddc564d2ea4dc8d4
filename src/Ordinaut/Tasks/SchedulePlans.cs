using Ordinaut.Calendars;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Parsed schedules by task version, so that a firing does not parse again. Bounded; losing one costs a parse.
/// </summary>
internal sealed class SchedulePlans
{
    /// <summary>How many parsed schedules are kept.</summary>
    public const int Capacity = 4_096;

    private readonly BoundedCache<(Guid TaskId, int Version), SchedulePlan> _plans = new(Capacity);

    public async ValueTask<SchedulePlan> Of(Session session, TaskDefinition task)
    {
        if (_plans.TryGet((task.Id, task.Version), out var kept))
        {
            return kept;
        }

        // A calendar that is gone excludes nothing: its tasks go on.
        var plan = await Parse(session, task.ScheduleSpec, task.Settings.Exclude, (task.OwnerId, new CalendarDays([])));
        _plans.Add((task.Id, task.Version), plan);
        return plan;
    }

    /// <summary>Parses a schedule with its exclusions; a named calendar that is not there is a finding.</summary>
    public static ValueTask<SchedulePlan> Parse(
        Session session,
        ScheduleSpec spec,
        IReadOnlyList<string> exclude,
        Guid ownerId
    ) => Parse(session, spec, exclude, (ownerId, null));

    private static async ValueTask<SchedulePlan> Parse(
        Session session,
        ScheduleSpec spec,
        IReadOnlyList<string> exclude,
        (Guid OwnerId, CalendarDays? Missing) named
    )
    {
        var schedule = Schedule.Parse(spec);
        if (exclude.Count == 0)
        {
            return new SchedulePlan(schedule, null);
        }

        var calendars = await CalendarStore.DaysOf(session, named.OwnerId, exclude);
        var exclusions = Exclusions.Parse(
            exclude,
            name => calendars.GetValueOrDefault(name) ?? named.Missing,
            schedule.Timezone,
            spec.Anchor
        );
        return new SchedulePlan(schedule, exclusions);
    }

    /// <summary>Forgets everything, after a calendar changed.</summary>
    public void Clear() => _plans.Clear();
}

/// <summary>A parsed schedule with the days it leaves out.</summary>
internal sealed record SchedulePlan(Schedule Schedule, Exclusions? Exclusions)
{
    /// <summary>
    /// How many stretches of excluded days are passed over in the search for the next wanted firing: more than the
    /// single days of a year. Every list of tasks makes this search, so it must end soon.
    /// </summary>
    public const int MaxExcludedStretches = 400;

    /// <summary>The first nominal firing from <paramref name="after"/> on within the task's own bounds.</summary>
    public DateTimeOffset? First(DateTimeOffset after, DateTimeOffset? startsAt, DateTimeOffset? endsAt)
    {
        var from = startsAt > after ? Instants.JustBefore(startsAt.Value) : after;
        var next = Schedule.Next(from);
        return next > endsAt ? null : next;
    }

    /// <summary>
    /// The next firing that is not excluded, at or after <paramref name="nominal"/>; null when there is none, or none
    /// within <see cref="MaxExcludedStretches"/>.
    /// </summary>
    public DateTimeOffset? NextWanted(DateTimeOffset? nominal, DateTimeOffset? endsAt)
    {
        for (var looked = 0; nominal is { } at && Exclusions?.Excludes(at) == true; looked++)
        {
            var end = Exclusions.EndOfExcludedStretch(at);
            if (looked == MaxExcludedStretches || at > endsAt || end <= at || Exclusions.Excludes(end))
            {
                return null;
            }

            nominal = Schedule.Next(Instants.JustBefore(end));
        }

        return nominal > endsAt ? null : nominal;
    }
}
