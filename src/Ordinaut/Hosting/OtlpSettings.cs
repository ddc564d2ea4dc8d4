using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Ordinaut.Agents;

namespace Ordinaut.Hosting;

/// <summary>The collector that traces and metrics go to by OTLP: its settings, and the parts that send to it.</summary>
internal static class OtlpSettings
{
    public const string Http = "http/protobuf";
    public const string Grpc = "grpc";

    /// <summary>What is told of a server beside its name and version.</summary>
    public const int MaxAttributes = 64;

    private const string EndpointName = "otlp_endpoint";

    /// <summary>The longest that one message may take; one that takes longer is lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static readonly IReadOnlyList<Setting> All =
    [
        new(EndpointName, "an http or https URL such as http://127.0.0.1:4318", o => o.OtlpEndpoint, SetEndpoint),
        new(
            "otlp_protocol",
            $"{Http} or {Grpc}",
            o => o.OtlpProtocol,
            (o, text) => text is Http or Grpc ? o with { OtlpProtocol = text } : null
        ),
        new(
            "otlp_headers",
            "NAME=VALUE separated by commas, such as api-key=…",
            o => o.OtlpHeaders.Length == 0 ? "" : "***",
            (o, text) => IsHeaders(text) ? o with { OtlpHeaders = text } : null
        )
        {
            IsSecret = true,
        },
        new(
            "otlp_logs",
            "on or off",
            o => o.OtlpLogs ? "on" : "off",
            (o, text) => text is "on" or "off" ? o with { OtlpLogs = text == "on" } : null
        ),
        Settings.Visible(
            "otlp_service_name",
            (1, 255),
            "1 to 255 visible characters",
            o => o.OtlpServiceName,
            (o, text) => o with { OtlpServiceName = text }
        ),
        new(
            "otlp_resource",
            $"at most {MaxAttributes} NAME=VALUE separated by commas, such as deployment.environment.name=production",
            o => o.OtlpResource,
            (o, text) => Attributes(text) is null ? null : o with { OtlpResource = text }
        ),
        Settings.Whole(
            "otlp_interval_seconds",
            (1, 3_600),
            "seconds",
            o => o.OtlpIntervalSeconds,
            (o, n) => o with { OtlpIntervalSeconds = n }
        ),
        new("trace_ratio", "0 to 1, such as 0.1", o => o.TraceRatio.ToString(CultureInfo.InvariantCulture), SetRatio),
    ];

    /// <summary>OpenTelemetry's own variables, and the settings that they say when ours do not.</summary>
    public static readonly IReadOnlyDictionary<string, string> Standard = new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = EndpointName,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "otlp_protocol",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "otlp_headers",
        ["OTEL_SERVICE_NAME"] = "otlp_service_name",
        ["OTEL_RESOURCE_ATTRIBUTES"] = "otlp_resource",
    };

    public static void Add(OpenTelemetryBuilder telemetry, OrdinautOptions options)
    {
        Tracing.Ratio = options.TraceRatio;
        var asked = new TokenBucket(Tracing.MaxAsked, TimeProvider.System);
        Tracing.LetsAsked = () => asked.Take().IsLet;
        telemetry
            .WithTracing(traces =>
                traces
                    .AddSource(Tracing.Name, "Microsoft.AspNetCore")
                    .SetSampler(new ParentBasedSampler(new AskedOrRatioSampler(options.TraceRatio)))
                    .AddProcessor(new AttributeFilter())
                    .AddProcessor(new HastyTraces(new OtlpTraceExporter(Exporter(options, "v1/traces"))))
            )
            .WithMetrics(metrics =>
                metrics.AddReader(
                    new HastyMetrics(
                        new OtlpMetricExporter(Exporter(options, "v1/metrics")),
                        options.OtlpIntervalSeconds * 1_000
                    )
                )
            );
    }

    /// <summary>Who it is whose figures, spans and lines these are.</summary>
    public static void Describe(ResourceBuilder resource, OrdinautOptions options)
    {
        var attributes = Attributes(options.OtlpResource)!;
        // As OpenTelemetry has it, the name among the attributes counts where no other is given.
        var isNamed = options.OtlpServiceName != new OrdinautOptions().OtlpServiceName;
        resource
            .AddService(options.OtlpServiceName, serviceVersion: Health.Version)
            .AddAttributes(
                attributes
                    .Where(pair => !isNamed || pair.Name != "service.name")
                    .Select(pair => KeyValuePair.Create(pair.Name, (object)pair.Value))
            );
    }

    public static OtlpExporterOptions Exporter(OrdinautOptions options, string path)
    {
        var isHttp = options.OtlpProtocol == Http;
        var root = new Uri(options.OtlpEndpoint.TrimEnd('/') + "/");
        return new OtlpExporterOptions
        {
            Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
            Endpoint = isHttp ? new Uri(root, path) : root,
            Headers = options.OtlpHeaders.Length == 0 ? null : options.OtlpHeaders,
            TimeoutMilliseconds = (int)Patience.TotalMilliseconds,
        };
    }

    private static OrdinautOptions? SetEndpoint(OrdinautOptions options, string text)
    {
        var fine =
            text.Length == 0
            || Uri.TryCreate(text, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https"
                && url.UserInfo.Length == 0
                && url.Query.Length == 0
                && url.Fragment.Length == 0;
        return fine ? options with { OtlpEndpoint = text } : null;
    }

    private static OrdinautOptions? SetRatio(OrdinautOptions options, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio)
        && ratio is >= 0 and <= 1
            ? options with
            {
                TraceRatio = ratio,
            }
            : null;

    /// <summary>
    /// As OpenTelemetry has them, with what is no letter written as %2C; null when the text is none of these. The name
    /// of the service is a setting of its own.
    /// </summary>
    private static List<(string Name, string Value)>? Attributes(string text)
    {
        var pairs = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var attributes = new List<(string, string)>();
        foreach (var pair in pairs)
        {
            var end = pair.IndexOf('=', StringComparison.Ordinal);
            if (end < 1)
            {
                return null;
            }

            attributes.Add((pair[..end].Trim(), Uri.UnescapeDataString(pair[(end + 1)..].Trim())));
        }

        return text.Length <= 8_192 && text.All(c => c is >= ' ' and <= '~') && attributes.Count <= MaxAttributes
            ? attributes
            : null;
    }

    private static bool IsHeaders(string text) =>
        text.Length <= 8_192
        && text.All(c => c is >= ' ' and <= '~')
        && text.Split(',', StringSplitOptions.RemoveEmptyEntries).All(pair => pair.IndexOf('=') > 0);
}
