using OpenTelemetry.Metrics;
using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Runs;

namespace Ordinaut.Hosting;

/// <summary>
/// What the process tells of itself to Prometheus, on every role: <see cref="Meters"/>, ASP.NET Core's and the
/// runtime's own figures. Totals over all agents, so it takes the scope of whoever may audit.
/// </summary>
internal static class Telemetry
{
    public const string Path = "/metrics";

    public static void Add(IServiceCollection services)
    {
        services
            .AddOpenTelemetry()
            .WithMetrics(metrics =>
                metrics.AddMeter(Meters.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddPrometheusExporter()
            );
        services.AddHostedService<QueueWatch>();
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint(Path).Needs(Scope.AuditRead);
}
