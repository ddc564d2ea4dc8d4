using System.Diagnostics;

namespace Ordinaut.Http;

/// <summary>
/// What a caller may say of the trace it is in (W3C Trace Context): <c>traceparent</c>, and a <c>tracestate</c> that is
/// as short as the standard asks to pass on. Its baggage is not heard, and so goes nowhere.
/// </summary>
internal sealed class CallerContext : DistributedContextPropagator
{
    /// <summary>Characters of a <c>tracestate</c>; a longer one is left out, which the standard allows.</summary>
    public const int MaxState = 512;

    private const string Parent = "traceparent";
    private const string State = "tracestate";

    public override IReadOnlyCollection<string> Fields { get; } = [Parent, State];

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

        getter(carrier, Parent, out var parent, out _);
        if (ActivityContext.TryParse(parent, null, out _))
        {
            traceId = parent;
            getter(carrier, State, out var state, out _);
            traceState =
                state is { Length: > 0 and <= MaxState } && state.All(c => c is >= ' ' and <= '~') ? state : null;
        }
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
