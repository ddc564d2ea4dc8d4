using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/runs</c>: what did happen.</summary>
internal sealed class RunEndpoints(RunOperations runs)
{
    public const string Tag = "Runs";
    public const string Noun = "run";

    private const string ListName = "runs";

    private static readonly QueryId TaskId = new("task_id", "Only runs of this task.");
    private static readonly QueryChoice State = new("state", Word<RunState>.All, "Only runs in this state.");
    private static readonly QueryFlag Success = new("success", "Only runs that did, or did not, succeed.");
    private static readonly QueryChoice Cause = new("trigger", Word<Trigger>.All, "Only runs with this trigger.");

    private static readonly QueryText OfStep = new("step", "A step's id, as the run shows it.");

    private static readonly QueryNumber TaskDays = Days(RunOperations.TaskStatsDays);
    private static readonly QueryNumber SummaryDays = Days(RunOperations.SummaryStatsDays);

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/runs", List)
            .Named("listRuns", Tag, "List runs, newest first")
            .Asks(TaskId, State, Success, Cause, Queries.Since, Queries.Until)
            .Asks(Queries.Limit, Queries.Cursor, Queries.Total)
            .Gives<Page<RunView>>()
            .Needs(Scope.RunsRead);
        app.Get("/tasks/{id}/runs", ListOfTask)
            .Named("listTaskRuns", Tag, "List a task's runs, newest first")
            .Asks(State, Success, Cause, Queries.Since, Queries.Until)
            .Asks(Queries.Limit, Queries.Cursor, Queries.Total)
            .Gives<Page<RunView>>()
            .Needs(Scope.RunsRead);
        app.Get("/runs/{id}", call => Show(call, runs.Get, Noun))
            .Named("getRun", Tag, "Show a run with its steps and attempts")
            .Gives<RunView>()
            .Needs(Scope.RunsRead);
        app.Get("/runs/task/{id}/latest", call => Show(call, runs.Latest, TaskEndpoints.Noun))
            .Named("getLatestRun", Tag, "Show a task's latest run")
            .Gives<RunView>()
            .Needs(Scope.RunsRead);
        app.Get("/runs/task/{id}/stats", Stats)
            .Named("getTaskStats", Tag, "Count a task's runs")
            .Asks(TaskDays)
            .Gives<RunStats>()
            .Needs(Scope.RunsRead);
        app.Get("/runs/stats/summary", Summary)
            .Named("getRunSummary", Tag, "Count your runs")
            .Asks(SummaryDays)
            .Gives<RunStats>()
            .Needs(Scope.RunsRead);
        app.Get("/runs/{id}/output", Output)
            .Named("getRunOutput", Tag, "Show the output of a run or of one of its steps, however large")
            .Asks(OfStep)
            .Gives<JsonElement>()
            .Needs(Scope.RunsRead);
        MapChanges(app);
    }

    private void MapChanges(IEndpointRouteBuilder app)
    {
        app.Post("/runs/{id}/cancel", call => Show(call, runs.Cancel, Noun))
            .Named("cancelRun", Tag, "Cancel an unfinished run")
            .Gives<RunView>()
            .Once()
            .Needs(Scope.RunsManage, RateClass.Write);
        app.Post("/runs/{id}/retry", call => Start(call, runs.Retry))
            .Named("retryRun", Tag, "Continue a failed run from the step that failed")
            .Gives<RunView>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.RunsManage, RateClass.Write);
        app.Post(
                "/runs/{id}/rerun",
                call => Start(call, (caller, id) => runs.Rerun(caller, id, call.OptionalBody<Rerun>()))
            )
            .Named("rerunRun", Tag, "Run a finished run again from the beginning")
            .Takes<Rerun>(optional: true)
            .Gives<RunView>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.RunsManage, RateClass.Write);
        app.Post("/runs:redrive", Redrive)
            .Named("redriveRuns", Tag, "Retry many runs that did not succeed")
            .Takes<Redrive>(optional: true)
            .Gives<RedriveResult>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.RunsManage, RateClass.Write);
    }

    private async Task List(Call call)
    {
        var filter = Filter(call) with { TaskId = call.Query(TaskId) };
        await call.Page(await runs.List(call.Caller, filter), ListName);
    }

    private async Task ListOfTask(Call call)
    {
        var id = call.Id(TaskEndpoints.Noun);
        await call.Page(await runs.ListOfTask(call.Caller, id, Filter(call)), ListName);
    }

    private static QueryNumber Days(int usual) =>
        new("days", 1, RunCounts.MaxDays, usual, "How many days back from now to count.");

    private static RunFilter Filter(Call call) =>
        new(
            null,
            call.Query(State),
            call.Query(Success),
            call.Query(Queries.Since),
            call.Query(Queries.Until),
            call.Query(Cause),
            call.Query(Queries.Limit),
            call.After(ListName),
            call.Query(Queries.Total) == true
        );

    private async Task Output(Call call) =>
        await call.Answer(await runs.Output(call.Caller, call.Id(Noun), call.Query(OfStep)));

    private async Task Stats(Call call) =>
        await call.Answer(await runs.Stats(call.Caller, call.Id(TaskEndpoints.Noun), call.Query(TaskDays)));

    private async Task Summary(Call call) =>
        await call.Answer(await runs.Summary(call.Caller, call.Query(SummaryDays)));

    private async Task Redrive(Call call) =>
        await call.Answer(
            await runs.Redrive(call.Caller, call.OptionalBody<Redrive>() ?? new Redrive()),
            StatusCodes.Status202Accepted
        );

    private static async Task Show(Call call, Func<Caller, Guid, Task<RunView>> ask, string noun) =>
        await call.Answer(await ask(call.Caller, call.Id(noun)));

    private static async Task Start(Call call, Func<Caller, Guid, Task<RunView>> start)
    {
        var run = await start(call.Caller, call.Id(Noun));
        await call.Accepted(run, $"/runs/{run.Id}");
    }
}
