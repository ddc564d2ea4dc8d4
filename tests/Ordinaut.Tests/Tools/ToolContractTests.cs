using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

/// <summary>What the contract itself promises, shown with the smallest tool there can be.</summary>
public sealed class ToolContractTests
{
    [Fact]
    public async Task A_failure_comes_back_as_a_value()
    {
        ITool tool = new Refusal();
        using var nothing = JsonDocument.Parse("{}");
        var result = await tool.Call(new ToolCall(nothing.RootElement, Guid.Empty, Guid.Empty, "key"), default);

        var failed = Assert.IsType<ToolResult.Failed>(result);
        Assert.Equal(("refused", false), (failed.Code, failed.Retryable));
        Assert.Null(failed.RetryAfter);
    }

    [Fact]
    public void A_tool_has_30_seconds_and_needs_no_scope_unless_it_says_so()
    {
        var description = new Refusal().Description;

        Assert.Equal(TimeSpan.FromSeconds(30), description.Timeout);
        Assert.Empty(description.Scopes);
        Assert.NotEqual<ToolResult>(new ToolResult.Ok(default), new ToolResult.Failed("code", "message", true));
    }

    private sealed class Refusal : ITool
    {
        public ToolDescription Description { get; } =
            new("debug.refuse", "Refuse", "Refuses.", default, default, Effect.Idempotent);

        public ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct) =>
            ValueTask.FromResult<ToolResult>(new ToolResult.Failed("refused", "It refuses.", Retryable: false));
    }
}
