using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Tools;

public sealed class ToolInvokerTests
{
    [Fact]
    public async Task An_output_comes_back_as_it_is()
    {
        var tool = new ScriptedTool(c => new ToolResult.Ok(c.Input));

        Assert.Equal("""{"a":[1]}""", (await tool.Run("""{"a":[1]}""").Output()).GetRawText());
    }

    [Fact]
    public async Task A_failure_of_the_tool_comes_back_as_it_is()
    {
        var failed = new ToolResult.Failed("some_code", "Some words.", true, TimeSpan.FromSeconds(3));

        Assert.Equal(failed, await new ScriptedTool(_ => failed).Run("{}"));
    }

    [Fact]
    public async Task A_crash_is_a_retryable_failure_without_internals_and_is_logged()
    {
        var crash = new InvalidOperationException("password=hunter2");
        var log = new RecordedLog<ToolInvoker>();
        var tool = new ScriptedTool(_ => throw crash);
        var call = ToolCalls.With("{}") with { RunId = Guid.Parse("11111111-1111-1111-1111-111111111111") };

        var result = await Invoke(tool, call, log);

        var failure = result.Failure();
        Assert.Equal("tool_crashed", failure.Code);
        Assert.True(failure.Retryable);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
        var (level, name, text, logged) = Assert.Single(log.Entries);
        Assert.Equal((LogLevel.Error, "tool.crashed"), (level, name));
        Assert.Equal($"Tool test.scripted crashed in run {call.RunId}", text);
        Assert.Same(crash, logged);
    }

    [Fact]
    public async Task A_crash_after_an_await_is_caught_too()
    {
        var gate = new TaskCompletionSource<ToolResult>();
        var pending = new ScriptedTool((_, _) => new(gate.Task)).Run("{}");

        gate.SetException(new InvalidOperationException("internals"));

        Assert.Equal("tool_crashed", (await pending.Failure()).Code);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_crash()
    {
        var tool = new ScriptedTool((_, _) => throw new OperationCanceledException());

        Assert.Equal("tool_crashed", (await tool.Run("{}").Failure()).Code);
    }

    [Theory]
    [InlineData(ProblemKind.Invalid, "invalid", false)]
    [InlineData(ProblemKind.NotFound, "not_found", false)]
    [InlineData(ProblemKind.Forbidden, "forbidden", false)]
    [InlineData(ProblemKind.PreconditionFailed, "precondition_failed", false)]
    [InlineData(ProblemKind.TooMany, "too_many", true)]
    [InlineData(ProblemKind.Unavailable, "unavailable", true)]
    [InlineData(ProblemKind.OutOfSpace, "out_of_space", true)]
    public async Task A_problem_becomes_a_failure_of_its_kind(object kind, string code, bool retryable)
    {
        var problem = new Problem((ProblemKind)kind, "What is wrong.") { RetryAfter = TimeSpan.FromSeconds(7) };

        var failure = await new ScriptedTool(_ => throw problem).Run("{}").Failure();

        Assert.Equal(new ToolResult.Failed(code, "What is wrong.", retryable, TimeSpan.FromSeconds(7)), failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_ends_at_its_time_limit_whether_the_tool_heeds_it_or_not(bool heeds)
    {
        var clock = new FakeTimeProvider();
        var tool = new ScriptedTool(
            async (_, ct) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, heeds ? ct : CancellationToken.None);
                throw new InvalidOperationException();
            }
        );

        var pending = tool.Run(ToolCalls.With("{}"), clock);
        clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.False(pending.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        var failure = await pending.Failure();
        Assert.Equal("timeout", failure.Code);
        Assert.True(failure.Retryable);
        Assert.Equal("test.scripted did not finish within 30 s.", failure.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_callers_cancellation_is_an_exception_with_the_callers_token(bool heeds)
    {
        using var cancel = new CancellationTokenSource();
        var tool = new ScriptedTool(
            async (_, ct) =>
            {
                await Task.Delay(Timeout.Infinite, heeds ? ct : CancellationToken.None);
                throw new InvalidOperationException();
            }
        );

        var pending = Invoke(tool, ToolCalls.With("{}"), new RecordedLog<ToolInvoker>(), cancel.Token);
        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAsync<OperationCanceledException>(() => pending);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
    }

    [Fact]
    public async Task An_output_may_have_10_MiB_and_not_one_byte_more()
    {
        var largest = Quoted(ToolInvoker.MaxOutputBytes);
        var larger = Quoted(ToolInvoker.MaxOutputBytes + 1);

        await new ScriptedTool(_ => new ToolResult.Ok(largest)).Run("{}").Output();
        var failure = await new ScriptedTool(_ => new ToolResult.Ok(larger)).Run("{}").Failure();

        Assert.Equal("output_too_large", failure.Code);
        Assert.False(failure.Retryable);
        Assert.Contains("10485761 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_may_have_2_MiB_and_not_one_byte_more()
    {
        var called = 0;
        var tool = new ScriptedTool(c => new ToolResult.Ok(JsonElement.Parse($"{++called}")));
        var call = ToolCalls.With("{}");

        await tool.Run(call with { Input = Quoted(ToolInvoker.MaxInputBytes) }, TimeProvider.System);
        var failure = (
            await tool.Run(call with { Input = Quoted(ToolInvoker.MaxInputBytes + 1) }, TimeProvider.System)
        ).Failure();

        Assert.Equal("input_too_large", failure.Code);
        Assert.Equal(1, called);
    }

    [Fact]
    public async Task An_input_that_does_not_meet_the_schema_never_reaches_the_tool()
    {
        var tool = new ScriptedTool(_ => throw new InvalidOperationException("was called"))
        {
            InputSchema = JsonElement.Parse("""{"properties":{"a":{"type":"integer"}},"required":["b"]}"""),
        };

        var failure = await tool.Run("""{"a":"x"}""").Failure();

        Assert.Equal(("input_invalid", false), (failure.Code, failure.Retryable));
        Assert.Contains("/a ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'b'", failure.Message.Replace('"', '\''), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    public async Task A_failure_names_five_findings_and_not_one_more(int wrong, int named)
    {
        var tool = new ScriptedTool(_ => throw new InvalidOperationException("was called"))
        {
            InputSchema = JsonElement.Parse("""{"additionalProperties":{"type":"integer"}}"""),
        };
        var members = Enumerable.Range(0, wrong).Select(i => $"\"m{i}\":true");

        var failure = await tool.Run($"{{{string.Join(',', members)}}}").Failure();

        Assert.Equal(named, failure.Message.Split("/m").Length - 1);
    }

    [Fact]
    public async Task An_output_with_half_a_character_is_a_failure_of_the_tool()
    {
        var tool = new ScriptedTool(_ => new ToolResult.Ok(JsonElement.Parse("\"\\ud800\"")));

        var failure = await tool.Run("{}").Failure();

        Assert.Equal(("output_invalid", false), (failure.Code, failure.Retryable));
    }

    [Fact]
    public async Task An_output_that_does_not_meet_the_schema_is_a_failure_of_the_tool()
    {
        var tool = new ScriptedTool(_ => new ToolResult.Ok(JsonElement.Parse("1")))
        {
            OutputSchema = JsonElement.Parse("""{"type":"string"}"""),
        };

        var failure = await tool.Run("{}").Failure();

        Assert.Equal(("output_invalid", false), (failure.Code, failure.Retryable));
        Assert.StartsWith("test.scripted returned a wrong value. It ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_outside_the_catalogue_is_a_broken_invariant()
    {
        var stranger = new ScriptedTool(c => new ToolResult.Ok(c.Input));
        var log = new RecordedLog<ToolInvoker>();
        var invoker = new ToolInvoker(new ToolCatalog([]), new Redactor(), TimeProvider.System, log);

        await Assert.ThrowsAsync<UnreachableException>(async () =>
            await invoker.Invoke(stranger, ToolCalls.With("{}"), TimeSpan.FromSeconds(1), default)
        );
    }

    private static JsonElement Quoted(int bytes) => JsonElement.Parse('"' + new string('x', bytes - 2) + '"');

    private static async Task<ToolResult> Invoke(
        ScriptedTool tool,
        ToolCall call,
        RecordedLog<ToolInvoker> log,
        CancellationToken ct = default
    ) =>
        await new ToolInvoker(new ToolCatalog([tool]), new Redactor(), TimeProvider.System, log).Invoke(
            tool,
            call,
            TimeSpan.FromSeconds(30),
            ct
        );
}
