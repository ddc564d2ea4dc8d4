using System.Diagnostics;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ordinaut.Agents;

namespace Ordinaut.Mcp;

/// <summary>Shows the tools a caller may use, and carries out their calls.</summary>
internal sealed class ToolDesk(
    ToolTable table,
    ToolShapes shapes,
    RunHandles handles,
    AskedTraces traces,
    Defects defects
)
{
    /// <summary>How long a client may keep the list; it changes with the token's scopes alone.</summary>
    private static readonly TimeSpan ListAge = TimeSpan.FromMinutes(5);

    /// <summary>What OpenTelemetry's conventions for MCP call a result that is an error.</summary>
    private const string ToolFailed = "tool_error";

    public async ValueTask<ListToolsResult> List(Caller caller)
    {
        var shown = new List<Tool>();
        foreach (var tool in table.All.Where(tool => caller.Scopes.Cover(tool.Scope!.Value)))
        {
            shown.Add((await shapes.Of(tool)).Shown);
        }

        return new ListToolsResult
        {
            Tools = shown,
            TimeToLive = ListAge,
            CacheScope = CacheScope.Private,
        };
    }

    /// <summary>
    /// Refuses a tool the token's scopes do not cover before the call begins, so that the client gets the challenge
    /// that HTTP has for it. Older clients name the tool in no header; the operation refuses them by its own rule.
    /// </summary>
    public void Admit(Caller caller, string? toolName)
    {
        if (table.Find(toolName) is { } tool)
        {
            caller.Require(tool.Scope!.Value);
        }
    }

    public async ValueTask<ResultOrAlternate<CallToolResult>> Call(
        Caller caller,
        RequestContext<CallToolRequestParams> request,
        CancellationToken ct
    )
    {
        var tool =
            table.Find(request.Params.Name)
            ?? throw new McpProtocolException(Unknown(request.Params.Name), McpErrorCode.InvalidParams);
        // Begun here: what an asynchronous method begins is not at work for whoever called it.
        using var span = Begin(caller, tool, await AskerOf(caller, request.Params.Meta));
        caller = caller with { Trace = Tracing.Current };
        try
        {
            var shape = await shapes.Of(tool);
            var person = new Elicitation(request);
            var call = new McpCall(caller, shape, person.Complete(shape))
            {
                Confirm = person.Confirm,
                Aborted = ct,
                TakesHandles = RunHandles.Takes(request.JsonRpcRequest),
                Report = (step, message) => Report(request, step, message, ct),
            };
            var answer = await tool.Run!(call);
            return call.HandedOver is { } run ? handles.Give(run) : new(ToolAnswers.Of(answer));
        }
        catch (Problem problem)
        {
            defects.Note(problem, caller, tool.Name);
            Tracing.Fail(span, ToolFailed);
            return new(ToolAnswers.Of(problem, caller.RequestId!));
        }
        catch (InputRequiredException)
        {
            // The answer is a question.
            throw;
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
            throw;
        }
        catch (Exception defect)
        {
            Tracing.Fail(span, ToolFailed);
            return new(ToolAnswers.Of(defects.Note(defect, tool.Name, caller.RequestId!)));
        }
    }

    private static Activity? Begin(Caller caller, McpTool tool, ActivityContext? asker)
    {
        var span = Tracing.Served(RequestMethods.ToolsCall, tool.Name, asker);
        span?.SetTag(Tracing.AgentId, caller.AgentId.ToString());
        return span;
    }

    /// <summary>
    /// The call may name the trace it is in (SEP-414): the program that carries it over HTTP, such as the bridge of
    /// standard input, is in none. Over HTTP's own word it goes, for it is nearer to the caller.
    /// </summary>
    private async ValueTask<ActivityContext?> AskerOf(Caller caller, JsonObject? meta)
    {
        var asker = Tracing.IsOn
            ? TraceContext.Read(Text(meta, TraceContext.Parent), Text(meta, TraceContext.State))
            : null;
        return asker is { TraceFlags: ActivityTraceFlags.Recorded } && !await traces.IsLet(caller.AgentId)
            ? null
            : asker;
    }

    private static string? Text(JsonObject? meta, string name) =>
        meta?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private string Unknown(string name) =>
        $"There is no tool {Quoted.Of(name)}{Nearest.Hint(name, table.All.Select(tool => tool.Name))}.";

    private static Task Report(
        RequestContext<CallToolRequestParams> request,
        int step,
        string message,
        CancellationToken ct
    ) =>
        request.Params.ProgressToken is { } token
            ? request.Server.NotifyProgressAsync(
                token,
                new ProgressNotificationValue { Progress = step, Message = message },
                cancellationToken: ct
            )
            : Task.CompletedTask;
}
