// The composition root: the one place that takes the process's randomness and hands it in.
#pragma warning disable RS0030

using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Http;
using Ordinaut.Store;

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

    /// <summary>Starts and returns when it answers. Fails with a <see cref="Problem"/> an operator can act on.</summary>
    /// <param name="adjust">For tests: the last word on the services.</param>
    public static async Task<Serve> Start(
        OrdinautOptions options,
        TimeProvider? clock = null,
        Action<WebApplication>? adjust = null
    )
    {
        clock ??= TimeProvider.System;
        var folder = DataFolder.Open(options.Data);
        var db = await Db.Open(folder.DatabaseFile, clock);
        var ids = new Ids(clock, Random.Shared);
        await new FirstStart(db, new AuditLog(ids), ids).Run(folder.FullPath);
        var keys = await SigningKeys.Load(db, ids);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ConfigureHost(builder, options);
        builder
            .Services.AddSingleton(clock)
            .AddSingleton(options)
            .AddSingleton(db)
            .AddSingleton(ids)
            .AddSingleton(keys);
        builder.Services.AddSingleton(HealthProbes.Database(db)).AddSingleton(HealthProbes.Disk(folder.FullPath));
        AddCore(builder.Services, options);
        if (options.Role.HasFlag(Role.Api))
        {
            AddApi(builder.Services);
        }

        var app = builder.Build();
        MapApi(app);
        adjust?.Invoke(app);
        EndpointRules.RequireAll(((IEndpointRouteBuilder)app).DataSources);
        await app.StartAsync();
        return new Serve(app, folder, db);
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

    private static void AddCore(IServiceCollection services, OrdinautOptions options)
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
        services.AddSingleton<AccessTokens>().AddSingleton<RefreshTokens>().AddSingleton<Admission>();
        services.AddSingleton<LoginBackoff>().AddSingleton<LoginDesk>().AddSingleton<LoginOperations>();
        services.AddSingleton<Health>();
    }

    private static void AddApi(IServiceCollection services)
    {
        OpenApi.Add(services);
        services.AddSingleton<AgentEndpoints>().AddSingleton<LoginEndpoints>().AddSingleton<AuditEndpoints>();
        services.AddSingleton<HealthEndpoints>().AddSingleton<DocsEndpoints>();
    }

    private static void MapApi(WebApplication app)
    {
        app.UseMiddleware<Rim>().UseRouting().UseMiddleware<Gate>();
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
