using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary><c>debug.echo</c>: the input is the output, the same JSON without a copy. The shortest step.</summary>
internal sealed class DebugEchoTool : ITool
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}""");

    public ToolDescription Description { get; } =
        new(
            "debug.echo",
            "Echo",
            "Returns its input unchanged, to see what a pipeline's templates give.",
            AnyObject,
            AnyObject,
            Effect.Idempotent
        );

    public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct) => new(new ToolResult.Ok(call.Input));
}
