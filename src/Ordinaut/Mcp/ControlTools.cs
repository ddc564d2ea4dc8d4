using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>What can be done to a task besides writing it.</summary>
internal sealed class ControlTools(TaskControl control, RunWatch watch)
{
    private const string TaskId = "task_id";

    public IEnumerable<McpTool> All()
    {
        yield return Change(
            "pause_task",
            "pauseTask",
            "Pause a task",
            "Nothing fires until resume_task; occurrences in between are recorded as skipped (paused).",
            control.Pause
        );
        yield return Change(
            "resume_task",
            "resumeTask",
            "Resume a paused task",
            "The task fires again from its next occurrence on.",
            control.Resume
        );
        yield return Change(
            "cancel_task",
            "cancelTask",
            "Cancel a task",
            "Ends a task and its unfinished runs for good, and keeps it with its history.",
            control.Cancel
        );
        yield return new McpTool(
            "snooze_task",
            "snoozeTask",
            "Put off a task's next occurrence",
            "Moves the next occurrence by so many seconds; the ones after it stay where they are. For 'not today, in "
                + "two hours': delay_seconds 7200."
        )
            .Requires("delay_seconds")
            .Needs(Scope.TasksUpdate, Hints.Destructive)
            .Does(call => control.Snooze(call.Caller, call.Id(TaskId), call.Body<Snooze>()));
        yield return new McpTool(
            "run_task",
            "runTask",
            "Run a task now",
            "Starts a run at once, beside the schedule, with params merged over the task's own for this run. With "
                + "wait_seconds the answer has the steps and the output when it ends in time. The run does what the "
                + "task does, to the outside world too."
        )
            .With(McpArgument.Wait)
            .Needs(Scope.TasksRun, Hints.OpenWorld)
            .Does(call => watch.Follow(call, () => control.RunNow(call.Caller, call.Id(TaskId), call.Body<RunNow>())));
        yield return new McpTool(
            "backfill_task",
            "backfillTask",
            "Run past occurrences",
            "Starts runs for occurrences of a stretch of past time that never ran (mode gaps, the default) or for "
                + "every one (mode all). Example: {\"task_id\":\"…\",\"from\":\"2027-03-01T00:00:00Z\","
                + "\"until\":\"2027-03-07T23:59:59Z\"}."
        )
            .Requires("from", "until")
            .Needs(Scope.TasksRun, Hints.OpenWorld)
            .Does(call => control.Backfill(call.Caller, call.Id(TaskId), call.Body<Backfill>()));
    }

    private static McpTool Change(
        string name,
        string operation,
        string title,
        string description,
        Func<Caller, Guid, StatusChange?, Task<TaskView>> change
    ) =>
        new McpTool(name, operation, title, description)
            .Needs(Scope.TasksUpdate, Hints.Destructive | Hints.Idempotent)
            .Does(call => change(call.Caller, call.Id(TaskId), call.Body<StatusChange>()));
}
