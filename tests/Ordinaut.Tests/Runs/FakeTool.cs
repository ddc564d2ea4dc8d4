using System.Text.Json;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Runs;

/// <summary>A tool that remembers its calls and does what the story says; at first it gives its input back.</summary>
internal sealed class FakeTool(string name, Effect effect = Effect.Keyed) : ITool
{
    private readonly TaskCompletionSource _firstCall = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<ToolCall> Calls { get; } = [];

    /// <summary>Done when it has been called.</summary>
    public Task FirstCall => _firstCall.Task;

    public Func<ToolCall, CancellationToken, Task<ToolResult>> Act { get; set; } =
        (call, _) => Task.FromResult<ToolResult>(new ToolResult.Ok(call.Input));

    public TimeSpan Timeout { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Where it goes, if it takes secrets.</summary>
    public Func<JsonElement, string>? HostOf { get; set; }

    public ToolDescription Description =>
        new(name, name, "Does what the story says.", Json.Parse("{}"), Json.Parse("{}"), effect)
        {
            Timeout = Timeout,
            HostOf = HostOf,
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }

        _firstCall.TrySetResult();
        return await Act(call, ct);
    }

    public void Answer(string output) => Answer(_ => new ToolResult.Ok(Json.Parse(output)));

    public void Answer(Func<ToolCall, ToolResult> answer) => Act = (call, _) => Task.FromResult(answer(call));

    /// <summary>The first calls fail and may be tried again; the ones after give the input back.</summary>
    public void FailTimes(int times, TimeSpan? retryAfter = null) =>
        Answer(call =>
            Calls.Count <= times
                ? new ToolResult.Failed("busy", "Not now.", Retryable: true, retryAfter)
                : new ToolResult.Ok(call.Input)
        );

    public void FailForGood() => Answer(_ => new ToolResult.Failed("refused", "Never.", Retryable: false));

    /// <summary>Calls from now on wait until the gate is opened, or their token says stop.</summary>
    public TaskCompletionSource Hold()
    {
        var gate = new TaskCompletionSource();
        Act = async (call, ct) =>
        {
            await gate.Task.WaitAsync(ct);
            return new ToolResult.Ok(call.Input);
        };
        return gate;
    }

    /// <summary>Calls from now on heed nobody, as a worker does that stands still.</summary>
    public TaskCompletionSource Freeze()
    {
        var gate = new TaskCompletionSource();
        Act = async (call, _) =>
        {
            await gate.Task;
            return new ToolResult.Ok(call.Input);
        };
        return gate;
    }
}
