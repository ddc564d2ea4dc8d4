using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// <c>text.template</c>: gives a text a name. The pipeline renders <c>with</c> before the call, so the text that
/// arrives is the finished one; it is not rendered a second time, because values in it are data.
/// </summary>
internal sealed class TextTemplateTool : ITool
{
    private static readonly JsonElement Text = JsonElement.Parse(
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {"text": {"type": "string", "description": "A text with ${…} templates."}},
          "required": ["text"],
          "additionalProperties": false
        }
        """
    );

    public ToolDescription Description { get; } =
        new(
            "text.template",
            "Write a text",
            "Renders a text with ${…} templates once, so that several later steps can use it.",
            Text,
            Text,
            Effect.Idempotent
        );

    public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct) => new(new ToolResult.Ok(call.Input));
}
