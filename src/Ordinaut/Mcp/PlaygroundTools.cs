using Ordinaut.Agents;
using Ordinaut.Playground;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>What pipelines are made of, tried out before it is saved.</summary>
internal sealed class PlaygroundTools(PlaygroundOperations playground)
{
    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_tools",
            "listTools",
            "List the tools of pipelines",
            "Everything that 'uses' of a pipeline's step can name, with schemas, effect and scopes. These are not the "
                + "tools you call yourself; try_tool calls one of them once."
        )
            .Needs(Scope.ToolsUse, Hints.ReadOnly)
            .Does(call => Task.FromResult(playground.Tools(call.Caller)));
        yield return new McpTool(
            "get_tool",
            "getTool",
            "Show a tool of pipelines",
            "One such tool, with the schemas of its input ('with') and output."
        )
            .Needs(Scope.ToolsUse, Hints.ReadOnly)
            .Does(call => Task.FromResult(playground.Tool(call.Caller, call.Text("name"))));
        yield return new McpTool(
            "try_tool",
            "tryTool",
            "Call a tool of pipelines once",
            "Calls it now, outside any run, and shows its output or error: the way to see what a step would get. "
                + "Templates are not expanded. Example: {\"name\":\"http.request\",\"input\":{\"url\":"
                + "\"https://example.com\"}}. It really does what it does."
        )
            .Needs(Scope.ToolsUse, Hints.Destructive | Hints.OpenWorld)
            .Does(call => playground.Try(call.Caller, call.Text("name"), call.Body<TryTool>()));
        yield return new McpTool(
            "check_pipeline",
            "checkPipeline",
            "Check a pipeline",
            "Finds everything that create_task would refuse in a pipeline: unknown tools, wrong inputs, templates that "
                + "cannot be resolved; each with a pointer. Nothing is saved or called. Give 'pipeline' and 'params', "
                + "or 'payload' with both."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => playground.Check(call.Caller, call.Body<CheckPipeline>()));
        yield return new McpTool(
            "evaluate_expression",
            "evaluateExpression",
            "Evaluate an expression",
            "Tries what pipelines hold over data: JMESPath, the text of an 'if', or a template with ${…}. Example: "
                + "{\"expression\":\"length(events) > 0\",\"data\":{\"events\":[1]}}."
        )
            .Requires("expression")
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => Task.FromResult(playground.Evaluate(call.Caller, call.Body<EvaluateExpression>())));
    }
}
