using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>What an MCP server's answer to a call means for the step.</summary>
internal static class ServerAnswers
{
    /// <summary>How many characters of what it says a failure quotes; 1,000.</summary>
    public const int MaxQuotedCharacters = 1_000;

    /// <summary>The deepest JSON that is read out of a text; deeper stays text. 48: room around it.</summary>
    public const int MaxJsonDepth = 48;

    /// <summary>
    /// Structured content is the result. Else the text is: as JSON where it is JSON. Anything with more than text
    /// (images, resources) comes as <c>{"content": […]}</c>, and nothing as null.
    /// </summary>
    /// <param name="effect">
    /// Whether the tool may be asked again: of an unsafe one its own word that it failed is final.
    /// </param>
    public static ToolResult Read(CallToolResult answer, Effect effect)
    {
        if (answer.IsError == true)
        {
            return new ToolResult.Failed("tool_failed", Quote(answer), Retryable: effect != Effect.Unsafe);
        }

        if (answer.StructuredContent is { } structured)
        {
            return new ToolResult.Ok(structured.Clone());
        }

        return answer.Content.All(block => block is TextContentBlock)
            ? new ToolResult.Ok(OfText(TextOf(answer)))
            : new ToolResult.Ok(ToolOutput.Object(output => WriteContent(output, answer)));
    }

    private static JsonElement OfText(string? text)
    {
        try
        {
            return JsonElement.Parse(text ?? "null", new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        }
        catch (JsonException)
        {
            return Json.ToElement(text!);
        }
    }

    private static string? TextOf(CallToolResult answer)
    {
        var texts = answer.Content.OfType<TextContentBlock>().Select(block => block.Text).ToList();
        return texts.Count == 0 ? null : string.Join('\n', texts);
    }

    private static void WriteContent(Utf8JsonWriter output, CallToolResult answer)
    {
        var info = McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ContentBlock));
        output.WriteStartArray("content");
        foreach (var block in answer.Content)
        {
            JsonSerializer.Serialize(output, block, info);
        }

        output.WriteEndArray();
    }

    private static string Quote(CallToolResult answer)
    {
        var text = TextOf(answer) ?? answer.StructuredContent?.GetRawText() ?? "It says nothing of why.";
        return Quoted.Line(text, MaxQuotedCharacters);
    }
}
