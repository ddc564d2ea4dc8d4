using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ordinaut.Hosting;

/// <summary>
/// Keeps a trace that begins here because what set it off is kept, or by the ratio, as <see cref="Tracing.Root"/> does.
/// The ratio goes by the trace's id, so that all attempts of a run are kept, or none.
/// </summary>
internal sealed class AskedOrRatioSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _ratio = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        foreach (var link in samplingParameters.Links ?? [])
        {
            if (link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
            {
                return new SamplingResult(SamplingDecision.RecordAndSample);
            }
        }

        return _ratio.ShouldSample(samplingParameters);
    }
}

/// <summary>Takes from spans what is not on the list, whoever put it there.</summary>
internal sealed class AttributeFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        List<string>? foreign = null;
        foreach (ref readonly var tag in data.EnumerateTagObjects())
        {
            if (!Tracing.Attributes.Contains(tag.Key))
            {
                (foreign ??= []).Add(tag.Key);
            }
        }

        foreign?.ForEach(name => data.SetTag(name, null));
    }
}

/// <summary>
/// Spans wait here for the thread that sends them; when the queue is full the newest are lost, and nobody waits. A
/// process that stops does not wait for a collector that does not answer.
/// </summary>
internal sealed class HastyTraces(BaseExporter<Activity> exporter)
    : BatchActivityExportProcessor(exporter, scheduledDelayMilliseconds: 1_000)
{
    /// <summary>How long a stopping process lets the last spans, or figures, go out.</summary>
    public const int FarewellMilliseconds = 500;

    protected override bool OnShutdown(int timeoutMilliseconds) => base.OnShutdown(FarewellMilliseconds);
}

/// <summary>The same for metrics.</summary>
internal sealed class HastyMetrics(BaseExporter<Metric> exporter, int intervalMilliseconds)
    : PeriodicExportingMetricReader(exporter, intervalMilliseconds)
{
    protected override bool OnShutdown(int timeoutMilliseconds) => base.OnShutdown(HastyTraces.FarewellMilliseconds);
}

/// <summary>The same for lines of the log.</summary>
internal sealed class HastyLogs(BaseExporter<LogRecord> exporter)
    : BatchLogRecordExportProcessor(exporter, scheduledDelayMilliseconds: 1_000)
{
    protected override bool OnShutdown(int timeoutMilliseconds) => base.OnShutdown(HastyTraces.FarewellMilliseconds);
}
