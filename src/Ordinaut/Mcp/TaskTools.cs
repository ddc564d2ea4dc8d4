using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>Tasks, written and read.</summary>
internal sealed class TaskTools(TaskOperations tasks, TaskHistory history, ScheduleOperations schedules)
{
    private const string ListName = "tasks";
    private const string LedgerName = "occurrences";
    private const string TaskId = "task_id";

    private const string Kinds =
        "Kinds of schedule, by example: cron '30 8 * * 1-5' (weekdays at 08:30); rrule "
        + "'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0' (every other Friday at 9), "
        + "'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=17;BYMINUTE=0;BYSECOND=0' (last working day of "
        + "the month); once '2027-03-28T18:00' (local to timezone); event 'orders.*' (each such event); condition, a "
        + "JSON text with every, check, when. All local times are in timezone (IANA, such as Europe/Chisinau); give "
        + "it whenever a person names a time of day. More in the resource ordinaut://schedules/cookbook.";

    public IEnumerable<McpTool> Reading() => [.. Planning(), .. Looking()];

    private IEnumerable<McpTool> Planning()
    {
        yield return new McpTool(
            "preview_schedule",
            "previewSchedule",
            "Preview a schedule",
            "Shows when a schedule would fire, in UTC and local time, with a sentence in words and notes on daylight "
                + "saving. Use it before create_task to check that you understood the wish, and read the sentence back "
                + $"to the user. Nothing is saved. {Kinds}"
        )
            .Requires("schedule_kind", "schedule_expr")
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => schedules.Preview(call.Caller, call.Body<PreviewSchedule>()));
        yield return new McpTool(
            "parse_schedule",
            "parseSchedule",
            "Turn words into a schedule",
            "Turns what a person says about when into schedule_kind, schedule_expr and timezone for create_task, with "
                + "a sentence and the next five times: \"every weekday at 08:30\", \"every other Friday at 9\", "
                + "\"tomorrow 18:00\", \"in 20 minutes\", \"last working day of the month at 17:00\". English, only "
                + "what is said about time. It never guesses: an error names the word it stumbled over; say it in "
                + "other words, or write the schedule yourself. Nothing is saved; read the sentence back to the user."
        )
            .Requires("text")
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => Task.FromResult(schedules.Parse(call.Caller, call.Body<ParseSchedule>())));
    }

    private IEnumerable<McpTool> Looking()
    {
        yield return new McpTool(
            "list_tasks",
            "listTasks",
            "List tasks",
            "Your tasks, newest first, with schedule in words, next run and last run. Filter by status, kind, tag or "
                + "a part of the title; follow next_cursor for more."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(async call => call.Page(await tasks.List(call.Caller, Filter(call)), ListName));
        yield return new McpTool(
            "get_task",
            "getTask",
            "Show a task",
            "A task with its schedule, pipeline, policies, version, next run and last run."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => tasks.Get(call.Caller, call.Id(TaskId)));
        yield return new McpTool(
            "next_occurrences",
            "listNextOccurrences",
            "Show a task's next occurrences",
            "When a saved task fires next, with its exclusions, bounds and pauses taken into account."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => history.Next(call.Caller, call.Id(TaskId), call.Number("count")));
        yield return new McpTool(
            "list_occurrences",
            "listOccurrences",
            "List what became of each occurrence",
            "The ledger of a task, newest first: each time it was due, and whether it ran (with run_id) or was skipped "
                + "and why (overlap, paused, misfire, stale, excluded, dedupe, superseded, condition)."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(Occurrences);
        yield return new McpTool(
            "why",
            "explainTask",
            "Why did it run, or not?",
            "Explains in words what happened to a task at an instant, or now: it ran, failed, was skipped and why, is "
                + "due, or was never scheduled for then; with the previous and the next time. Use it when someone asks "
                + "why a routine did not happen."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => history.Why(call.Caller, call.Id(TaskId), call.Instant("at")));
    }

    public IEnumerable<McpTool> Writing()
    {
        yield return new McpTool(
            "create_task",
            "createTask",
            "Create a task",
            "Saves a task: when (schedule) and what (a pipeline of tool calls). It is active at once, or "
                + "proposed if your tasks need approval: then say so, and tell who decides. The answer "
                + "has the schedule in words and next_run_at: tell the user both. Whatever is wrong comes back at "
                + "once, each with a pointer to the value. Example: {\"title\":\"Morning\",\"schedule_kind\":\"cron\","
                + "\"schedule_expr\":\"30 8 * * 1-5\",\"timezone\":\"Europe/Chisinau\",\"payload\":{\"pipeline\":["
                + "{\"id\":\"greet\",\"uses\":\"text.template\",\"with\":{\"text\":\"Good morning\"}}]}}. "
                + $"list_tools shows what a step can use; check_pipeline tries a pipeline. {Kinds}"
        )
            .Requires("title", "schedule_kind", "payload")
            .Needs(Scope.TasksCreate, Hints.None)
            .Does(call => tasks.Create(call.Caller, call.Body<TaskInput>()));
        yield return new McpTool(
            "update_task",
            "updateTask",
            "Change a task",
            "Changes the members named in 'changes' and leaves the rest (JSON Merge Patch: null resets a member to its "
                + "default; objects merge; a pipeline is replaced whole). Example: {\"task_id\":\"…\",\"changes\":"
                + "{\"schedule_expr\":\"0 9 * * 1-5\"}}. Runs already started keep the version they began with. "
                + "If your edits need approval, the answer shows the task as it was, with 'proposal' set."
        )
            .TakesBodyAs("changes")
            .With(McpArgument.IfVersion)
            .Needs(Scope.TasksUpdate, Hints.Destructive | Hints.Idempotent)
            .Does(call => tasks.Patch(call.Caller, call.Id(TaskId), call.Patch<TaskInput>(), IfVersion(call)));
        yield return new McpTool(
            "delete_task",
            "deleteTask",
            "Delete a task",
            "Deletes a task for good and cancels its unfinished runs; finished runs stay. To stop it for a while use "
                + "pause_task, to stop it and keep it use cancel_task."
        )
            .With(McpArgument.IfVersion)
            .Needs(Scope.TasksDelete, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => tasks.Delete(call.Caller, call.Id(TaskId), IfVersion(call)));
        yield return new McpTool(
            "change_tasks",
            "changeTasks",
            "Create or change many tasks",
            "All or nothing, up to 1,000 tasks: either 'create' with tasks as create_task takes them, or 'action' "
                + "(pause, resume, cancel, delete) with 'ids'."
        )
            .Needs(Scope.TasksCreate, Hints.Destructive)
            .Does(call => tasks.Bulk(call.Caller, call.Body<BulkTasks>()));
    }

    private static long? IfVersion(McpCall call) => call.OptionalNumber(McpArgument.IfVersion.Name);

    private static TaskFilter Filter(McpCall call) =>
        new(
            call.OptionalText("status"),
            call.OptionalText("schedule_kind"),
            call.OptionalText("tag"),
            call.OptionalText("q"),
            call.OptionalId("created_by"),
            call.OptionalId("parent"),
            call.Number("limit"),
            call.After(ListName),
            call.Flag("total") == true
        );

    private async Task<Page<OccurrenceView>> Occurrences(McpCall call)
    {
        var skipped = call.OptionalText("outcome") is { } outcome ? outcome == "skipped" : (bool?)null;
        var filter = new OccurrenceFilter(call.Instant("since"), call.Instant("until"), skipped, call.Number("limit"));
        var page = await history.Occurrences(call.Caller, call.Id(TaskId), filter.From(call.Position(LedgerName)));
        return call.Page(page, LedgerName);
    }
}
