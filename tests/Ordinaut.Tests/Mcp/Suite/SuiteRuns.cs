using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ordinaut.Mcp;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>
/// What the suite calls to be given a handle of a long job: here each is a run of a task, started by the real
/// <c>run_task</c>, and the real face answers for its handle.
/// </summary>
internal sealed class SuiteRuns
{
    private readonly Dictionary<string, Guid> _tasks = [];

    public static IEnumerable<Tool> Tools() =>
        Names.Select(name => new Tool
        {
            Name = name,
            Description = "For the conformance suite.",
            InputSchema = Json.Parse("""{"type": "object"}"""),
        });

    private static string[] Names { get; } =
    ["slow_compute", "failing_job", "protocol_error_job", "confirm_delete", "multi_input", "test_tool_with_task"];

    /// <summary>Makes the tasks that the tools run.</summary>
    public async Task Prepare(OrdinautApp.Client admin)
    {
        foreach (var name in Names)
        {
            var step = name switch
            {
                "slow_compute" => """{"id": "a", "uses": "debug.sleep", "with": {"seconds": "${params.seconds}"}}""",
                "test_tool_with_task" => """{"id": "a", "uses": "debug.echo", "with": {"value": "${params.name}"}}""",
                "confirm_delete" or "multi_input" => """{"id": "a", "wait": "1h"}""",
                _ => """{"id": "a", "uses": "debug.fail", "with": {"message": "It failed."}}""",
            };
            var task = $$"""
                {"title": "{{name}}", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
                 "max_retries": 0, "concurrency_limit": 10,
                 "payload": {"params": {"seconds": 0, "name": ""}, "pipeline": [{{step}}] } }
                """;
            _tasks[name] = (await admin.Post<TaskView>("/tasks", task, 201)).Id;
        }
    }

    /// <summary>Makes a call of one of these into the call of the real tool that it stands for.</summary>
    public void Translate(RequestContext<CallToolRequestParams> request)
    {
        var name = request.Params.Name;
        if (!_tasks.TryGetValue(name, out var task))
        {
            return;
        }

        var call = request.JsonRpcRequest.Params!.AsObject();
        var given = call["arguments"] as JsonObject;
        var parameters = new JsonObject { ["seconds"] = given?["seconds"]?.DeepClone() ?? 0 };
        if (name == "test_tool_with_task")
        {
            parameters["name"] = SuiteQuestions.NameIn(request);
        }
        else if (name == "failing_job" && !RunHandles.Takes(request.JsonRpcRequest))
        {
            var needed = new Dictionary<string, object> { [RunHandles.Extension] = new JsonObject() };
            throw new MissingRequiredClientCapabilityException(new() { Extensions = needed }, "It takes long.");
        }

        request.Params.Name = "run_task";
        call["arguments"] = new JsonObject
        {
            ["task_id"] = task.ToString(),
            ["params"] = parameters,
            ["wait_seconds"] = 60,
        };
    }
}
