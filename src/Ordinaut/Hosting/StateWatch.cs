using System.Diagnostics.Metrics;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Events;
using Ordinaut.Monitors;
using Ordinaut.Nodes;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Webhooks;

namespace Ordinaut.Hosting;

/// <summary>
/// Loop: looks at the state of the database and of this process, so that whoever reads the figures waits for nothing
/// and costs nothing.
/// </summary>
/// <param name="backup">Where this process makes backups.</param>
/// <param name="certificate">Where it serves HTTPS itself.</param>
internal sealed class StateWatch(
    Db db,
    Health health,
    OrdinautOptions options,
    TimeProvider clock,
    ILogger<StateWatch> log,
    BackupLoop? backup = null,
    ServerCertificate? certificate = null
) : BackgroundService
{
    /// <summary>How old the figures may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly string[] Statuses = [HealthProbe.Ok, HealthProbe.Degraded, HealthProbe.Failing];

    // One for each process, so that a server that ended (in tests there are many) tells nothing any more.
    private readonly Meter _meter = new(Meters.Name);
    private readonly List<StateGauge> _gauges =
    [
        .. QueueGauges.All,
        .. TaskGauges.All,
        .. NodeGauges.All,
        .. EventGauges.All,
        .. WebhookGauges.All,
        .. MonitorGauges.All,
        .. AuditGauges.All,
        .. DatabaseGauges.All(db.IsShared),
    ];

    private volatile IReadOnlyDictionary<string, IReadOnlyList<GaugeValue>> _state =
        new Dictionary<string, IReadOnlyList<GaugeValue>>();
    private volatile IReadOnlyDictionary<string, HealthCheck> _checks = new Dictionary<string, HealthCheck>();

    public async Task Look()
    {
        _checks = (await health.LookAnew()).Checks;
        _state = await db.Read(async session =>
        {
            var state = new Dictionary<string, IReadOnlyList<GaugeValue>>();
            foreach (var gauge in _gauges)
            {
                state[gauge.Name] = await gauge.Look(session);
            }

            return state;
        });
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var gauge in _gauges)
        {
            _meter.CreateObservableGauge(gauge.Name, () => Values(gauge), gauge.Unit, gauge.Description);
        }

        _meter.CreateObservableGauge("ordinaut.health", Checks, description: "1 for the status that a check has.");
        _meter.CreateObservableGauge(
            "ordinaut.disk.free",
            () => new DriveInfo(Path.GetFullPath(options.Data)).AvailableFreeSpace,
            "By",
            "What is free where the data folder is."
        );
        if (backup is not null)
        {
            _meter.CreateObservableGauge(
                "ordinaut.backup.age",
                Unsaved,
                "s",
                "What the loss of the disk would cost now."
            );
        }

        if (certificate is not null)
        {
            _meter.CreateObservableGauge(
                "ordinaut.tls.certificate.remaining",
                () => (certificate.EndsAt - clock.GetUtcNow()).TotalSeconds,
                "s",
                "How long the certificate is still valid."
            );
        }

        return Loop.Repeat(Once, Loop.Tell(log, "state_watch"), Interval, clock, stoppingToken);
    }

    private async Task Once(CancellationToken ct)
    {
        await Look();
        await Task.Delay(Interval, clock, ct);
    }

    private IEnumerable<Measurement<double>> Values(StateGauge gauge) =>
        _state
            .GetValueOrDefault(gauge.Name, [])
            .Select(value =>
                gauge.Label is { } label ? new Measurement<double>(value.Value, Tag(label, value.Of)) : new(value.Value)
            );

    private IEnumerable<Measurement<int>> Checks() =>
        from check in _checks
        from status in Statuses
        select new Measurement<int>(
            check.Value.Status == status ? 1 : 0,
            Tag("check", check.Key),
            Tag("status", status)
        );

    /// <summary>Before the first base is whole nothing is told: there is nothing to be restored from.</summary>
    private IEnumerable<Measurement<double>> Unsaved() =>
        backup!.SavedThrough is { } through ? [new((clock.GetUtcNow() - through).TotalSeconds)] : [];

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value);
}
