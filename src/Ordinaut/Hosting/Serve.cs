#pragma warning disable RS0030 // The composition root: the one place that takes the process's randomness.

using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Backups;
using Ordinaut.Http;
using Ordinaut.Nodes;
using Ordinaut.Runs;
using Ordinaut.Secrets;
using Ordinaut.Store;

namespace Ordinaut.Hosting;

/// <summary>A running server: the data folder, the database in it and everything built on them.</summary>
internal sealed partial class Serve : IAsyncDisposable
{
    /// <summary>Connections open at once; more wait in the kernel's queue.</summary>
    private const int MaxConnections = 20_000;

    /// <summary>How much longer than its grace a stopping process may take.</summary>
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly TimeSpan _grace;
    private readonly DataFolder _folder;
    private readonly Db _db;

    private Serve(WebApplication app, OrdinautOptions options, DataFolder folder, Db db)
    {
        _app = app;
        _grace = TimeSpan.FromSeconds(options.DrainSeconds);
        _folder = folder;
        _db = db;
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where it really listens; port 0 has become a number.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>
    /// Starts and returns when it answers. Fails with a <see cref="Problem"/> an operator can act on.
    /// </summary>
    /// <param name="adjust">For tests: the last word on the endpoints.</param>
    public static async Task<Serve> Start(
        OrdinautOptions options,
        TimeProvider? clock = null,
        Action<WebApplication>? adjust = null
    )
    {
        clock ??= TimeProvider.System;
        var folder = DataFolder.Open(options.Data, options.Postgres is null ? options.DatabaseName : null);
        Db? db = null;
        try
        {
            db = options.Postgres is { } postgres
                ? await Db.Open(postgres, clock)
                : await Db.Open(folder.DatabaseFile!, clock, options.Rewrite);
            var app = await Build(options, folder, db, clock);
            adjust?.Invoke(app);
            EndpointRules.RequireAll(((IEndpointRouteBuilder)app).DataSources);
            await Listen(app, options.Urls);
            return new Serve(app, options, folder, db);
        }
        catch
        {
            db?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the process is told to stop; dispose then stops it.</summary>
    public async Task Wait(CancellationToken ct)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = _app.Lifetime.ApplicationStopping.Register(told.SetResult);
        await using var cancel = ct.Register(_app.Lifetime.StopApplication);
        await told.Task;
    }

    /// <summary>Stops in this order: nothing acknowledged is lost, nobody meets a closed door for long.</summary>
    public async ValueTask DisposeAsync()
    {
        // What is left of the margin is for the last words and the end of the process itself.
        using var late = new CancellationTokenSource(_grace + StopMargin - (2 * NodeRegistry.Farewell));

        // Requests are answered 503 from here on, and streams end.
        _app.Lifetime.StopApplication();
        var registry = Services.GetRequiredService<NodeRegistry>();
        await registry.Drain();
        if (Services.GetService<Worker>() is { } worker)
        {
            // Claims no more; lets runs end for the grace; hands the rest back.
            await worker.Drain(late.Token);
        }

        await _app.StopAsync(late.Token);
        await registry.Leave();
        await _app.DisposeAsync();
        _db.Dispose();
        _folder.Dispose();
    }

    private static async Task Listen(WebApplication app, string urls)
    {
        var registry = app.Services.GetRequiredService<NodeRegistry>();
        await registry.Register();
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            // The loops have begun by now; they end here, before their database is closed.
            await registry.Leave();
            await app.DisposeAsync();
            var reason = failure.GetBaseException().Message;
            throw new Problem(
                ProblemKind.Unavailable,
                $"Cannot listen on {urls}: {reason}. Choose another address with --urls, or stop what holds this one."
            );
        }
    }

    private static async Task<WebApplication> Build(
        OrdinautOptions options,
        DataFolder folder,
        Db db,
        TimeProvider clock
    )
    {
        options = await SecretSettings.AskForKeys(options, clock);
        var ids = new Ids(clock, Random.Shared);
        await new FirstStart(db, new AuditLog(ids), ids).Run(folder.FullPath);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var services = builder.Services;
        var levels = new LogLevels(options.LogLevel, clock);
        ConfigureHost(builder, options, levels);
        services.AddSingleton(levels);
        services.AddSingleton(clock).AddSingleton(options).AddSingleton(db).AddSingleton(ids);
        var ring = new KeyRing(SecretSettings.SourceOf(options));
        services.AddSingleton(ring);
        // Before a key is made where one was lost.
        await SecretOperations.RequireKeys(db, ring);
        var keys = await SigningKeys.Load(db, ids, ring);
        await AuditSealer.Continue(db, keys);
        services.AddSingleton(keys);
        services.AddSingleton(host => new AuditHeads(
            folder.FullPath,
            clock,
            host.GetRequiredService<ILogger<AuditHeads>>()
        ));
        services.AddSingleton(HealthProbes.Database(db)).AddSingleton(HealthProbes.Disk(folder.FullPath));
        services.AddSingleton(HealthProbes.Cluster(db));
        services.AddSingleton(host => HealthProbes.Serving(host.GetRequiredService<IHostApplicationLifetime>()));
        Wiring.Add(services, options);
        var app = builder.Build();
        // Before anything is served or run: its files may be others since they were checked.
        app.Services.GetService<ServerCertificate>();
        await ToolSettings.Load(app.Services, options);
        await app.Services.GetRequiredService<Takeover>().AtStart();
        if (options.Role.HasFlag(Role.Worker) && !db.IsShared)
        {
            await app.Services.GetRequiredService<Reaper>().TakeOver();
        }

        if (db.MissingRoles is { } roles)
        {
            Log.Unguarded(app.Logger, roles.App, roles.Caller);
        }

        if (!keys.AreSealed)
        {
            Log.Unsealed(app.Logger);
        }

        ApiWiring.Map(app, options);
        return app;
    }

    private static void ConfigureHost(WebApplicationBuilder builder, OrdinautOptions options, LogLevels levels)
    {
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = EndpointRule.BulkBodyLimit;
        });
        TlsSettings.Add(builder, options);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds) + StopMargin
        );
        Logging.Add(builder.Logging, options, levels);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "database.unguarded: the login of database_url can neither use nor make the roles {App} and {Caller}; the "
                + "program's own checks hold, and nothing behind them (docs/security.md#in-the-database)"
        )]
        public static partial void Unguarded(ILogger log, string app, string caller);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "keys.unsealed: the keys that tokens are signed with lie in the database in clear; set secrets_key, the "
                + "same for all processes of the database, and start again (docs/security.md#keys)"
        )]
        public static partial void Unsealed(ILogger log);
    }
}
