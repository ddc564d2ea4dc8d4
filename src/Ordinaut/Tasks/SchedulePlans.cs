using Ordinaut.Calendars;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Parsed schedules, so that a firing does not parse again. Kept by all that they are made of: whatever becomes of
/// a task or a calendar, on this node or another, an old plan is never found for a new text. Bounded; losing one
/// costs a parse.
/// </summary>
internal sealed class SchedulePlans
{
    /// <summary>How many parsed schedules are kept.</summary>
    public const int Capacity = 4_096;

    private readonly BoundedCache<(ScheduleSpec Spec, string Days), SchedulePlan> _plans = new(Capacity);

    public async ValueTask<SchedulePlan> Of(Session session, TaskDefinition task)
    {
        var exclude = task.Settings.Exclude;
        var calendars = await CalendarStore.DaysOf(session, task.OwnerId, exclude);
        var key = (task.ScheduleSpec, string.Join('\n', [.. exclude, .. calendars.Values.SelectMany(c => c.Entries)]));
        if (!_plans.TryGet(key, out var plan))
        {
            // A calendar that is gone excludes nothing: its tasks go on.
            var gone = new CalendarDays([]);
            plan = Parse(task.ScheduleSpec, exclude, name => calendars.GetValueOrDefault(name) ?? gone);
            _plans.Add(key, plan);
        }

        return plan;
    }

    /// <summary>Parses a schedule with its exclusions; a named calendar that is not there is a finding.</summary>
    public static async ValueTask<SchedulePlan> Parse(
        Session session,
        ScheduleSpec spec,
        IReadOnlyList<string> exclude,
        Guid ownerId
    )
    {
        var calendars = await CalendarStore.DaysOf(session, ownerId, exclude);
        return Parse(spec, exclude, name => calendars.GetValueOrDefault(name));
    }

    private static SchedulePlan Parse(
        ScheduleSpec spec,
        IReadOnlyList<string> exclude,
        Func<string, CalendarDays?> calendars
    )
    {
        var schedule = Schedule.Parse(spec);
        var exclusions =
            exclude.Count == 0 ? null : Exclusions.Parse(exclude, calendars, schedule.Timezone, spec.Anchor);
        return new SchedulePlan(schedule, exclusions);
    }
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
        var looks = Exclusions.MaxLooks;
        for (var passed = 0; nominal is { } at && Exclusions?.Excludes(at) == true; passed++)
        {
            var end = Exclusions.EndOfExcludedStretch(at, ref looks);
            if (passed == MaxExcludedStretches || at > endsAt || end <= at || Exclusions.Excludes(end))
            {
                return null;
            }

            nominal = Schedule.Next(Instants.JustBefore(end));
        }

        return nominal > endsAt ? null : nominal;
    }
}
