using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Tests.Runs;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Pipelines;

/// <summary>The walk over the steps, with everything around it in the test's hands.</summary>
public sealed class PipelineRunnerTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 4, 12, 0, 0, 700, TimeSpan.Zero);

    private readonly FakeTool _tool = new("test.read", Effect.Idempotent);
    private readonly FakeTool _keyed = new("test.work");
    private readonly List<string> _saved = [];
    private string? _lastGate;

    [Theory]
    [InlineData("read read read", "a succeeded | b succeeded", "c succeeded")]
    [InlineData("work read work", "a running | a succeeded | b succeeded | c running", "c succeeded")]
    [InlineData("work", "a running", "a succeeded")]
    [InlineData("never read read", "a skipped, b succeeded", "c succeeded")]
    [InlineData("never never work", "a skipped, b skipped, c running", "c succeeded")]
    [InlineData("never", "", "a skipped")]
    public async Task Each_record_is_saved_once_and_the_last_is_left_to_the_end_of_the_run(
        string steps,
        string saved,
        string unsaved
    )
    {
        var result = await Run(string.Join(',', steps.Split(' ').Select(Step)), []);

        Assert.Equal((saved, unsaved), (string.Join(" | ", _saved), Text(result.Unsaved)));
        Assert.Null(result.Halt);
    }

    [Fact]
    public async Task A_stopped_run_begins_no_further_step_though_its_tool_looks_at_no_token()
    {
        using var stop = new CancellationTokenSource();
        _tool.Act = (call, _) =>
        {
            stop.Cancel();
            return Task.FromResult<ToolResult>(new ToolResult.Ok(call.Input));
        };

        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            Run($"{Step("read", 0)},{Step("read", 1)}", [], stop)
        );

        Assert.Single(_tool.Calls);
    }

    [Theory]
    [InlineData("1", "", "a succeeded, b skipped, c skipped")]
    [InlineData("2", "a succeeded | b succeeded", "c succeeded")]
    [InlineData(null, "a succeeded | b succeeded", "c succeeded")]
    public async Task An_unchanged_gate_skips_the_rest(string? lastGate, string saved, string unsaved)
    {
        _lastGate = lastGate;

        var result = await Run($"{Gate("1")},{Step("read", 1)},{Step("read", 2)}", []);

        Assert.Equal((saved, unsaved), (string.Join(" | ", _saved), Text(result.Unsaved)));
    }

    [Fact]
    public async Task An_unchanged_gate_does_not_undo_what_an_earlier_attempt_did()
    {
        _lastGate = "1";
        StepRecord[] known =
        [
            Record(0, StepState.Succeeded) with
            {
                Gate = Json.Parse("1"),
            },
            Record(1, StepState.Succeeded),
            Record(2, StepState.Failed),
        ];

        var result = await Run($"{Gate("1")},{Step("read", 1)},{Step("read", 2)},{Step("read", 3)}", known);

        Assert.Equal("c skipped, d skipped", Text(result.Unsaved));
        Assert.Empty(_tool.Calls);
    }

    [Theory]
    [InlineData("""{"id":"a","uses":"test.gone"}""", "unknown_tool: There is no tool 'test.gone'.")]
    [InlineData(
        """{"id":"a","uses":"test.read","when_changed":"${steps.a.missing}"}""",
        "expression: when_changed: There is no steps.a.missing"
    )]
    public async Task What_cannot_be_done_fails_its_step(string step, string error)
    {
        var result = await Run(step, []);

        var failure = result.Halt!.Record.Error!;
        Assert.StartsWith(error, $"{failure.Code}: {failure.Message}");
    }

    [Fact]
    public async Task Now_is_told_in_whole_seconds()
    {
        await Run("""{"id":"a","uses":"test.read","with":{"at":"${now}"}}""", []);

        Assert.Equal("2027-01-04T12:00:00Z", _tool.Calls[0].Input.GetProperty("at").GetString());
    }

    private async Task<PipelineResult> Run(
        string steps,
        IReadOnlyList<StepRecord> known,
        CancellationTokenSource? stop = null
    )
    {
        var gone = new FakeTool("test.gone");
        ITool[] all = [_tool, _keyed];
        var (pipeline, findings) = PipelineCheck.Check(
            Json.Parse($$"""{"pipeline":[{{steps}}]}"""),
            name => all.Append(gone).FirstOrDefault(tool => tool.Description.Name == name)?.Description
        );
        Assert.Empty(findings);
        var nothing = JsonValue.Null;
        var ports = new StepPorts(
            name => all.FirstOrDefault(tool => tool.Description.Name == name),
            (call, ct) => call.Tool.Call(new ToolCall(call.Record.Input!.Value, Guid.Empty, Guid.Empty, ""), ct),
            records =>
            {
                _saved.Add(Text(records));
                return ValueTask.CompletedTask;
            },
            _ => ValueTask.FromResult<JsonElement?>(_lastGate is null ? null : Json.Parse(_lastGate)),
            () => Now
        );
        var runner = new PipelineRunner(pipeline!, new StepScope(nothing, nothing, nothing, nothing), ports);
        return await runner.Run(known, stop?.Token ?? CancellationToken.None);
    }

    private static string Step(string kind, int position)
    {
        var id = "abcdef"[position];
        return kind == "never"
            ? $$"""{"id":"{{id}}","uses":"test.read","if":"`false`"}"""
            : $$"""{"id":"{{id}}","uses":"test.{{kind}}"}""";
    }

    private static string Gate(string value) =>
        $$"""{"id":"a","uses":"test.read","with":{"v":{{value}}},"when_changed":"${steps.a.v}"}""";

    private static StepRecord Record(int position, StepState state) =>
        new()
        {
            Place = StepPlace.Root.Step(position).Text,
            Id = $"{"abcdef"[position]}",
            Uses = "test.read",
            State = state,
            Output = Json.Parse("{}"),
            Error = state == StepState.Failed ? new StepFailure("busy", "Not now.") { Retryable = true } : null,
        };

    private static string Text(IEnumerable<StepRecord> records) =>
        string.Join(", ", records.Select(record => $"{record.Id} {Word<StepState>.Of(record.State)}"));
}
