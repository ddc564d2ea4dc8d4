using System.Diagnostics;

namespace Ordinaut;

/// <summary>
/// What a caller may say of the trace it is in (W3C Trace Context), over HTTP or in MCP's <c>_meta</c>. Whatever is not
/// as the standard has it is not heard; nor is baggage, which would carry a stranger's words further.
/// </summary>
internal static class TraceContext
{
    public const string Parent = "traceparent";
    public const string State = "tracestate";

    /// <summary>Characters of a <c>tracestate</c>; a longer one is left out, which the standard allows.</summary>
    public const int MaxState = 512;

    /// <summary>The caller's span; null when none is named.</summary>
    public static ActivityContext? Read(string? parent, string? state) =>
        ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? new ActivityContext(context.TraceId, context.SpanId, context.TraceFlags, StateOf(state), isRemote: true)
            : null;

    /// <summary>As much of a <c>tracestate</c> as is passed on: all, or nothing.</summary>
    public static string? StateOf(string? given) =>
        given is { Length: > 0 and <= MaxState } && given.All(c => c is >= ' ' and <= '~') ? given : null;
}
