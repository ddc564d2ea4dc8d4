using Ordinaut.Agents;
using Ordinaut.Playground;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/tools</c>, <c>/pipelines/check</c>, <c>/expressions/evaluate</c>: what there is, tried out.</summary>
internal sealed class PlaygroundEndpoints(PlaygroundOperations playground)
{
    private const string Tools = "Tools";
    private const string Pipelines = "Pipelines";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/tools", call => call.Answer(playground.Tools(call.Caller)))
            .Named("listTools", Tools, "List every tool a pipeline can use")
            .Gives<Page<ToolView>>()
            .Needs(Scope.ToolsUse);
        app.Get("/tools/{name}", call => call.Answer(playground.Tool(call.Caller, call.Text("name"))))
            .Named("getTool", Tools, "Show a tool with its schemas")
            .Gives<ToolView>()
            .Needs(Scope.ToolsUse);
        app.Post("/tools/{name}/try", Try)
            .Named("tryTool", Tools, "Call a tool once, outside any run")
            .Takes<TryTool>(optional: true)
            .Gives<TryToolResult>()
            .Needs(Scope.ToolsUse, RateClass.Write);
        app.Post(
                "/pipelines/check",
                async call => await call.Answer(await playground.Check(call.Caller, call.Body<CheckPipeline>()))
            )
            .Named("checkPipeline", Pipelines, "Check a pipeline without saving it")
            .Takes<CheckPipeline>()
            .Gives<PipelineCheckResult>()
            .Needs(Scope.TasksRead);
        app.Post("/expressions/evaluate", Evaluate)
            .Named("evaluateExpression", Pipelines, "Evaluate JMESPath, a condition or a template over data")
            .Takes<EvaluateExpression>()
            .Gives<ExpressionResult>()
            .Needs(Scope.TasksRead);
    }

    private async Task Try(Call call)
    {
        var request = call.OptionalBody<TryTool>() ?? new TryTool();
        await call.Answer(await playground.Try(call.Caller, call.Text("name"), request));
    }

    private Task Evaluate(Call call) => call.Answer(playground.Evaluate(call.Caller, call.Body<EvaluateExpression>()));
}
