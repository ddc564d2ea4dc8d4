using Ordinaut.Tools;

namespace Ordinaut.Tests.Runs;

/// <summary>A real tool that leaves the process; a story's time stands still until it is back.</summary>
internal sealed class OutsideTool(ITool tool) : ITool
{
    public ToolDescription Description => tool.Description;

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct) =>
        await Story.Outside(tool.Call(call, ct));
}
