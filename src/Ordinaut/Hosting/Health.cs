using System.Reflection;
using Ordinaut.Backups;
using Ordinaut.Redis;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>One thing to look at when asked how the server is.</summary>
internal sealed record HealthProbe(string Name, Func<ValueTask<HealthCheck>> Look)
{
    public const string Ok = "ok";

    /// <summary>Something is away that all goes on without.</summary>
    public const string Degraded = "degraded";

    public const string Failing = "failing";
}

/// <summary>How the server is: each probe looked at, at most once a second however often it is asked.</summary>
internal sealed class Health(IEnumerable<HealthProbe> probes, WriterWatch writer, TimeProvider clock)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <summary>How long a look may take: a database that is away in silence does not keep whoever asks.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static readonly string Version =
        typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";

    private readonly List<HealthProbe> _probes = [.. probes];
    private volatile Seen? _seen;

    public async ValueTask<HealthView> Look()
    {
        if (_seen is { } seen && clock.GetElapsedTime(seen.At) < MaxAge)
        {
            return seen.View;
        }

        var view = await LookAnew();
        _seen = new Seen(view, clock.GetTimestamp());
        return view;
    }

    /// <summary>As it is now, whenever it was looked at last.</summary>
    public async ValueTask<HealthView> LookAnew()
    {
        var looks = _probes.ConvertAll(probe => (probe.Name, Check: Look(probe)));
        var checks = new Dictionary<string, HealthCheck>();
        foreach (var (name, check) in looks)
        {
            checks[name] = await check;
        }

        var status =
            checks.Values.Any(check => check.Status == HealthProbe.Failing) ? HealthProbe.Failing
            : checks.Values.Any(check => check.Status == HealthProbe.Degraded) ? HealthProbe.Degraded
            : HealthProbe.Ok;
        return new HealthView(status, Version, clock.GetUtcNow(), checks);
    }

    /// <summary>That the process answers at all, and that its one writer does: without it nothing goes on.</summary>
    public HealthView Alive()
    {
        var check = writer.Look();
        var checks = new Dictionary<string, HealthCheck> { ["writer"] = check };
        return new HealthView(check.Status, Version, clock.GetUtcNow(), checks);
    }

    private async Task<HealthCheck> Look(HealthProbe probe)
    {
        try
        {
            return await probe.Look().AsTask().WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            return new HealthCheck(HealthProbe.Failing, $"It has not answered for {Patience.TotalSeconds} seconds.");
        }
        catch (Problem problem)
        {
            return new HealthCheck(HealthProbe.Failing, problem.Message);
        }
    }

    private sealed record Seen(HealthView View, long At);
}

/// <summary>The probes every role has.</summary>
internal static class HealthProbes
{
    /// <summary>With less free space than this the server says it is not ready.</summary>
    public const long LeastFreeBytes = 128L << 20;

    /// <summary>Takes a turn at writing, so a stuck writer, a locked file or a server that is away shows.</summary>
    public static HealthProbe Database(Db db) =>
        new(
            "database",
            async () =>
            {
                await db.Write(_ => ValueTask.CompletedTask, Lane.Urgent);
                return new HealthCheck(HealthProbe.Ok);
            }
        );

    public static HealthProbe Disk(string folder) =>
        new(
            "disk",
            () =>
            {
                var free = new DriveInfo(folder).AvailableFreeSpace;
                var check =
                    free >= LeastFreeBytes
                        ? new HealthCheck(HealthProbe.Ok)
                        : new HealthCheck(HealthProbe.Failing, $"Less than {LeastFreeBytes >> 20} MiB are free.");
                return ValueTask.FromResult(check);
            }
        );

    /// <summary>A restored database answers as any other, and does nothing before somebody takes over.</summary>
    public static HealthProbe Cluster(Db db) =>
        new(
            "cluster",
            async () =>
                (await db.Read(ClusterStore.Get)).Standstill is { } why
                    ? new HealthCheck(HealthProbe.Degraded, why)
                    : new HealthCheck(HealthProbe.Ok)
        );

    /// <summary>What came later than this is lost with the disk.</summary>
    public static HealthProbe Backup(BackupLoop backup) =>
        new(
            "backup",
            () =>
                ValueTask.FromResult(
                    backup.Fault is { } fault
                        ? new HealthCheck(HealthProbe.Degraded, fault)
                        : new HealthCheck(HealthProbe.Ok)
                )
        );

    /// <summary>Its absence keeps no request away: nothing is only in Redis.</summary>
    public static HealthProbe Redis(RedisReader reader) =>
        new(
            "redis",
            () =>
                ValueTask.FromResult(
                    reader.Fault is { } fault
                        ? new HealthCheck(HealthProbe.Degraded, $"{fault} All goes on from the database.")
                        : new HealthCheck(HealthProbe.Ok)
                )
        );

    /// <summary>A server that stops says so, that no more requests are sent to it.</summary>
    public static HealthProbe Serving(IHostApplicationLifetime lifetime) =>
        new(
            "serving",
            () =>
                ValueTask.FromResult(
                    lifetime.ApplicationStopping.IsCancellationRequested
                        ? new HealthCheck(HealthProbe.Failing, "The server is stopping.")
                        : new HealthCheck(HealthProbe.Ok)
                )
        );

    /// <summary>A loop that has not looked for this long is stuck.</summary>
    public static readonly TimeSpan MaxLoopAge = TimeSpan.FromSeconds(5);

    public static HealthProbe Loop(string name, Func<DateTimeOffset?> lastLookAt, TimeProvider clock)
    {
        // It has as long for its first look as for each.
        var began = clock.GetUtcNow();
        return new(
            name,
            () =>
            {
                var fine = clock.GetUtcNow() - (lastLookAt() ?? began) <= MaxLoopAge;
                var check = fine
                    ? new HealthCheck(HealthProbe.Ok)
                    : new HealthCheck(HealthProbe.Failing, $"It has not looked for {MaxLoopAge.TotalSeconds} seconds.");
                return ValueTask.FromResult(check);
            }
        );
    }
}
