using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// <c>json.transform</c>: a JMESPath expression over a value, in the dialect that templates use. An expression
/// that is wrong, or too costly for its fuel, fails with <c>expression_failed</c>; a path that is not there is null.
/// </summary>
internal sealed class JsonTransformTool : ITool
{
    public ToolDescription Description { get; } =
        new(
            "json.transform",
            "Transform JSON",
            "Selects, filters and reshapes JSON data with a JMESPath expression.",
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "data": {"description": "Any JSON value."},
                    "expression": {
                      "type": "string", "minLength": 1, "maxLength": 4096,
                      "description": "JMESPath, for example items[?price > 10].{name: name, price: price}."
                    }
                  },
                  "required": ["data", "expression"],
                  "additionalProperties": false
                }
                """
            ),
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {"result": {"description": "What the expression gives."}},
                  "required": ["result"],
                  "additionalProperties": false
                }
                """
            ),
            Effect.Idempotent
        );

    public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        try
        {
            var expression = call.Input.GetProperty("expression").GetString()!;
            var path = JmesPath.Parse(expression, Dialect.Condition);
            var result = path.Evaluate(JsonValue.Of(call.Input.GetProperty("data")), new Fuel());
            return new(new ToolResult.Ok(Output(result)));
        }
        catch (ExpressionException e)
        {
            return new(new ToolResult.Failed("expression_failed", e.Message, Retryable: false));
        }
    }

    private static JsonElement Output(JsonValue result) =>
        ToolOutput.Object(o =>
        {
            o.WritePropertyName("result");
            result.WriteTo(o);
        });
}
