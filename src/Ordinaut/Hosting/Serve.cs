#pragma warning disable RS0030 // The composition root: the one place that takes the process's randomness.

using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Calendars;
using Ordinaut.Events;
using Ordinaut.Http;
using Ordinaut.Playground;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Hosting;

/// <summary>A running server: the data folder, the database in it and everything built on them.</summary>
internal sealed class Serve : IAsyncDisposable
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
        var folder = DataFolder.Open(options.Data, options.DatabaseName);
        Db? db = null;
        try
        {
            db = await Db.Open(folder.DatabaseFile, clock);
            var app = await Build(options, folder, db, clock);
            adjust?.Invoke(app);
            EndpointRules.RequireAll(((IEndpointRouteBuilder)app).DataSources);
            await app.StartAsync();
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

    /// <summary>Stops in this order, so that nothing acknowledged is lost and nobody meets a closed door for long.</summary>
    public async ValueTask DisposeAsync()
    {
        using var late = new CancellationTokenSource(_grace + StopMargin);

        // Requests are answered 503 from here on, and streams end.
        _app.Lifetime.StopApplication();
        if (Services.GetService<Worker>() is { } worker)
        {
            // Claims no more; lets runs end for the grace; hands the rest back.
            await worker.Drain(late.Token);
        }

        await _app.StopAsync(late.Token);
        await _app.DisposeAsync();
        _db.Dispose();
        _folder.Dispose();
    }

    private static async Task<WebApplication> Build(
        OrdinautOptions options,
        DataFolder folder,
        Db db,
        TimeProvider clock
    )
    {
        var ids = new Ids(clock, Random.Shared);
        await new FirstStart(db, new AuditLog(ids), ids).Run(folder.FullPath);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var services = builder.Services;
        ConfigureHost(builder, options);
        services.AddSingleton(clock).AddSingleton(options).AddSingleton(db).AddSingleton(ids);
        services.AddSingleton(await SigningKeys.Load(db, ids));
        services.AddSingleton(HealthProbes.Database(db)).AddSingleton(HealthProbes.Disk(folder.FullPath));
        services.AddSingleton(host => HealthProbes.Serving(host.GetRequiredService<IHostApplicationLifetime>()));
        AddAgents(services, options);
        AddNouns(services, options);
        AddTools(services, options);
        if (options.Role.HasFlag(Role.Scheduler))
        {
            AddScheduler(services);
        }

        if (options.Role.HasFlag(Role.Worker))
        {
            AddWorker(services, options);
        }

        if (options.Role.HasFlag(Role.Api))
        {
            AddApi(services);
        }

        var app = builder.Build();
        if (options.Role.HasFlag(Role.Worker))
        {
            await app.Services.GetRequiredService<Reaper>().TakeOver();
        }

        MapApi(app, options);
        return app;
    }

    private static void ConfigureHost(WebApplicationBuilder builder, OrdinautOptions options)
    {
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = EndpointRule.BulkBodyLimit;
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds) + StopMargin
        );
        Logging.Add(builder.Logging, options);
    }

    private static void AddAgents(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(
            new TokenSettings(
                options.Issuer,
                options.Audience,
                TimeSpan.FromMinutes(options.AccessTokenMinutes),
                TimeSpan.FromDays(options.RefreshTokenDays)
            )
        );
        services.AddSingleton<AuditLog>().AddSingleton<Changes>().AddSingleton<AuditOperations>();
        services.AddSingleton<AgentDirectory>().AddSingleton<AgentOperations>();
        services.AddSingleton<AccessTokens>().AddSingleton<RefreshTokens>().AddSingleton<Authenticator>();
        services.AddSingleton<LoginBackoff>().AddSingleton<LoginDesk>().AddSingleton<LoginOperations>();
        services.AddSingleton<Health>();
    }

    private static void AddNouns(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(provider => new TaskDefaults(options.Timezone, provider.GetRequiredService<Db>().Now));
        services.AddSingleton<Signals>().AddSingleton<SchedulePlans>();
        services.AddSingleton(provider => new RunIntake(
            provider.GetRequiredService<Ids>(),
            provider.GetRequiredService<EventLog>
        ));
        services.AddSingleton<EventLog>().AddSingleton<EventOperations>().AddSingleton<CalendarOperations>();
        services.AddSingleton<TaskDrafts>().AddSingleton<TaskViews>().AddSingleton<TaskJournal>();
        services.AddSingleton<TaskOperations>().AddSingleton<TaskControl>().AddSingleton<TaskHistory>();
        services.AddSingleton<ScheduleOperations>().AddSingleton<Occurrences>();
        services.AddSingleton<LiveFeed>().AddSingleton<RunRecorder>().AddSingleton<RunOperations>();
        services.AddSingleton<PlaygroundOperations>();
    }

    private static void AddTools(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(EgressAllow.Parse(options.EgressAllow)).AddSingleton(EgressNetwork.Real);
        services.AddSingleton<Egress>().AddSingleton<OwnerRights>().AddSingleton<PublishEventTool>();
        services.AddSingleton(provider => new ToolCatalog([
            .. BuiltInTools.All(provider.GetRequiredService<Egress>(), provider.GetRequiredService<TimeProvider>()),
            .. TaskTool.All(
                provider.GetRequiredService<TaskOperations>,
                provider.GetRequiredService<TaskControl>(),
                provider.GetRequiredService<OwnerRights>()
            ),
            provider.GetRequiredService<PublishEventTool>(),
        ]));
        services.AddSingleton<ToolInvoker>().AddSingleton<OwnerTools>();
    }

    private static void AddScheduler(IServiceCollection services)
    {
        services.AddSingleton<Scheduler>().AddHostedService(provider => provider.GetRequiredService<Scheduler>());
        services.AddSingleton(provider =>
            HealthProbes.Loop(
                "scheduler",
                () => provider.GetRequiredService<Scheduler>().LastLookAt,
                provider.GetRequiredService<TimeProvider>()
            )
        );
    }

    private static void AddWorker(IServiceCollection services, OrdinautOptions options)
    {
        services.AddSingleton(provider => new WorkerSettings(
            provider.GetRequiredService<Ids>().Next().ToString("N"),
            options.WorkerConcurrency,
            TimeSpan.FromSeconds(options.LeaseSeconds),
            TimeSpan.FromSeconds(options.DrainSeconds)
        ));
        services.AddSingleton(
            new RetentionSettings(
                TimeSpan.FromDays(options.RunRetentionDays),
                TimeSpan.FromDays(options.RunRetentionDays),
                TimeSpan.FromDays(options.EventRetentionDays),
                TimeSpan.FromDays(options.AuditRetentionDays)
            )
        );
        services.AddSingleton<RunPlans>().AddSingleton<ConditionCheck>().AddSingleton<RunExecutor>();
        services.AddSingleton<Reaper>().AddHostedService(provider => provider.GetRequiredService<Reaper>());
        services.AddSingleton<Worker>().AddHostedService(provider => provider.GetRequiredService<Worker>());
        services.AddHostedService<Retention>();
    }

    private static void AddApi(IServiceCollection services)
    {
        OpenApi.Add(services);
        services.AddCors();
        services.AddSingleton<AgentEndpoints>().AddSingleton<LoginEndpoints>().AddSingleton<MetadataEndpoints>();
        services.AddSingleton<AuditEndpoints>().AddSingleton<WorkerOperations>().AddSingleton<WorkerEndpoints>();
        services
            .AddSingleton<TaskEndpoints>()
            .AddSingleton<TaskControlEndpoints>()
            .AddSingleton<TaskHistoryEndpoints>();
        services.AddSingleton<RunEndpoints>().AddSingleton<StreamEndpoints>().AddSingleton<EventEndpoints>();
        services.AddSingleton<CalendarEndpoints>().AddSingleton<PlaygroundEndpoints>();
        services.AddSingleton<HealthEndpoints>().AddSingleton<DocsEndpoints>();
    }

    private static void MapApi(WebApplication app, OrdinautOptions options)
    {
        app.UseMiddleware<Rim>();
        Cors.Use(app, options.CorsOrigins);
        DocsEndpoints.ServeWithoutSlash(app);
        app.UseRouting().UseMiddleware<Gate>();
        Endpoints<TaskEndpoints>(app).Map(app);
        Endpoints<TaskControlEndpoints>(app).Map(app);
        Endpoints<TaskHistoryEndpoints>(app).Map(app);
        Endpoints<RunEndpoints>(app).Map(app);
        Endpoints<StreamEndpoints>(app).Map(app);
        Endpoints<WorkerEndpoints>(app).Map(app);
        Endpoints<EventEndpoints>(app).Map(app);
        Endpoints<CalendarEndpoints>(app).Map(app);
        Endpoints<PlaygroundEndpoints>(app).Map(app);
        Endpoints<AgentEndpoints>(app).Map(app);
        Endpoints<LoginEndpoints>(app).Map(app);
        Endpoints<MetadataEndpoints>(app).Map(app);
        Endpoints<AuditEndpoints>(app).Map(app);
        Endpoints<HealthEndpoints>(app).Map(app);
        Endpoints<DocsEndpoints>(app).Map(app);
    }

    private static T Endpoints<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        WebApplication app
    )
        where T : class => app.Services.GetRequiredService<T>();
}
