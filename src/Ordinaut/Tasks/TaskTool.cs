using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>
/// <c>task.create</c>, <c>task.run</c>, <c>task.pause</c>, <c>task.resume</c>, <c>task.cancel</c>: a pipeline
/// schedules for itself, with its owner's rights and within the depth limit.
/// </summary>
internal sealed class TaskTool : ITool
{
    private const string IdInput = """
        {
          "type": "object",
          "properties": {"task_id": {"type": "string", "format": "uuid"}},
          "required": ["task_id"],
          "additionalProperties": false
        }
        """;

    private static readonly string RunInput = $$"""
        {
          "type": "object",
          "properties": {
            "task_id": {"type": "string", "format": "uuid"},
            "params": {"type": "object"},
            "wait": {"type": "boolean"},
            "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": {{PipelineLimits.WaitSeconds}} }
          },
          "required": ["task_id"],
          "additionalProperties": false
        }
        """;

    private const string CreateInput = """
        {
          "type": "object",
          "properties": {
            "title": {"type": "string"}, "schedule_kind": {"type": "string"}, "payload": {"type": "object"}
          },
          "required": ["title", "schedule_kind", "payload"]
        }
        """;

    private const string Output =
        """{"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}""";

    private readonly Func<Caller, ToolCall, Task<ToolResult>> _act;
    private readonly OwnerRights _rights;

    private TaskTool(ToolDescription description, OwnerRights rights, Func<Caller, ToolCall, Task<ToolResult>> act)
    {
        Description = description;
        _rights = rights;
        _act = act;
    }

    public ToolDescription Description { get; }

    /// <param name="tasks">
    /// Asked for at the first call: creating a task checks its pipeline against the catalogue these tools are in.
    /// </param>
    public static IReadOnlyList<ITool> All(
        Func<TaskOperations> tasks,
        TaskControl control,
        OwnerRights rights,
        Db db
    ) =>
        [
            new TaskTool(
                Describe(
                    "create",
                    "Create a task",
                    "Creates a task, as POST /tasks does.",
                    "tasks:create",
                    CreateInput
                ),
                rights,
                async (caller, call) => Done(await tasks().Create(caller, Json.Read<TaskInput>(call.Input)))
            ),
            new TaskTool(
                Describe(
                    "run",
                    "Run a task",
                    "Runs a task at once, beside its schedule; with wait, the step has the run's end as its result.",
                    "tasks:run",
                    RunInput
                ),
                rights,
                (caller, call) => Run(control, db, caller, call)
            ),
            new TaskTool(
                Describe("pause", "Pause a task", "Pauses a task until it is resumed.", "tasks:update", IdInput),
                rights,
                async (caller, call) => Done(await control.Pause(caller, Id(call.Input), null))
            ),
            new TaskTool(
                Describe("resume", "Resume a task", "Lets a paused task run again.", "tasks:update", IdInput),
                rights,
                async (caller, call) => Done(await control.Resume(caller, Id(call.Input), null))
            ),
            new TaskTool(
                Describe("cancel", "Cancel a task", "Cancels a task for good.", "tasks:update", IdInput),
                rights,
                async (caller, call) => Done(await control.Cancel(caller, Id(call.Input), null))
            ),
        ];

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (call.CausationDepth >= RunIntake.MaxDepth)
        {
            var message = $"The chain of runs reached its depth limit of {RunIntake.MaxDepth}.";
            return new ToolResult.Failed("depth_limit", message, Retryable: false);
        }

        return await _act(await _rights.Of(call), call);
    }

    private static async Task<ToolResult> Run(TaskControl control, Db db, Caller caller, ToolCall call)
    {
        var input = call.Input;
        var waits = input.TryGetProperty("wait", out var wait) && wait.GetBoolean();
        if (waits && (call.TaskId == Guid.Empty || Id(input) == call.TaskId))
        {
            const string why = "Only a run can wait for another run, and not for one of its own task.";
            return new ToolResult.Failed("cannot_wait", why, Retryable: false);
        }

        var run = await control.RunNow(caller, Id(input), new RunNow(Params(input)));
        var limit = input.TryGetProperty("timeout_seconds", out var seconds)
            ? TimeSpan.FromSeconds(seconds.GetInt32())
            : PipelineLimits.SignalWait;
        return waits ? await SubRuns.Await(db, call, run.Id, limit) : Done(run);
    }

    private static ToolResult.Ok Done<T>(T view) => new ToolResult.Ok(Json.ToElement(view));

    private static ToolDescription Describe(string verb, string title, string summary, string scope, string input) =>
        new($"task.{verb}", title, summary, Json.Parse(input), Json.Parse(Output), Effect.Keyed) { Scopes = [scope] };

    private static Guid Id(JsonElement input) =>
        input.GetProperty("task_id").TryGetGuid(out var id)
            ? id
            : throw Problem.Invalid("/task_id", "task_id must be the id of a task (a UUID).");

    private static JsonElement? Params(JsonElement input) =>
        input.TryGetProperty("params", out var parameters) ? parameters : null;
}
