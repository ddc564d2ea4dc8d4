using System.Globalization;
using System.Text.RegularExpressions;
using Ordinaut.Schedules;
using Ordinaut.Tasks;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// Says by plain arithmetic which second is an occurrence, for the few schedule shapes the simulation uses. It
/// shares no code with the schedules under test.
/// </summary>
internal static partial class Oracle
{
    /// <summary>The seconds since 1970 in (after, through] at which the schedule fires.</summary>
    public static IEnumerable<long> Nominal(TaskSettings settings, long createdAt, long after, long through)
    {
        if (settings.ScheduleKind == ScheduleKind.Once)
        {
            var once = DateTimeOffset.Parse(settings.ScheduleExpr!, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
            // An instant in the past is refused, unless the policy says to run it late.
            var counts = once * Microseconds > after || settings.MisfirePolicy != MisfirePolicy.Skip;
            return counts && once * Microseconds <= through ? [once] : [];
        }

        return Repeated(settings, createdAt, after, through);
    }

    private static IEnumerable<long> Repeated(TaskSettings settings, long createdAt, long after, long through)
    {
        var (every, phase) = Cadence(settings, createdAt);
        var first = Math.Max(after / Microseconds + 1, CeilingSeconds(settings.StartsAt) ?? 0);
        var last = Math.Min(FloorSeconds(through), settings.EndsAt?.ToUnixTimeSeconds() ?? long.MaxValue);
        var start = first + ((phase - first) % every + every) % every;
        if (settings.ScheduleKind is ScheduleKind.Rrule or ScheduleKind.Condition && start < phase)
        {
            start = phase;
        }

        for (var second = start; second <= last; second += every)
        {
            yield return second;
        }
    }

    private const long Microseconds = 1_000_000;

    private static (long Every, long Phase) Cadence(TaskSettings settings, long createdAt)
    {
        var expression = settings.ScheduleExpr!;
        var anchor = createdAt / Microseconds;
        var every = long.Parse(Number().Match(expression).Value, CultureInfo.InvariantCulture);
        return settings.ScheduleKind switch
        {
            // */n of the second and of the minute: every n divides its field, so the field's edge is no edge.
            ScheduleKind.Cron when expression.Split(' ').Length == 6 => (every, 0),
            ScheduleKind.Cron => (every * 60, 0),
            ScheduleKind.Rrule or ScheduleKind.Condition => (every, anchor),
            _ => throw new InvalidOperationException($"The oracle does not know {settings.ScheduleKind}."),
        };
    }

    private static long FloorSeconds(long microseconds) => microseconds / Microseconds;

    private static long? CeilingSeconds(DateTimeOffset? instant) =>
        instant is { } at ? (at.AddTicks(TimeSpan.TicksPerSecond - 1)).ToUnixTimeSeconds() : null;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
