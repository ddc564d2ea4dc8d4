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

    private readonly WebApplication _app;
    private readonly DataFolder _folder;
    private readonly Db _db;

    private Serve(WebApplication app, DataFolder folder, Db db)
    {
        _app = app;
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
        var folder = DataFolder.Open(options.Data);
        Db? db = null;
        try
        {
            db = await OpenDb(options, folder, clock);
            var app = await Build(options, folder, db, clock);
            adjust?.Invoke(app);
            EndpointRules.RequireAll(((IEndpointRouteBuilder)app).DataSources);
            await app.StartAsync();
            return new Serve(app, folder, db);
        }
        catch
        {
            db?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the process is told to stop and everything has been handed back.</summary>
    public Task Wait(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _db.Dispose();
        _folder.Dispose();
    }

    private static Task<Db> OpenDb(OrdinautOptions options, DataFolder folder, TimeProvider clock) =>
        options.DatabaseUrl.Length == 0 ? Db.Open(folder.DatabaseFile, clock) : Db.Open(Postgres(options), clock);

    private static PostgresSettings Postgres(OrdinautOptions options)
    {
        var read = options.DatabaseConnections * 2 / 5;
        return new PostgresSettings(options.DatabaseUrl)
        {
            ReadConnections = read,
            WorkConnections = options.DatabaseConnections - read,
        };
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
        AddAgents(services, options);
        AddNouns(services, options);
        AddTools(services, options);
        if (db.IsShared)
        {
            services.AddSingleton(Postgres(options)).AddHostedService<PostgresBell>();
        }

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
        if (options.Role.HasFlag(Role.Worker) && !db.IsShared)
        {
            await app.Services.GetRequiredService<Reaper>().TakeOver();
        }

        MapApi(app);
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
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds + 5)
        );
        AddLogging(builder.Logging, options);
    }

    private static void AddLogging(ILoggingBuilder logging, OrdinautOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogFormat == "json")
        {
            logging.AddJsonConsole();
        }
        else
        {
            logging.AddSimpleConsole(console => console.SingleLine = true);
        }

        // Standard output belongs to the one line that says where the server is.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
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
        services.AddSingleton<Signals>().AddSingleton<SchedulePlans>().AddSingleton<RunIntake>();
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
        services.AddSingleton<ToolInvoker>();
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
        services.AddSingleton<AgentEndpoints>().AddSingleton<LoginEndpoints>().AddSingleton<AuditEndpoints>();
        services
            .AddSingleton<TaskEndpoints>()
            .AddSingleton<TaskControlEndpoints>()
            .AddSingleton<TaskHistoryEndpoints>();
        services.AddSingleton<RunEndpoints>().AddSingleton<StreamEndpoints>().AddSingleton<EventEndpoints>();
        services.AddSingleton<CalendarEndpoints>().AddSingleton<PlaygroundEndpoints>();
        services.AddSingleton<HealthEndpoints>().AddSingleton<DocsEndpoints>();
    }

    private static void MapApi(WebApplication app)
    {
        app.UseMiddleware<Rim>().UseRouting().UseMiddleware<Gate>();
        Endpoints<TaskEndpoints>(app).Map(app);
        Endpoints<TaskControlEndpoints>(app).Map(app);
        Endpoints<TaskHistoryEndpoints>(app).Map(app);
        Endpoints<RunEndpoints>(app).Map(app);
        Endpoints<StreamEndpoints>(app).Map(app);
        Endpoints<EventEndpoints>(app).Map(app);
        Endpoints<CalendarEndpoints>(app).Map(app);
        Endpoints<PlaygroundEndpoints>(app).Map(app);
        Endpoints<AgentEndpoints>(app).Map(app);
        Endpoints<LoginEndpoints>(app).Map(app);
        Endpoints<AuditEndpoints>(app).Map(app);
        Endpoints<HealthEndpoints>(app).Map(app);
        Endpoints<DocsEndpoints>(app).Map(app);
    }

    private static T Endpoints<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        WebApplication app
    )
        where T : class => app.Services.GetRequiredService<T>();
}
