using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ordinaut.Hosting;

/// <summary>The collector that traces and metrics go to by OTLP: its settings, and the parts that send to it.</summary>
internal static class OtlpSettings
{
    public const string Http = "http/protobuf";
    public const string Grpc = "grpc";

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
    };

    public static void Add(OpenTelemetryBuilder telemetry, OrdinautOptions options)
    {
        Tracing.Ratio = options.TraceRatio;
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

    private static OtlpExporterOptions Exporter(OrdinautOptions options, string path)
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

    private static bool IsHeaders(string text) =>
        text.Length <= 8_192
        && text.All(c => c is >= ' ' and <= '~')
        && text.Split(',', StringSplitOptions.RemoveEmptyEntries).All(pair => pair.IndexOf('=') > 0);
}
