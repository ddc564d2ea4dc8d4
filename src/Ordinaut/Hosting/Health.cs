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

    /// <summary>Whether what it finds may name addresses, roles or files: only who may audit is told it.</summary>
    public bool IsInside { get; init; }

    /// <summary>Whether what it is about has begun its work; null where there is nothing to begin.</summary>
    public Func<bool>? HasBegun { get; init; }
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

    /// <summary>What anyone hears in place of a detail from inside.</summary>
    public const string Withheld = "GET /health/detailed says what, to whoever has the scope audit:read.";

    private readonly List<HealthProbe> _probes = [.. probes];
    private volatile Seen? _seen;
    private volatile bool _hasBegun;

    /// <summary>For whoever may audit: with what comes from inside.</summary>
    public async ValueTask<HealthView> LookInside() => (await Latest()).Inside;

    /// <summary>For anyone.</summary>
    public async ValueTask<HealthView> Look() => (await Latest()).Outside;

    /// <summary>As it is now, whenever it was looked at last; with what comes from inside.</summary>
    public async ValueTask<HealthView> LookAnew() => (await SeeAnew()).Inside;

    /// <summary>
    /// That what this process is for has begun; once it has, for good: what goes wrong later is another's business.
    /// Nothing answers before the database is migrated.
    /// </summary>
    public HealthView Started()
    {
        var checks = _probes
            .Where(probe => probe.HasBegun is not null)
            .ToDictionary(
                probe => probe.Name,
                probe =>
                    _hasBegun || probe.HasBegun!()
                        ? new HealthCheck(HealthProbe.Ok)
                        : new HealthCheck(HealthProbe.Failing, "It has not begun yet.")
            );
        var status = StatusOf(checks.Values);
        _hasBegun = status == HealthProbe.Ok;
        return new HealthView(status, Version, clock.GetUtcNow(), checks);
    }

    /// <summary>That the process answers at all, and that its one writer does: without it nothing goes on.</summary>
    public HealthView Alive()
    {
        var check = writer.Look();
        var checks = new Dictionary<string, HealthCheck> { ["writer"] = check };
        return new HealthView(check.Status, Version, clock.GetUtcNow(), checks);
    }

    private async ValueTask<Seen> Latest()
    {
        if (_seen is { } seen && clock.GetElapsedTime(seen.At) < MaxAge)
        {
            return seen;
        }

        return _seen = await SeeAnew();
    }

    private async ValueTask<Seen> SeeAnew()
    {
        var looks = _probes.ConvertAll(probe => (probe.Name, Found: Look(probe)));
        var inside = new Dictionary<string, HealthCheck>();
        var outside = new Dictionary<string, HealthCheck>();
        foreach (var (name, found) in looks)
        {
            var (check, isInside) = await found;
            inside[name] = check;
            outside[name] = isInside && check.Detail is not null ? check with { Detail = Withheld } : check;
        }

        var view = new HealthView(StatusOf(inside.Values), Version, clock.GetUtcNow(), inside);
        return new Seen(view, view with { Checks = outside }, clock.GetTimestamp());
    }

    private static string StatusOf(IReadOnlyCollection<HealthCheck> checks) =>
        checks.Any(check => check.Status == HealthProbe.Failing) ? HealthProbe.Failing
        : checks.Any(check => check.Status == HealthProbe.Degraded) ? HealthProbe.Degraded
        : HealthProbe.Ok;

    /// <summary>What a failure says comes from inside, whatever probe meets it.</summary>
    private async Task<(HealthCheck Check, bool IsInside)> Look(HealthProbe probe)
    {
        try
        {
            return (await probe.Look().AsTask().WaitAsync(Patience, clock), probe.IsInside);
        }
        catch (TimeoutException)
        {
            var silent = $"It has not answered for {Patience.TotalSeconds} seconds.";
            return (new HealthCheck(HealthProbe.Failing, silent), false);
        }
        catch (Problem problem)
        {
            return (new HealthCheck(HealthProbe.Failing, problem.Message), true);
        }
    }

    private sealed record Seen(HealthView Inside, HealthView Outside, long At);
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
        )
        {
            IsInside = true,
        };

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
        )
        {
            HasBegun = () => lastLookAt() is not null,
        };
    }
}
