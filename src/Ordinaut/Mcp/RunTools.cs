using Ordinaut.Agents;
using Ordinaut.Nodes;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>What did happen.</summary>
internal sealed class RunTools(RunOperations runs, RunWatch watch, NodeOperations nodes)
{
    private const string ListName = "runs";
    private const string RunId = "run_id";
    private const string TaskId = "task_id";

    public IEnumerable<McpTool> Reading()
    {
        yield return new McpTool(
            "list_runs",
            "listRuns",
            "List runs",
            "Your runs, newest first, without steps and output. Filter by task, state, success, trigger or time. For "
                + "what went wrong lately: success false."
        )
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(
                    await runs.List(call.Caller, Filter(call) with { TaskId = call.OptionalId(TaskId) }),
                    ListName
                )
            );
        yield return new McpTool(
            "get_run",
            "getRun",
            "Show a run",
            "A run with each step's input, output and error, earlier attempts and the final output. With wait_seconds "
                + "it waits for an unfinished one."
        )
            .With(McpArgument.Wait)
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(call => watch.Follow(call, () => runs.Get(call.Caller, call.Id(RunId))));
        yield return new McpTool(
            "task_stats",
            "getTaskStats",
            "Count a task's runs",
            "Successes, failures, rates and mean time of one task over the last days."
        )
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(call => runs.Stats(call.Caller, call.Id(TaskId), call.Number("days")));
        yield return new McpTool(
            "run_summary",
            "getRunSummary",
            "Count all your runs",
            "Successes, failures, rates and mean time of all your tasks over the last days."
        )
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(call => runs.Summary(call.Caller, call.Number("days")));
        yield return new McpTool(
            "list_workers",
            "listWorkers",
            "List workers",
            "For an operator: the processes that carry out runs, and how much each has in hand."
        )
            .Needs(Scope.Admin, Hints.ReadOnly)
            .Does(call => nodes.List(call.Caller));
    }

    public IEnumerable<McpTool> Writing()
    {
        yield return new McpTool(
            "cancel_run",
            "cancelRun",
            "Cancel a run",
            "Stops a run that is queued or running, within two seconds."
        )
            .Needs(Scope.RunsManage, Hints.Destructive | Hints.Idempotent)
            .Does(call => runs.Cancel(call.Caller, call.Id(RunId)));
        yield return new McpTool(
            "retry_run",
            "retryRun",
            "Retry a failed run",
            "Makes a new run that goes on from the step that failed; steps that succeeded are not repeated. Mend the "
                + "cause first."
        )
            .With(McpArgument.Wait)
            .Needs(Scope.RunsManage, Hints.OpenWorld)
            .Does(call => watch.Follow(call, () => runs.Retry(call.Caller, call.Id(RunId))));
        yield return new McpTool(
            "rerun_run",
            "rerunRun",
            "Run a finished run again",
            "Makes a new run from the beginning, with params merged over those the run had."
        )
            .With(McpArgument.Wait)
            .Needs(Scope.RunsManage, Hints.OpenWorld)
            .Does(call => watch.Follow(call, () => runs.Rerun(call.Caller, call.Id(RunId), call.Body<Rerun>())));
        yield return new McpTool(
            "redrive_runs",
            "redriveRuns",
            "Retry many failed runs",
            "Retries up to 'limit' runs that failed or were quarantined, of one task or of all."
        )
            .Needs(Scope.RunsManage, Hints.OpenWorld)
            .Does(call => runs.Redrive(call.Caller, call.Body<Redrive>()));
    }

    private static RunFilter Filter(McpCall call) =>
        new(
            null,
            call.OptionalText("state"),
            call.Flag("success"),
            call.Instant("since"),
            call.Instant("until"),
            call.OptionalText("trigger"),
            call.Number("limit"),
            call.After(ListName),
            call.Flag("total") == true
        );
}
