using System.Diagnostics.CodeAnalysis;
using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Nodes;

namespace Ordinaut.Hosting;

/// <summary>
/// The HTTP face: its parts, and the way of a request through them. A process without the role answers for its health
/// and nothing else.
/// </summary>
internal static class ApiWiring
{
    public static void Add(IServiceCollection services, Role role)
    {
        services.AddCors().AddSingleton<HealthEndpoints>();
        services.AddSingleton<ServerAddress>().AddSingleton<MetadataEndpoints>().AddSingleton<RefusalLog>();
        if (role.HasFlag(Role.Api))
        {
            AddNouns(services);
            McpWiring.Add(services);
        }
    }

    public static void Map(WebApplication app, OrdinautOptions options)
    {
        TrustedProxies.Use(app, options);
        app.UseMiddleware<Rim>();
        Cors.Use(app, options.CorsOrigins);
        DocsEndpoints.ServeWithoutSlash(app);
        app.UseRouting().UseMiddleware<Gate>();
        Endpoints<HealthEndpoints>(app).Map(app);
        Telemetry.Map(app);
        if (options.Role.HasFlag(Role.Api))
        {
            MapNouns(app);
            McpWiring.Map(app, options);
        }
    }

    private static void AddNouns(IServiceCollection services)
    {
        OpenApi.Add(services);
        services
            .AddSingleton<KeyEndpoints>()
            .AddSingleton<AgentEndpoints>()
            .AddSingleton<AccountEndpoints>()
            .AddSingleton<LoginEndpoints>();
        services
            .AddSingleton<SignInCookie>()
            .AddSingleton<OAuthEndpoints>()
            .AddSingleton<OAuthClientEndpoints>()
            .AddSingleton<AuthorizeEndpoints>()
            .AddSingleton<ExternalSignInEndpoints>()
            .AddSingleton<OwnAccountEndpoints>();
        services.AddSingleton<AuditEndpoints>().AddSingleton<NodeOperations>().AddSingleton<WorkerEndpoints>();
        services.AddSingleton<LogLevelOperations>();
        services
            .AddSingleton<TaskEndpoints>()
            .AddSingleton<TaskControlEndpoints>()
            .AddSingleton<ProposalEndpoints>()
            .AddSingleton<TaskHistoryEndpoints>();
        services.AddSingleton<RunEndpoints>().AddSingleton<StreamEndpoints>().AddSingleton<EventEndpoints>();
        services
            .AddSingleton<MonitorEndpoints>()
            .AddSingleton<AlertEndpoints>()
            .AddSingleton<CalendarEndpoints>()
            .AddSingleton<SecretEndpoints>()
            .AddSingleton<WebhookEndpoints>()
            .AddSingleton<HookEndpoints>()
            .AddSingleton<ApprovalEndpoints>()
            .AddSingleton<PlaygroundEndpoints>()
            .AddSingleton<ToolSourceEndpoints>();
        services.AddSingleton<DocsEndpoints>().AddSingleton<ApiDocument>();
    }

    private static void MapNouns(WebApplication app)
    {
        Endpoints<TaskEndpoints>(app).Map(app);
        Endpoints<TaskControlEndpoints>(app).Map(app);
        Endpoints<ProposalEndpoints>(app).Map(app);
        Endpoints<TaskHistoryEndpoints>(app).Map(app);
        Endpoints<RunEndpoints>(app).Map(app);
        Endpoints<StreamEndpoints>(app).Map(app);
        Endpoints<WorkerEndpoints>(app).Map(app);
        Endpoints<EventEndpoints>(app).Map(app);
        Endpoints<WebhookEndpoints>(app).Map(app);
        Endpoints<HookEndpoints>(app).Map(app);
        Endpoints<MonitorEndpoints>(app).Map(app);
        Endpoints<AlertEndpoints>(app).Map(app);
        Endpoints<CalendarEndpoints>(app).Map(app);
        Endpoints<SecretEndpoints>(app).Map(app);
        Endpoints<ApprovalEndpoints>(app).Map(app);
        Endpoints<PlaygroundEndpoints>(app).Map(app);
        Endpoints<ToolSourceEndpoints>(app).Map(app);
        Endpoints<AgentEndpoints>(app).Map(app);
        Endpoints<AccountEndpoints>(app).Map(app);
        Endpoints<LoginEndpoints>(app).Map(app);
        Endpoints<KeyEndpoints>(app).Map(app);
        Endpoints<OAuthEndpoints>(app).Map(app);
        Endpoints<OAuthClientEndpoints>(app).Map(app);
        Endpoints<AuthorizeEndpoints>(app).Map(app);
        Endpoints<ExternalSignInEndpoints>(app).Map(app);
        Endpoints<OwnAccountEndpoints>(app).Map(app);
        Endpoints<MetadataEndpoints>(app).Map(app);
        Endpoints<AuditEndpoints>(app).Map(app);
        Endpoints<DocsEndpoints>(app).Map(app);
        UiEndpoints.Map(app);
    }

    private static T Endpoints<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        WebApplication app
    )
        where T : class => app.Services.GetRequiredService<T>();
}
