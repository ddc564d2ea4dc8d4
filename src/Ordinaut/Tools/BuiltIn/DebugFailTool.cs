using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// <c>debug.fail</c>: fails as it is told. With <c>times: n</c> the first n attempts of the step fail and the
/// next one succeeds, which shows a retry policy at work.
/// </summary>
internal sealed class DebugFailTool : ITool
{
    public ToolDescription Description { get; } =
        new(
            "debug.fail",
            "Fail",
            "Fails on purpose, always or for the first attempts, to try out retries and on_error.",
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "message": {"type": "string", "maxLength": 1000, "description": "The error's text."},
                    "code": {
                      "type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$",
                      "description": "The error's code; default debug_fail."
                    },
                    "retryable": {
                      "type": "boolean", "default": true,
                      "description": "Whether another attempt may follow."
                    },
                    "times": {
                      "type": "integer", "minimum": 0, "maximum": 100,
                      "description": "How many attempts fail; all if left out."
                    }
                  },
                  "additionalProperties": false
                }
                """
            ),
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "attempt": {"type": "integer", "minimum": 1,
                    "description": "The attempt that succeeded."}
                  },
                  "required": ["attempt"],
                  "additionalProperties": false
                }
                """
            ),
            Effect.Idempotent
        );

    public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var input = call.Input;
        if (input.TryGetProperty("times", out var times) && call.Attempt > times.GetDouble())
        {
            return new(new ToolResult.Ok(ToolOutput.Object(o => o.WriteNumber("attempt", call.Attempt))));
        }

        var code = input.TryGetProperty("code", out var givenCode) ? givenCode.GetString()! : "debug_fail";
        var message = input.TryGetProperty("message", out var given) ? given.GetString()! : "Failed as asked.";
        var retryable = !input.TryGetProperty("retryable", out var givenRetryable) || givenRetryable.GetBoolean();
        return new(new ToolResult.Failed(code, message, retryable));
    }
}
