using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ordinaut.Models;

/// <summary>What goes into <c>llm.generate</c> and what comes out.</summary>
internal static class GenerateSchemas
{
    private const string InputText = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "instruction": {"type": "string", "minLength": 1, "description": "What the model is to do."},
            "data": {"description": "What it is to do it with: any JSON value, given apart from the instruction."},
            "messages": {
              "type": "array", "minItems": 1, "maxItems": 100,
              "description": "The whole conversation, in place of instruction and data.",
              "items": {
                "type": "object",
                "properties": {"role": {"enum": ["system", "user", "assistant"]}, "content": {"type": "string"}},
                "required": ["role", "content"],
                "additionalProperties": false
              }
            },
            "schema": {"type": "object", "description": "A JSON Schema that the answer must meet; the result is json."},
            "model": {"type": "string", "description": "One of the operator's models; the first when absent."},
            "max_tokens": {
              "type": "integer", "minimum": 1, "maximum": 131072,
              "description": "The longest answer in tokens; 4096 when absent."
            },
            "temperature": {"type": "number", "minimum": 0, "maximum": 2}
          },
          "oneOf": [{"required": ["instruction"]}, {"required": ["messages"]}],
          "dependentRequired": {"data": ["instruction"]},
          "additionalProperties": false
        }
        """;

    public static JsonElement Output { get; } =
        Json.Parse(
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "text": {"type": "string", "description": "The answer, when no schema was given."},
                "json": {"description": "The answer, which meets the schema."},
                "model": {"type": "string"},
                "finish_reason": {"type": ["string", "null"], "description": "length: it was cut off at max_tokens."},
                "usage": {
                  "type": "object",
                  "properties": {
                    "input_tokens": {"type": ["integer", "null"]},
                    "output_tokens": {"type": ["integer", "null"]},
                    "cost": {"type": ["number", "null"], "description": "By the operator's price table, if it knows."},
                    "currency": {"type": ["string", "null"]},
                    "price_version": {"type": ["string", "null"]}
                  },
                  "required": ["input_tokens", "output_tokens", "cost", "currency", "price_version"],
                  "additionalProperties": false
                }
              },
              "required": ["model", "finish_reason", "usage"],
              "oneOf": [{"required": ["text"]}, {"required": ["json"]}],
              "additionalProperties": false
            }
            """
        );

    /// <summary>With the models there are as a choice, so that another one is found when a task is saved.</summary>
    public static JsonElement Input(IReadOnlyList<string> models)
    {
        var schema = JsonNode.Parse(InputText)!;
        if (models.Count > 0)
        {
            schema["properties"]!["model"]!["enum"] = new JsonArray([.. models.Select(name => (JsonNode)name)]);
        }

        return Json.OfNode(schema);
    }
}
