using System.Text.Json.Nodes;
using Ordinaut.Tools;

namespace Ordinaut.ToolSources;

/// <summary>
/// What an MCP server says of how far one call is (its progress notifications), told on a few times a second at most,
/// however often it says it.
/// </summary>
/// <param name="token">What the server names the call by.</param>
internal sealed class ServerProgress(string token, Action<ToolProgress> tell, TimeProvider clock)
{
    /// <summary>Characters of its words.</summary>
    public const int MaxMessage = 200;

    private readonly Pace _pace = new(clock);

    /// <param name="notification">Of whatever call; what is not understood is passed over.</param>
    public void Hear(JsonNode? notification)
    {
        if (
            notification is not JsonObject news
            || Text(news, "progressToken") != token
            || Number(news, "progress") is not { } progress
            || !_pace.IsTime()
        )
        {
            return;
        }

        tell(
            new ToolProgress
            {
                Progress = progress,
                Total = Number(news, "total"),
                Message = Text(news, "message") is { } words ? Quoted.Line(words, MaxMessage) : null,
            }
        );
    }

    private static string? Text(JsonObject news, string name) =>
        news[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonObject news, string name) =>
        news[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;
}
