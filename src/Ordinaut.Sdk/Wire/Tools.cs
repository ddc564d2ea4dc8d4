using System.Text.Json;

namespace Ordinaut.Sdk.Wire;

/// <summary>A tool a pipeline step can use.</summary>
/// <param name="Source">Who brings it: a server's name, or <c>http</c>; empty for the program's own.</param>
/// <param name="Cost">What one call costs, in the operator's currency; null when nobody said.</param>
/// <param name="Suspended">Why it may not be used at present; null when it may.</param>
public sealed record ToolView(
    string Name,
    string Title,
    string Description,
    string Effect,
    int TimeoutSeconds,
    IReadOnlyList<string> Scopes,
    JsonElement InputSchema,
    JsonElement OutputSchema,
    string Source = "",
    decimal? Cost = null,
    string? Suspended = null
);

/// <summary>Calls a tool once, outside any run.</summary>
/// <param name="Input">What a step has as <c>with</c>, without templates.</param>
public sealed record TryTool(JsonElement? Input = null);

/// <summary>What came of it.</summary>
public sealed record TryToolResult(bool Success, JsonElement? Output, RunError? Error, double DurationSeconds);

/// <summary>A pipeline to check without saving it: a task's payload, or the payload's two members themselves.</summary>
/// <param name="Payload">Both members as a task has them.</param>
/// <param name="Params">Values that templates read.</param>
/// <param name="Pipeline">The steps.</param>
public sealed record CheckPipeline(
    JsonElement? Payload = null,
    JsonElement? Params = null,
    JsonElement? Pipeline = null
);

/// <summary>Every finding at once; an empty list means the pipeline can be saved.</summary>
public sealed record PipelineCheckResult(bool Valid, IReadOnlyList<Finding> Findings);

/// <summary>What is wrong with which value.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901).</param>
public sealed record Finding(string Pointer, string Detail);

/// <summary>An expression to try.</summary>
/// <param name="Expression">JMESPath such as <c>length(events)</c>, a condition, or a template.</param>
/// <param name="Data">Any JSON; null when absent.</param>
public sealed record EvaluateExpression(string? Expression, JsonElement? Data = null);

/// <summary>Its value.</summary>
public sealed record ExpressionResult(JsonElement Result);
