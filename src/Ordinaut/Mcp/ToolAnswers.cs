using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Ordinaut.Mcp;

/// <summary>
/// What a call gives back: data as structured content and as text, or a problem that a model can act on, in the words
/// HTTP has for it. What nobody expected is logged under an id, and that is all a client hears of it.
/// </summary>
internal sealed partial class ToolAnswers(ILogger<ToolAnswers> log)
{
    private const string Done = "Done.";

    public static CallToolResult Of(JsonElement? answer) =>
        new()
        {
            Content = [new TextContentBlock { Text = answer?.GetRawText() ?? Done }],
            StructuredContent = answer,
        };

    public static CallToolResult Of(Problem problem, string requestId)
    {
        var view = (JsonObject)JsonNode.Parse(Json.Write(ProblemViews.Of(problem, requestId)))!;
        if (problem.RetryAfter is { } wait)
        {
            view["retry_after_seconds"] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        }

        return Failed(view.ToJsonString(Json.Options));
    }

    public CallToolResult OfDefect(Exception defect, string tool, string requestId)
    {
        Log.Defect(log, defect, tool, requestId);
        return Failed(Json.Write(ProblemViews.OfDefect(requestId)));
    }

    /// <summary>Without structured content: clients hold that against the schema of what a success looks like.</summary>
    private static CallToolResult Failed(string text) =>
        new() { IsError = true, Content = [new TextContentBlock { Text = text }] };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "mcp.defect {Tool} {RequestId}")]
        public static partial void Defect(ILogger log, Exception defect, string tool, string requestId);
    }
}
