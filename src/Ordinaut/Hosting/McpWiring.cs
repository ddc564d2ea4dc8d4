using Ordinaut.Http;
using Ordinaut.Mcp;

namespace Ordinaut.Hosting;

/// <summary>The MCP face: its parts, and its one endpoint.</summary>
internal static class McpWiring
{
    public const string Path = "/mcp";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<TaskTools>().AddSingleton<ControlTools>().AddSingleton<RunTools>();
        services
            .AddSingleton<EventTools>()
            .AddSingleton<ApprovalTools>()
            .AddSingleton<ProposalTools>()
            .AddSingleton<PlaygroundTools>()
            .AddSingleton<ToolSourceTools>()
            .AddSingleton<SecretTools>()
            .AddSingleton<WebhookTools>()
            .AddSingleton<MonitorTools>()
            .AddSingleton<CalendarTools>();
        services.AddSingleton<AgentTools>().AddSingleton<RunWatch>().AddSingleton(Table);
        services.AddSingleton(provider => new ToolShapes(
            provider.GetRequiredService<ToolTable>(),
            () => provider.GetRequiredService<ApiDocument>().Json
        ));
        services.AddSingleton<Defects>().AddSingleton<ToolDesk>().AddSingleton<ResourceDesk>();
        services
            .AddSingleton<PromptDesk>()
            .AddSingleton<CompletionDesk>()
            .AddSingleton<RunUpdates>()
            .AddSingleton<RunHandles>()
            .AddSingleton<McpFace>();
        services
            .AddMcpServer(server =>
            {
                server.ServerInfo = McpFace.Describe(Health.Version);
                server.RequestHandlers = RunHandles.Routes;
            })
            .WithHttpTransport(transport =>
                transport.ConfigureSessionOptions = (http, options, _) =>
                {
                    http.RequestServices.GetRequiredService<McpFace>().Serve(http, options);
                    return Task.CompletedTask;
                }
            );
    }

    public static void Map(WebApplication app, OrdinautOptions options)
    {
        // Made now, so that a tool that declares too little keeps the process from starting.
        app.Services.GetRequiredService<ToolTable>();
        var origins = options.CorsOrigins.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var endpoint = app.MapMcp(Path).NeedsToken(RateClass.Write, origins).ExcludeFromDescription();
        endpoint.Add(RequireText);
    }

    /// <summary>Refuses text that is none before the library meets it, as for every other endpoint.</summary>
    private static void RequireText(EndpointBuilder endpoint)
    {
        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async http =>
        {
            using var body = await RequestBody.Read(http.Request, http.RequestAborted);
            BodyFaults.RequireText(body.Bytes.Span);
            http.Request.Body = new MemoryStream(body.Bytes.ToArray());
            await serve(http);
        };
    }

    /// <summary>The order is what assistants see first.</summary>
    private static ToolTable Table(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<TaskTools>().Writing(),
            provider.GetRequiredService<TaskTools>().Reading(),
            provider.GetRequiredService<ControlTools>().All(),
            provider.GetRequiredService<RunTools>().Reading(),
            provider.GetRequiredService<RunTools>().Writing(),
            provider.GetRequiredService<ApprovalTools>().All(),
            provider.GetRequiredService<ProposalTools>().All(),
            provider.GetRequiredService<EventTools>().All(),
            provider.GetRequiredService<PlaygroundTools>().All(),
            provider.GetRequiredService<ToolSourceTools>().All(),
            provider.GetRequiredService<SecretTools>().All(),
            provider.GetRequiredService<WebhookTools>().All(),
            provider.GetRequiredService<MonitorTools>().All(),
            provider.GetRequiredService<CalendarTools>().All(),
            provider.GetRequiredService<AgentTools>().Reading(),
            provider.GetRequiredService<AgentTools>().Writing()
        );
}
