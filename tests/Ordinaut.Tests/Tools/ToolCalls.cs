using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>Calls a tool as a run does: through the catalogue and the invoker.</summary>
internal static class ToolCalls
{
    public const string Key = "run-1/step-1";

    public static ToolCall With(string input) => new(JsonElement.Parse(input), Guid.Empty, Guid.Empty, Key);

    public static Task<ToolResult> Run(this ITool tool, string input) => tool.Run(With(input), TimeProvider.System);

    public static async Task<ToolResult> Run(this ITool tool, ToolCall call, TimeProvider clock)
    {
        var log = NullLogger<ToolInvoker>.Instance;
        var invoker = new ToolInvoker(new ToolCatalog([tool]), new Redactor(), clock, log);
        return await invoker.Invoke(tool, call, tool.Description.Timeout, TestContext.Current.CancellationToken);
    }

    public static JsonElement Output(this ToolResult result) =>
        result is ToolResult.Ok ok ? ok.Output : throw new InvalidOperationException(result.ToString());

    public static ToolResult.Failed Failure(this ToolResult result) => Assert.IsType<ToolResult.Failed>(result);

    public static async Task<ToolResult.Failed> Failure(this Task<ToolResult> result) => (await result).Failure();

    public static async Task<JsonElement> Output(this Task<ToolResult> result) => (await result).Output();
}
