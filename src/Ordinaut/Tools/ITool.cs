using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>A named capability that a pipeline step uses. Built-in and remote ones all end here.</summary>
internal interface ITool
{
    ToolDescription Description { get; }

    /// <summary>
    /// Does the work once. A failure of the tool is a value, not an exception; only cancellation and broken
    /// invariants may throw. The input was validated against the schema before the call.
    /// </summary>
    ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct);
}

/// <summary>What the catalogue says of a tool.</summary>
/// <param name="Name"><c>provider.tool</c>, lower case.</param>
/// <param name="Title">A short name for people.</param>
/// <param name="Summary">What it does, for a model that chooses among tools.</param>
/// <param name="InputSchema">JSON Schema (2020-12) of <c>with</c>.</param>
/// <param name="OutputSchema">JSON Schema (2020-12) of the result.</param>
/// <param name="Effect">What a repetition would do to the world.</param>
internal sealed record ToolDescription(
    string Name,
    string Title,
    string Summary,
    JsonElement InputSchema,
    JsonElement OutputSchema,
    Effect Effect
)
{
    /// <summary>How long one call may take when the step does not say; 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Scopes the task's owner must hold to use this tool, besides <c>tools:use</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Who brings the tool: the name of its server, or <c>http</c>; empty for the program's own.</summary>
    public string Source { get; init; } = "";

    /// <summary>What one call costs, in the operator's currency; null when nobody said.</summary>
    public decimal? Cost { get; init; }

    /// <summary>
    /// The host that a call with this input goes to, empty where the tool knows none. Null: the tool stays in this
    /// process, and takes no secrets.
    /// </summary>
    public Func<JsonElement, string>? HostOf { get; init; }

    /// <summary>Why it may not be used at present, in one sentence; null when it may.</summary>
    public string? Suspended { get; init; }
}

/// <summary>What repeating a call does to the world; decides what happens after a crash in mid-call.</summary>
internal enum Effect
{
    /// <summary>Repeating is harmless (a pure function, a read). No start record is needed.</summary>
    Idempotent,

    /// <summary>Repeating with the same idempotency key is harmless. The default.</summary>
    Keyed,

    /// <summary>Never repeated by the machine: a call in flight at a crash makes the run <c>uncertain</c>.</summary>
    Unsafe,
}

/// <summary>One call of a tool.</summary>
/// <param name="Input">The rendered <c>with</c> of the step, valid against the input schema.</param>
/// <param name="OwnerId">The agent whose rights the run has.</param>
/// <param name="RunId">The run that calls; <see cref="Guid.Empty"/> when a tool is tried by hand.</param>
/// <param name="IdempotencyKey">The same over all attempts of this step of this occurrence.</param>
internal sealed record ToolCall(JsonElement Input, Guid OwnerId, Guid RunId, string IdempotencyKey)
{
    /// <summary>The task whose run calls; empty when no run does: a tool tried by hand, a condition's check.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The step that calls; empty when a tool is tried by hand.</summary>
    public string StepId { get; init; } = "";

    /// <summary>Which attempt of the step this is, from 1; only <c>debug.fail</c> goes by it.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The secrets that the input names; null where it names none.</summary>
    public SecretUse? Secrets { get; init; }

    /// <summary>The most that the run may do; null when no run calls.</summary>
    public Grant? Grant { get; init; }

    /// <summary>Patterns of the hosts that may be called; null: every one that is reachable.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>
    /// Tells whoever follows the run how far the call is; null when no run calls. It is told as often as the tool says
    /// it, which should be a few times a second.
    /// </summary>
    public Action<ToolProgress>? Tell { get; init; }

    /// <summary>How many events led to this run; a tool that publishes or starts work passes it on plus one.</summary>
    public int CausationDepth { get; init; }
}

/// <summary>What came of a call: an output, or a failure as data.</summary>
internal abstract record ToolResult
{
    private ToolResult() { }

    internal sealed record Ok(JsonElement Output) : ToolResult;

    /// <summary>The work goes on elsewhere: the step waits without a worker, and its answer is its result.</summary>
    /// <param name="Awaits">What the answer will be sent to, such as <c>approval:…</c>.</param>
    /// <param name="Until">When it has waited for too long.</param>
    /// <param name="Output">What can be shown of it meanwhile.</param>
    internal sealed record Waiting(string Awaits, DateTimeOffset Until, JsonElement? Output = null) : ToolResult;

    /// <param name="Code">Stable snake_case word, for example <c>http_status</c>, <c>egress_refused</c>.</param>
    /// <param name="Message">Safe to show to the task's owner.</param>
    /// <param name="Retryable">Whether another attempt may succeed.</param>
    /// <param name="RetryAfter">The earliest useful next attempt as the other side asked; null if it did not.</param>
    internal sealed record Failed(string Code, string Message, bool Retryable, TimeSpan? RetryAfter = null)
        : ToolResult;
}
