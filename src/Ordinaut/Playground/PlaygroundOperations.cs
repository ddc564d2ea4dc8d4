using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Expressions;
using Ordinaut.Pipelines;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Playground;

/// <summary>Tries things out before they are saved: tools, pipelines, expressions.</summary>
internal sealed class PlaygroundOperations(
    Db db,
    ToolCatalog tools,
    ToolInvoker invoker,
    AuditLog audit,
    Ids ids,
    TimeProvider clock
)
{
    private const string Now = "now";

    public Page<ToolView> Tools(Caller caller)
    {
        caller.Require(Scope.ToolsUse);
        var all = tools.All.Select(tool => View(tool.Description)).ToList();
        return new Page<ToolView>(all, all.Count, false, null);
    }

    public ToolView Tool(Caller caller, string name)
    {
        caller.Require(Scope.ToolsUse);
        return View(Find(name).Description);
    }

    /// <summary>Calls a tool once, with the caller's rights and outside any run.</summary>
    public async Task<TryToolResult> Try(Caller caller, string name, TryTool request)
    {
        caller.Require(Scope.ToolsUse);
        var tool = Find(name);
        foreach (var scope in tool.Description.Scopes)
        {
            caller.Require(Scopes.Parse(scope));
        }

        if (!Patterns.AllowsTool(caller.Limits.AllowedTools, name))
        {
            throw new Problem(ProblemKind.Forbidden, $"'{name}' is not among the tools that you may use.");
        }

        if (tool.Description.Effect != Effect.Idempotent)
        {
            caller.RequireUnbound($"try {name}, which may change something");
        }

        await db.Write(session =>
            audit.Append(session, caller, new AuditEntry("tool.tried", "tool", name, caller.AgentId))
        );
        var input = request.Input ?? Json.Parse("{}");
        var call = new ToolCall(input, caller.AgentId, Guid.Empty, ids.Next().ToString("N"))
        {
            Hosts = caller.Limits.AllowedHosts,
            CausationDepth = caller.Depth,
        };
        var began = clock.GetTimestamp();
        var result = await invoker.Invoke(tool, call, tool.Description.Timeout, CancellationToken.None);
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        return result switch
        {
            ToolResult.Ok ok => new TryToolResult(true, ok.Output, null, seconds),
            ToolResult.Failed failed => new TryToolResult(
                false,
                null,
                new RunError(failed.Code, failed.Message, null),
                seconds
            ),
            _ => new TryToolResult(
                false,
                null,
                new RunError("waits", $"{name} waits for an answer, and only a run can wait.", null),
                seconds
            ),
        };
    }

    /// <summary>Everything that saving a task with this payload would find.</summary>
    public async Task<PipelineCheckResult> Check(Caller caller, CheckPipeline request)
    {
        caller.Require(Scope.TasksRead);
        var (payload, place) = PayloadOf(request);
        var (pipeline, findings) = PipelineCheck.Check(
            payload,
            name => tools.Find(name)?.Description,
            toolNames: tools.Names
        );
        if (pipeline?.Secrets.ToList() is { Count: > 0 } secrets)
        {
            findings = await db.Read(session => SecretCheck.Findings(session, caller.AgentId, secrets));
        }

        return new PipelineCheckResult(
            findings.Count == 0,
            [.. findings.Select(f => new Finding(f.Pointer[(PipelineCheck.Place.Length - place.Length)..], f.Detail))]
        );
    }

    /// <summary>The payload, and where in the request it stands.</summary>
    private static (JsonElement Payload, string Place) PayloadOf(CheckPipeline request)
    {
        if (request.Payload is { } payload)
        {
            return (payload, PipelineCheck.Place);
        }

        if (request.Pipeline is not { } pipeline)
        {
            throw Problem.Invalid("/payload", "payload is required: {\"pipeline\": [{\"id\": …, \"uses\": …}]}.");
        }

        var parameters = request.Params?.GetRawText() ?? "{}";
        return (Json.Parse($$"""{"params":{{parameters}},"pipeline":{{pipeline.GetRawText()}}}"""), "");
    }

    /// <summary>The value of an expression over data, as a step or its condition would compute it.</summary>
    public ExpressionResult Evaluate(Caller caller, EvaluateExpression request)
    {
        caller.Require(Scope.TasksRead);
        var data = request.Data ?? Json.Parse("null");
        try
        {
            return new ExpressionResult(ValueOf(request.Expression ?? "", data).ToElement());
        }
        catch (ExpressionException failure)
        {
            throw Problem.Invalid("/expression", failure.Message);
        }
    }

    /// <summary>A template where there is a <c>${</c>; else JMESPath, or what conditions make of it.</summary>
    private JsonValue ValueOf(string text, JsonElement data)
    {
        if (text.Contains("${", StringComparison.Ordinal))
        {
            return Template.Parse(Json.ToElement(text)).Render(WithNow(data), new Fuel());
        }

        try
        {
            return JmesPath.Parse(text).Evaluate(JsonValue.Of(data), new Fuel());
        }
        catch (ExpressionException failure)
            when (failure.Kind == ExpressionErrorKind.Syntax && TryCondition(text) is { } condition)
        {
            // a > 3 and now+24h are good in pipelines and wrong in JMESPath; what is wrong in both is told as JMESPath.
            return condition.Evaluate(WithNow(data), new Fuel());
        }
    }

    private static JmesPath? TryCondition(string text)
    {
        try
        {
            return JmesPath.Parse(text, Dialect.Condition);
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    /// <summary>Data with the time that pipelines know, unless it brings its own.</summary>
    private JsonValue WithNow(JsonElement data)
    {
        var isObject = data.ValueKind == JsonValueKind.Object;
        if (isObject ? data.TryGetProperty(Now, out _) : data.ValueKind != JsonValueKind.Null)
        {
            return JsonValue.Of(data);
        }

        var own = isObject ? data.EnumerateObject().Select(member => (member.Name, JsonValue.Of(member.Value))) : [];
        return JsonValue.Object([.. own, (Now, StepScope.TimeOf(clock.GetUtcNow()))]);
    }

    private ITool Find(string name) => tools.Find(name) ?? throw Problem.NotFound("tool", name);

    private static ToolView View(ToolDescription tool) =>
        new(
            tool.Name,
            tool.Title,
            tool.Summary,
            Word<Effect>.Of(tool.Effect),
            (int)tool.Timeout.TotalSeconds,
            tool.Scopes,
            tool.InputSchema,
            tool.OutputSchema,
            tool.Source,
            tool.Cost,
            tool.Suspended
        );
}
