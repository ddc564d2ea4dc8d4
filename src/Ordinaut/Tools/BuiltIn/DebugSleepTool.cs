using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary><c>debug.sleep</c>: takes its time and holds no thread; cancellation ends it at once.</summary>
internal sealed class DebugSleepTool(TimeProvider clock) : ITool
{
    /// <summary>The longest sleep in seconds; one hour.</summary>
    public const int MaxSeconds = 3600;

    public ToolDescription Description { get; } =
        new(
            "debug.sleep",
            "Sleep",
            "Waits for some seconds, to try out timeouts and cancellation.",
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "seconds": {"type": "number", "minimum": 0, "maximum": 3600, "description": "How long."}
                  },
                  "required": ["seconds"],
                  "additionalProperties": false
                }
                """
            ),
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {"slept_seconds": {"type": "number", "minimum": 0}},
                  "required": ["slept_seconds"],
                  "additionalProperties": false
                }
                """
            ),
            Effect.Idempotent
        )
        {
            Timeout = TimeSpan.FromSeconds(MaxSeconds + 30),
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var seconds = call.Input.GetProperty("seconds").GetDouble();
        await Task.Delay(TimeSpan.FromSeconds(seconds), clock, ct);
        return new ToolResult.Ok(ToolOutput.Object(o => o.WriteNumber("slept_seconds", seconds)));
    }
}
