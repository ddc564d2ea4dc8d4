using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Http;

/// <summary><c>/tasks/{id}/…</c>: what can be done to a task besides writing it.</summary>
internal sealed class TaskControlEndpoints(TaskControl control)
{
    public void Map(IEndpointRouteBuilder app)
    {
        Change(app, "pause", "pauseTask", "Pause a task: nothing fires until it is resumed", control.Pause);
        Change(app, "resume", "resumeTask", "Resume a paused task", control.Resume);
        Change(app, "cancel", "cancelTask", "Cancel a task and its unfinished runs for good", control.Cancel);
        app.Post("/tasks/{id}/snooze", Snooze)
            .Named("snoozeTask", TaskEndpoints.Tag, "Put off the next occurrence")
            .Takes<Snooze>()
            .Gives<TaskView>()
            .Once()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Post("/tasks/{id}/run_now", RunNow)
            .Named("runTask", TaskEndpoints.Tag, "Start a run at once, with changed params if given")
            .Takes<RunNow>(optional: true)
            .Gives<RunView>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.TasksRun, RateClass.Write);
        app.Post("/tasks/{id}/backfill", Backfill)
            .Named("backfillTask", TaskEndpoints.Tag, "Run past occurrences of a stretch of time")
            .Takes<Backfill>()
            .Gives<BackfillResult>(StatusCodes.Status202Accepted)
            .Once()
            .Needs(Scope.TasksRun, RateClass.Write);
    }

    private static void Change(
        IEndpointRouteBuilder app,
        string verb,
        string operationId,
        string summary,
        Func<Caller, Guid, StatusChange?, Task<TaskView>> change
    ) =>
        app.Post(
                "/tasks/{id}/" + verb,
                async call =>
                {
                    var id = call.Id(TaskEndpoints.Noun);
                    var view = await change(call.Caller, id, call.OptionalBody<StatusChange>());
                    await call.Versioned(view, view.Version);
                }
            )
            .Named(operationId, TaskEndpoints.Tag, summary)
            .Takes<StatusChange>(optional: true)
            .Gives<TaskView>()
            .Once()
            .Needs(Scope.TasksUpdate, RateClass.Write);

    private async Task Snooze(Call call)
    {
        var view = await control.Snooze(call.Caller, call.Id(TaskEndpoints.Noun), call.Body<Snooze>());
        await call.Versioned(view, view.Version);
    }

    private async Task RunNow(Call call)
    {
        var id = call.Id(TaskEndpoints.Noun);
        var run = await control.RunNow(call.Caller, id, call.OptionalBody<RunNow>());
        await call.Accepted(run, $"/runs/{run.Id}");
    }

    private async Task Backfill(Call call)
    {
        var result = await control.Backfill(call.Caller, call.Id(TaskEndpoints.Noun), call.Body<Backfill>());
        await call.Answer(result, StatusCodes.Status202Accepted);
    }
}
