using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Tests.Runs;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Pipelines;

/// <summary>Blocks of steps: items, branches, needs, handlers and waits, and what a crash leaves of them.</summary>
public sealed class FlowTests
{
    private static readonly DateTimeOffset Begin = new(2027, 1, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTool _work = new("test.work");
    private readonly Dictionary<string, StepRecord> _saved = [];
    private readonly List<string> _calls = [];
    private DateTimeOffset _now = Begin;
    private int _savesLeft = int.MaxValue;

    public FlowTests()
    {
        _work.Act = (call, _) =>
        {
            lock (_calls)
            {
                _calls.Add(call.Input.GetRawText());
            }

            return Task.FromResult<ToolResult>(
                call.Input.TryGetProperty("fail", out var fail) && fail.ValueKind != JsonValueKind.False
                    ? new ToolResult.Failed("broken", "It broke.", Retryable: fail.ValueKind == JsonValueKind.String)
                    : new ToolResult.Ok(call.Input)
            );
        };
    }

    [Theory]
    [MemberData(nameof(FlowTable.Flows), MemberType = typeof(FlowTable))]
    public async Task A_flow_calls_in_order_and_gives_its_result(string steps, string calls, string output)
    {
        var result = await Attempt(steps);

        Assert.Null(result.Halt);
        Assert.Equal(calls, string.Join(' ', _calls));
        var last = _saved.Values.Where(record => record.Place.Length == 4).MaxBy(record => record.Place)!;
        Assert.Equal(output, last.Output?.GetRawText() ?? "none");
    }

    [Theory]
    [MemberData(nameof(FlowTable.Flows), MemberType = typeof(FlowTable))]
    public async Task A_crash_at_any_save_repeats_no_finished_step(string steps, string calls, string output)
    {
        for (var crash = 0; ; crash++)
        {
            _saved.Clear();
            _calls.Clear();
            _savesLeft = crash;
            try
            {
                await Attempt(steps);
                break;
            }
            catch (IOException)
            {
                var finished = _saved.Values.Count(record =>
                    record is { State: StepState.Succeeded, Uses: "test.work" }
                );
                var before = _calls.Count;
                _savesLeft = int.MaxValue;
                var result = await Attempt(steps);

                Assert.Null(result.Halt);
                Assert.Equal(output, Last());
                var expected = calls.Length == 0 ? 0 : calls.Split("} ").Length;
                // What was under way at the crash may be done again, under the same key; what was finished is not.
                Assert.InRange(_calls.Count, expected, expected + before - finished);
            }
        }

        Assert.Equal(calls.Length == 0 ? 0 : calls.Split("} ").Length, _calls.Count);
    }

    [Fact]
    public async Task Items_are_under_way_together_up_to_their_limit()
    {
        var together = 0;
        var most = 0;
        _work.Act = async (call, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref together));
            await Task.Yield();
            Interlocked.Decrement(ref together);
            return new ToolResult.Ok(call.Input);
        };

        await Attempt(
            """
            {"id":"a","uses":"test.work","with":{"v":"${item}"},
             "foreach":{"items":"`[1,2,3,4,5,6,7,8,9]`","concurrency":3}}
            """
        );

        Assert.InRange(most, 1, 3);
        Assert.Equal("""[{"v":1},{"v":2},{"v":3},{"v":4},{"v":5},{"v":6},{"v":7},{"v":8},{"v":9}]""", Last());
    }

    [Fact]
    public async Task An_item_that_fails_stops_the_run_and_is_done_again_alone()
    {
        const string Steps = """
            {"id":"a","uses":"test.work","foreach":"`[1,2]`","with":{"v":"${item}","fail":"${item == `2` && 'again'}"}}
            """;

        var result = await Attempt(Steps);

        var (step, record) = (result.Halt!.Step, result.Halt.Record);
        Assert.Equal(("a", "a[1]", "broken", 1), (step.Id, record.Id, record.Error!.Code, record.Attempt));
        var again = await Attempt(Steps);
        Assert.Equal(2, again.Halt!.Record.Attempt);
        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public async Task Too_many_items_fail_the_step()
    {
        var items = string.Join(',', Enumerable.Range(0, PipelineLimits.Items + 1));

        var result = await Attempt($$"""{"id":"a","uses":"test.work","foreach":[{{items}}]}""");

        Assert.Equal("too_many_items", result.Halt!.Record.Error!.Code);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task A_wait_ends_the_attempt_and_goes_on_when_its_time_has_come()
    {
        const string Steps = """{"id":"w","wait":"10m"},{"id":"a","uses":"test.work"}""";

        var first = await Attempt(Steps);
        _now = Begin.AddMinutes(9);
        var early = await Attempt(Steps);
        _now = Begin.AddMinutes(10);
        var last = await Attempt(Steps);

        Assert.Equal((StepState.Waiting, Begin.AddMinutes(10)), (first.Halt!.Record.State, first.Halt.Record.WakeAt));
        Assert.Equal(StepState.Waiting, early.Halt!.Record.State);
        Assert.Null(last.Halt);
        Assert.Single(_calls);
    }

    [Fact]
    public async Task Other_branches_go_on_while_one_waits_and_are_not_repeated()
    {
        const string Steps = """
            {"id":"p","parallel":[
              [{"id":"w","wait":{"until":"${now+10m}"}},{"id":"b","uses":"test.work","with":{"v":1}}],
              [{"id":"c","uses":"test.work","with":{"v":2}}]]}
            """;

        var first = await Attempt(Steps);
        Assert.Equal(["""{"v":2}"""], _calls);
        Assert.Equal(Begin.AddMinutes(10), first.Halt!.Record.WakeAt);
        _now = Begin.AddMinutes(11);
        var last = await Attempt(Steps);

        Assert.Null(last.Halt);
        Assert.Equal(["""{"v":2}""", """{"v":1}"""], _calls);
        Assert.Equal("""[{"v":1},{"v":2}]""", Last());
    }

    [Theory]
    [InlineData("""{"output":{"go":true}}""", "succeeded", """{"go":true}""")]
    [InlineData("""{"failure":{"code":"rejected","message":"No."}}""", "failed", "none")]
    [InlineData(null, "failed", "none")]
    public async Task A_signal_ends_a_wait_or_its_time_does(string? answer, string state, string output)
    {
        const string Steps = """{"id":"w","wait":{"signal":"secret","timeout_seconds":60}}""";
        await Attempt(Steps);
        var waiting = _saved["0000"];
        Assert.Equal(SignalToken.KeyOf("secret"), waiting.Awaits);

        _saved["0000"] = waiting with { Answer = answer is null ? null : Json.Read<StepAnswer>(answer) };
        _now = Begin.AddMinutes(1);
        var result = await Attempt(Steps);

        Assert.Equal(state, Word<StepState>.Of(_saved["0000"].State));
        Assert.Equal(output, _saved["0000"].Output?.GetRawText() ?? "none");
        Assert.Equal(answer is null ? "wait_timeout" : null, answer is null ? result.Halt!.Record.Error!.Code : null);
    }

    private string Last() =>
        _saved.Values.Where(record => record.Place.Length == 4).MaxBy(record => record.Place)!.Output?.GetRawText()
        ?? "none";

    /// <summary>One attempt, with what earlier ones saved; a save too many is a crash.</summary>
    private async Task<PipelineResult> Attempt(string steps)
    {
        var (pipeline, findings) = PipelineCheck.Check(
            Json.Parse($$"""{"pipeline":[{{steps}}]}"""),
            name => name == "test.work" ? _work.Description : null
        );
        Assert.Empty(findings);
        var ports = new StepPorts(
            _ => _work,
            (call, ct) => call.Tool.Call(new ToolCall(call.Record.Input!.Value, Guid.Empty, Guid.Empty, ""), ct),
            Save,
            _ => ValueTask.FromResult<JsonElement?>(null),
            () => _now
        );
        var scope = new StepScope(JsonValue.Null, JsonValue.Null, JsonValue.Null, JsonValue.Null);
        var result = await new PipelineRunner(pipeline!, scope, ports).Run([.. _saved.Values], CancellationToken.None);
        await Save(result.Unsaved);
        return result;
    }

    private ValueTask Save(IReadOnlyList<StepRecord> records)
    {
        lock (_saved)
        {
            if (_savesLeft-- <= 0)
            {
                throw new IOException("The process is gone.");
            }

            foreach (var record in records)
            {
                _saved[record.Place] = record;
            }

            return ValueTask.CompletedTask;
        }
    }
}
