using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class DebugToolTests
{
    [Fact]
    public async Task Echo_returns_the_very_same_json()
    {
        var call = ToolCalls.With("""{"a": {"b": [1, null, "x"]}}""");

        var result = await new DebugEchoTool().Call(call, TestContext.Current.CancellationToken);

        Assert.Equal(call.Input, result.Output());
        Assert.Equal(Effect.Idempotent, new DebugEchoTool().Description.Effect);
    }

    [Fact]
    public async Task Fail_fails_retryably_with_its_own_words_by_default()
    {
        var failure = await new DebugFailTool().Run("{}").Failure();

        Assert.Equal(new ToolResult.Failed("debug_fail", "Failed as asked.", Retryable: true), failure);
    }

    [Fact]
    public async Task Fail_fails_as_it_is_told()
    {
        var failure = await new DebugFailTool()
            .Run("""{"message":"No.","code":"no_way","retryable":false}""")
            .Failure();

        Assert.Equal(new ToolResult.Failed("no_way", "No.", Retryable: false), failure);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(2, 3, true)]
    [InlineData(100, 100, false)]
    public async Task Fail_fails_the_first_attempts_only(int times, int attempt, bool succeeds)
    {
        var call = ToolCalls.With($$"""{"times":{{times}}}""") with { Attempt = attempt };

        var result = await new DebugFailTool().Run(call, TimeProvider.System);

        Assert.Equal(succeeds, result is ToolResult.Ok);
        if (succeeds)
        {
            Assert.Equal(attempt, result.Output().GetProperty("attempt").GetInt32());
        }
    }

    [Fact]
    public async Task Sleep_takes_its_time_on_the_clock()
    {
        var clock = new FakeTimeProvider();

        var pending = new DebugSleepTool(clock).Run(ToolCalls.With("""{"seconds":3600}"""), clock);
        clock.Advance(TimeSpan.FromSeconds(3599.999));
        Assert.False(pending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(3600, (await pending.Output()).GetProperty("slept_seconds").GetDouble());
    }

    [Fact]
    public async Task Sleep_of_nothing_returns_at_once() =>
        Assert.Equal(
            """{"slept_seconds":0}""",
            (await new DebugSleepTool(new FakeTimeProvider()).Run("""{"seconds":0}""").Output()).GetRawText()
        );

    [Fact]
    public async Task Sleep_ends_when_it_is_canceled()
    {
        using var cancel = new CancellationTokenSource();
        var pending = new DebugSleepTool(new FakeTimeProvider()).Call(
            ToolCalls.With("""{"seconds":1}"""),
            cancel.Token
        );

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
    }

    [Fact]
    public async Task Template_returns_the_rendered_text_and_renders_nothing_again()
    {
        var output = await new TextTemplateTool().Run("""{"text":"Hi ${params.name} $${x}"}""").Output();

        Assert.Equal("Hi ${params.name} $${x}", output.GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Object, output.ValueKind);
    }
}
