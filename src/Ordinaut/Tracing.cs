using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Ordinaut;

/// <summary>
/// The spans that work leaves behind, under the names of <c>docs/telemetry.md</c>. While nobody listens none is made,
/// and nothing is allocated.
/// </summary>
internal static class Tracing
{
    /// <summary>The source that exporters listen to.</summary>
    public const string Name = "Ordinaut";

    public const string RunId = "ordinaut.run.id";
    public const string RunState = "ordinaut.run.state";
    public const string RunTrigger = "ordinaut.run.trigger";
    public const string RunAttempt = "ordinaut.run.attempt";
    public const string TaskId = "ordinaut.task.id";
    public const string TaskVersion = "ordinaut.task.version";
    public const string AgentId = "ordinaut.agent.id";
    public const string EventId = "ordinaut.event.id";
    public const string WebhookId = "ordinaut.webhook.id";
    public const string Outcome = "ordinaut.delivery.outcome";
    public const string Method = "http.request.method";
    public const string Route = "http.route";
    public const string Status = "http.response.status_code";
    public const string Operation = "messaging.operation.name";
    public const string McpMethod = "mcp.method.name";

    /// <summary>
    /// Traces a second that begin here for no other reason than that a kept span asked for them: one request may set
    /// off thousands of runs.
    /// </summary>
    public const int MaxAsked = 100;

    private const string StepId = "ordinaut.step.id";
    private const string StepAttempt = "ordinaut.step.attempt";
    private const string Tool = "gen_ai.tool.name";
    private const string ToolOperation = "gen_ai.operation.name";
    private const string ExecuteTool = "execute_tool";
    private const string Error = "error.type";
    private const string MessagingSystem = "messaging.system";
    private const string OperationType = "messaging.operation.type";

    /// <summary>
    /// The attributes that leave the process; of a span that has others they are taken away. None is made of a payload,
    /// an input or an output.
    /// </summary>
    public static readonly FrozenSet<string> Attributes = FrozenSet.Create([
        .. (string[])[RunId, RunState, RunTrigger, RunAttempt, TaskId, TaskVersion, AgentId, EventId, WebhookId],
        .. (string[])[Outcome, Method, Route, Status, Operation, StepId, StepAttempt, Tool, ToolOperation, Error],
        .. (string[])[MessagingSystem, OperationType, McpMethod],
    ]);

    /// <summary>Characters of a failure's code that is told as the error's type; tools may make up theirs.</summary>
    private const int MaxError = 64;

    private static readonly SearchValues<char> WordCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789_"
    );

    private static readonly ActivitySource Source = new(Name);

    private static double _ratio = 1;
    private static Func<bool> _letsAsked = () => true;

    /// <summary>The trace that the next root on this thread belongs to.</summary>
    [ThreadStatic]
    private static ActivityTraceId _next;

    static Tracing() => Activity.TraceIdGenerator = () => _next == default ? ActivityTraceId.CreateRandom() : _next;

    /// <summary>
    /// How many of the traces that begin with <see cref="Root"/> are kept, from 0 to 1. The others cost no more than
    /// this question.
    /// </summary>
    public static double Ratio
    {
        set => Volatile.Write(ref _ratio, value);
    }

    /// <summary>Whether one more trace may begin for no other reason than that a kept span asked for it.</summary>
    public static Func<bool> LetsAsked
    {
        set => Volatile.Write(ref _letsAsked, value);
    }

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>
    /// The span at work here as W3C's <c>traceparent</c>, for whatever it sets off to be linked to it; null when there
    /// is none, or nobody will see it.
    /// </summary>
    public static string? Current => IsOn && Activity.Current is { Recorded: true } span ? span.Id : null;

    /// <summary>
    /// The trace of what has this id. Nothing has to be stored or sent for it: all attempts of a run, on whatever node,
    /// have the same trace, and with it the same answer to whether it is sampled.
    /// </summary>
    public static ActivityTraceId TraceOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        SHA256.HashData(bytes, digest);
        return ActivityTraceId.CreateFromBytes(digest[..16]);
    }

    /// <summary>
    /// Begins a span at the root of a trace, whatever is at work here; null when the trace is not kept. What a kept
    /// span asked for is kept up to <see cref="MaxAsked"/>, the rest by the ratio.
    /// </summary>
    /// <param name="id">What the trace is of.</param>
    /// <param name="asker">The <c>traceparent</c> of who set it off, which it is linked to; null: nobody known.</param>
    public static Activity? Root(string name, ActivityKind kind, Guid id, string? asker)
    {
        if (!IsOn)
        {
            return null;
        }

        var trace = TraceOf(id);
        var isAsked = ActivityContext.TryParse(asker, null, isRemote: true, out var context);
        var isAskedFor = context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        if (!IsKept(trace) && !(isAskedFor && Volatile.Read(ref _letsAsked)()))
        {
            return null;
        }

        ActivityLink[]? links = isAsked ? [new ActivityLink(context)] : null;
        Activity.Current = null;
        _next = trace;
        var span = Source.StartActivity(kind, links: links, name: name);
        _next = default;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(MessagingSystem, "ordinaut");
            span.SetTag(Operation, name);
            span.SetTag(OperationType, kind == ActivityKind.Consumer ? "process" : "send");
        }

        return span;
    }

    /// <summary>
    /// Whether the request at work here is kept only if its caller is known: it said so itself, and anyone can.
    /// </summary>
    public static bool IsHeld =>
        IsOn && Activity.Current is { HasRemoteParent: true, IsAllDataRequested: true, Recorded: false };

    /// <summary>Takes back for now that the request at work here is kept, if nobody but its caller said so.</summary>
    public static void Hold()
    {
        if (IsOn && Activity.Current is { HasRemoteParent: true, Recorded: true } span)
        {
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    /// <summary>Has what is held kept.</summary>
    public static void Release() => Activity.Current!.ActivityTraceFlags |= ActivityTraceFlags.Recorded;

    /// <summary>
    /// Begins the span of a tool's call over MCP, in the trace that the call names, or else in its request's.
    /// </summary>
    /// <param name="asker">The span that the call names.</param>
    public static Activity? Served(string method, string tool, ActivityContext? asker)
    {
        if (!IsOn || (asker is null && !IsWithin))
        {
            return null;
        }

        var (name, request) = ($"{method} {tool}", Activity.Current);
        // As OpenTelemetry has it: the call is the caller's child, and linked to the request that brought it.
        var span = asker is { } parent
            ? Source.StartActivity(name, ActivityKind.Server, parent, links: Links(request))
            : Source.StartActivity(name, ActivityKind.Server);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(McpMethod, method);
            span.SetTag(ToolOperation, ExecuteTool);
            span.SetTag(Tool, tool);
        }

        return span;
    }

    /// <summary>Begins the span of a step.</summary>
    public static Activity? Step(string id, int attempt)
    {
        var span = IsOn && IsWithin ? Source.StartActivity("step") : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(StepId, id);
            span.SetTag(StepAttempt, attempt);
        }

        return span;
    }

    /// <summary>Begins the span of a tool's call.</summary>
    /// <param name="leaves">Whether it leaves this process.</param>
    public static Activity? Call(string tool, bool leaves)
    {
        if (!IsOn || !IsWithin)
        {
            return null;
        }

        var span = Source.StartActivity($"{ExecuteTool} {tool}", leaves ? ActivityKind.Client : ActivityKind.Internal);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(ToolOperation, ExecuteTool);
            span.SetTag(Tool, tool);
        }

        return span;
    }

    /// <summary>Says how it failed, if it did: the kind alone, for a message may hold what was worked on.</summary>
    public static void Fail(Activity? span, string? code)
    {
        if (span is { IsAllDataRequested: true } && code is not null)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag(Error, IsWord(code) ? code : "_OTHER");
        }
    }

    /// <summary>
    /// What whoever is called is told of the span that calls (W3C Trace Context): never baggage. Null while nobody
    /// listens.
    /// </summary>
    public static (string? Parent, string? State) Outgoing =>
        IsOn && Activity.Current is { IdFormat: ActivityIdFormat.W3C } span
            ? (span.Id, span.TraceStateString)
            : default;

    /// <summary>Only within a span that is kept there are further ones.</summary>
    private static bool IsWithin => Activity.Current is { Recorded: true };

    private static ActivityLink[]? Links(Activity? to) => to is null ? null : [new ActivityLink(to.Context)];

    /// <summary>As OpenTelemetry's sampler by ratio decides: by the first half of the trace's id.</summary>
    private static bool IsKept(ActivityTraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        var ratio = Volatile.Read(ref _ratio);
        var half = BinaryPrimitives.ReadInt64BigEndian(bytes) & long.MaxValue;
        return ratio >= 1 || half < (long)(ratio * long.MaxValue);
    }

    private static bool IsWord(string code) =>
        code.Length is > 0 and <= MaxError && !code.AsSpan().ContainsAnyExcept(WordCharacters);
}
