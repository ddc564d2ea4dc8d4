using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Tools;

/// <summary>
/// Calls a tool so that whatever it does comes back as a value within the given time and size: input schema,
/// time limit, call, output size, output schema. No secret is left in it.
/// </summary>
internal sealed partial class ToolInvoker(
    ToolCatalog catalog,
    Redactor redactor,
    TimeProvider clock,
    ILogger<ToolInvoker> logger
)
{
    /// <summary>The largest rendered input in bytes of JSON; 2 MiB.</summary>
    public const int MaxInputBytes = 2 * 1024 * 1024;

    /// <summary>The largest output in bytes of JSON that a step keeps; 10 MiB.</summary>
    public const int MaxOutputBytes = 10 * 1024 * 1024;

    /// <summary>
    /// Failures added to the tool's own: <c>input_too_large</c>, <c>input_invalid</c>, <c>timeout</c>,
    /// <c>tool_crashed</c>, <c>output_too_large</c>, <c>output_invalid</c>, and the kind of a
    /// <see cref="Problem"/> such as <c>not_found</c>.
    /// </summary>
    /// <remarks>The time limit runs on the clock handed in, so virtual time works.</remarks>
    /// <exception cref="OperationCanceledException">The caller canceled.</exception>
    public async ValueTask<ToolResult> Invoke(ITool tool, ToolCall call, TimeSpan timeout, CancellationToken ct)
    {
        using var span = Tracing.Call(tool.Description.Name, leaves: tool.Description.HostOf is not null);
        var cleaned = redactor.Clean(call.OwnerId, await InvokeAsIs(tool, call, timeout, ct));
        var result = cleaned is ToolResult.Ok ok && TooLarge(tool, ok) is { } failure ? failure : cleaned;
        Tracing.Fail(span, (result as ToolResult.Failed)?.Code);
        return result;
    }

    private async ValueTask<ToolResult> InvokeAsIs(ITool tool, ToolCall call, TimeSpan timeout, CancellationToken ct)
    {
        if (SizeOf(call.Input) > MaxInputBytes)
        {
            return new ToolResult.Failed("input_too_large", $"The input exceeds {MaxInputBytes} bytes.", false);
        }

        var schemas = catalog.SchemasOf(tool);
        if (ToolSchemas.Describe(schemas.Input, call.Input) is { } wrong)
        {
            return new ToolResult.Failed("input_invalid", wrong, Retryable: false);
        }

        var began = clock.GetTimestamp();
        var result = await CallInTime(tool, call, timeout, ct);
        var judged = result is ToolResult.Ok ok ? CheckOutput(tool, schemas, ok) : result;
        Meters.ToolCalled(tool.Description.Name, Outcome(judged), clock.GetElapsedTime(began));
        return judged;
    }

    /// <summary>A word out of few: a tool may make up its codes.</summary>
    private static string Outcome(ToolResult result) =>
        result switch
        {
            ToolResult.Ok => "ok",
            ToolResult.Failed { Code: "timeout" } => "timeout",
            ToolResult.Failed => "failed",
            _ => "waiting",
        };

    private async ValueTask<ToolResult> CallInTime(ITool tool, ToolCall call, TimeSpan timeout, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            var pending = tool.Call(call, either.Token);
            // A tool that does not heed its token is left behind: the run's time is not the tool's to spend.
            return pending.IsCompleted ? await pending : await pending.AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            var message = $"{tool.Description.Name} did not finish within {timeout.TotalSeconds} s.";
            return new ToolResult.Failed("timeout", message, Retryable: true);
        }
        catch (Problem problem)
        {
            return Failure(problem);
        }
        catch (Exception crash)
        {
            Log.ToolCrashed(logger, tool.Description.Name, call.RunId, crash);
            var message = $"{tool.Description.Name} failed unexpectedly; the server's log tells more.";
            return new ToolResult.Failed("tool_crashed", message, Retryable: true);
        }
    }

    private static ToolResult CheckOutput(ITool tool, ToolSchemas schemas, ToolResult.Ok ok)
    {
        if (TooLarge(tool, ok) is { } failure)
        {
            return failure;
        }

        if (JsonUnicode.FirstFault(JsonMarshal.GetRawUtf8Value(ok.Output)) is not null)
        {
            var message = $"{tool.Description.Name} returned text that is not Unicode.";
            return new ToolResult.Failed("output_invalid", message, Retryable: false);
        }

        return ToolSchemas.Describe(schemas.Output, ok.Output) is { } wrong
            ? new ToolResult.Failed("output_invalid", $"{tool.Description.Name} returned a wrong value. {wrong}", false)
            : ok;
    }

    private static ToolResult.Failed? TooLarge(ITool tool, ToolResult.Ok ok) =>
        SizeOf(ok.Output) is var size and > MaxOutputBytes
            ? new ToolResult.Failed(
                "output_too_large",
                $"{tool.Description.Name} returned {size} bytes; a step keeps at most {MaxOutputBytes}.",
                Retryable: false
            )
            : null;

    private static int SizeOf(JsonElement json) => JsonMarshal.GetRawUtf8Value(json).Length;

    // A tool that works on our own nouns meets the same Problems as an HTTP caller.
    private static ToolResult.Failed Failure(Problem problem)
    {
        var passing = problem.Kind is ProblemKind.TooMany or ProblemKind.Unavailable or ProblemKind.OutOfSpace;
        var code = JsonNamingPolicy.SnakeCaseLower.ConvertName(problem.Kind.ToString());
        return new ToolResult.Failed(code, problem.Message, passing, problem.RetryAfter);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventName = "tool.crashed",
            Level = LogLevel.Error,
            Message = "Tool {Tool} crashed in run {RunId}"
        )]
        public static partial void ToolCrashed(ILogger logger, string tool, Guid runId, Exception crash);
    }
}
