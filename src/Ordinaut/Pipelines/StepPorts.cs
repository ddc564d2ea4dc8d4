using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>What a pipeline needs of the world around it.</summary>
/// <param name="Tool">Finds a tool by name.</param>
/// <param name="Call">Calls it, with its limits.</param>
/// <param name="Save">Makes records durable, if this worker still holds the run.</param>
/// <param name="LastGate">The gate's value in the task's last successful run.</param>
/// <param name="RunBytes">Bytes of JSON that the run may keep of all its steps.</param>
internal sealed record StepPorts(
    Func<string, ITool?> Tool,
    Func<StepCall, CancellationToken, ValueTask<ToolResult>> Call,
    Func<IReadOnlyList<StepRecord>, ValueTask> Save,
    Func<string, ValueTask<JsonElement?>> LastGate,
    Func<DateTimeOffset> Now,
    long RunBytes = PipelineLimits.RunBytes
);
