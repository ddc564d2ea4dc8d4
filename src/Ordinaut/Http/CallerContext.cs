using System.Diagnostics;

namespace Ordinaut.Http;

/// <summary>The web server's way to hear of a caller's trace: as <see cref="TraceContext"/> has it.</summary>
internal sealed class CallerContext : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields { get; } = [TraceContext.Parent, TraceContext.State];

    /// <summary>What goes out is told where it goes out.</summary>
    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) { }

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        traceId = traceState = null;
        if (getter is null)
        {
            return;
        }

        getter(carrier, TraceContext.Parent, out var parent, out _);
        getter(carrier, TraceContext.State, out var state, out _);
        if (TraceContext.Read(parent, state) is { } context)
        {
            (traceId, traceState) = (parent, context.TraceState);
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
