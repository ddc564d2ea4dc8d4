using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>
/// What a call gives back: data as structured content and as text, or a problem that a model can act on, in the words
/// HTTP has for it.
/// </summary>
internal static class ToolAnswers
{
    private const string Done = "Done.";

    public static CallToolResult Of(JsonElement? answer) =>
        new() { Content = [new TextContentBlock { Text = answer?.GetRawText() ?? Done }], StructuredContent = answer };

    public static CallToolResult Of(Problem problem, string requestId) =>
        Of(ProblemViews.Of(problem, requestId), problem.RetryAfter);

    /// <summary>Without structured content: clients hold that against the schema of a success.</summary>
    /// <param name="wait">When to try again.</param>
    public static CallToolResult Of(ProblemView view, TimeSpan? wait = null)
    {
        var json = (JsonObject)JsonNode.Parse(Json.Write(view))!;
        if (wait is { } time)
        {
            json["retry_after_seconds"] = Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
        }

        var text = json.ToJsonString(Json.Options);
        return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = text }] };
    }
}
