using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>What is wrong, and whether anybody looks.</summary>
internal static class MonitorGauges
{
    // Its newest runs tell; who finds none among them has an old one anyway.
    private const string SelectCanary = """
        select t.created_at, r.scheduled_for, r.finished_at from task t
        left join run r on r.id = (
          select s.id from run s where s.task_id = t.id and s.id >= @from_id and s.state = 'succeeded'
          order by s.id desc limit 1)
        where t.id = @id and t.status = 'active'
        """;

    private static readonly TimeSpan Back = TimeSpan.FromDays(1);

    public static IEnumerable<StateGauge> All =>
        [
            StateGauge.Counts(
                "ordinaut.alerts.firing",
                "Alerts that fire and that nobody has acknowledged, by severity.",
                "severity",
                [.. Word<Severity>.All],
                AlertStore.Firing
            ),
            StateGauge.Age(
                "ordinaut.monitors.oldest.age",
                "How long ago the monitor was due that waits longest for a look.",
                MonitorStore.OldestDue
            ),
            new(
                "ordinaut.canary.age",
                "How long ago the canary arrived last; only where it is on.",
                session => Canary(session, last => (session.Now - last.At).TotalSeconds)
            )
            {
                Unit = "s",
            },
            new(
                "ordinaut.canary.lag",
                "How long after its minute the canary arrived last; only where it is on.",
                session => Canary(session, last => (last.At - last.Of).TotalSeconds)
            )
            {
                Unit = "s",
            },
        ];

    /// <summary>Before it first arrived it counts from its making.</summary>
    private static async ValueTask<IReadOnlyList<GaugeValue>> Canary(
        Session session,
        Func<(DateTimeOffset Of, DateTimeOffset At), double> value
    )
    {
        var arrived = await session.First<(DateTimeOffset Of, DateTimeOffset At)?>(
            SelectCanary,
            row => row.IsNull(1) ? (row.Instant(0), row.Instant(0)) : (row.Instant(1), row.Instant(2)),
            ("from_id", Ids.Floor(session.Now - Back)),
            ("id", Monitors.Canary.TaskId)
        );
        return arrived is { } last ? [new GaugeValue(null, value(last))] : [];
    }
}
