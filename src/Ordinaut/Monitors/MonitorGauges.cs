using Ordinaut.Store;

namespace Ordinaut.Monitors;

/// <summary>What is wrong, and whether anybody looks.</summary>
internal static class MonitorGauges
{
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
        ];
}
