using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>A tool that does what the test says.</summary>
internal sealed class ScriptedTool(Func<ToolCall, CancellationToken, ValueTask<ToolResult>> call) : ITool
{
    private static readonly JsonElement Anything = JsonElement.Parse("{}");

    public ScriptedTool(Func<ToolCall, ToolResult> call)
        : this((c, _) => new(call(c))) { }

    public string Name { get; init; } = "test.scripted";

    public JsonElement InputSchema { get; init; } = Anything;

    public JsonElement OutputSchema { get; init; } = Anything;

    public ToolDescription Description =>
        new(Name, "Scripted", "Does what the test says.", InputSchema, OutputSchema, Effect.Keyed);

    public ValueTask<ToolResult> Call(ToolCall toolCall, CancellationToken ct) => call(toolCall, ct);
}
