using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Ordinaut.Agents;
using Ordinaut.Http;

namespace Ordinaut.Hosting;

/// <summary>
/// What the process tells of itself to Prometheus, on every role: <see cref="Meters"/>, ASP.NET Core's and the
/// runtime's own figures. Totals over all agents, so it takes the scope of whoever may audit. A collector is told the
/// same where an operator names one.
/// </summary>
internal static class Telemetry
{
    public const string Path = "/metrics";

    public static void Add(IServiceCollection services, OrdinautOptions options)
    {
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource => OtlpSettings.Describe(resource, options))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(Meters.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime")
                    .AddView(Renamed)
                    .AddPrometheusExporter()
            );
        if (options.OtlpEndpoint.Length > 0)
        {
            OtlpSettings.Add(telemetry, options);
            if (options.OtlpLogs)
            {
                OtlpLog.Add(services, options);
            }
        }

        services.AddSingleton<DistributedContextPropagator, CallerContext>();
        services.AddHostedService<StateWatch>();
    }

    /// <summary>To Prometheus a name that ends in count is a histogram's; four of the runtime's end so.</summary>
    private static MetricStreamConfiguration? Renamed(Instrument instrument) =>
        instrument.Name switch
        {
            "dotnet.thread_pool.thread.count" => new() { Name = "dotnet.thread_pool.threads" },
            "dotnet.timer.count" => new() { Name = "dotnet.timers" },
            "dotnet.assembly.count" => new() { Name = "dotnet.assemblies" },
            "dotnet.process.cpu.count" => new() { Name = "dotnet.process.cpus" },
            _ => null,
        };

    public static void Map(IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint(Path).Needs(Scope.AuditRead);
}
