using Ordinaut.Agents;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;
using TaskStatus = Ordinaut.Tasks.TaskStatus;

namespace Ordinaut.Http;

/// <summary><c>/tasks</c>: what should happen, read and written.</summary>
internal sealed class TaskEndpoints(TaskOperations tasks)
{
    public const string Tag = "Tasks";
    public const string Noun = "task";

    private const string ListName = "tasks";

    private static readonly QueryChoice Status = new("status", Word<TaskStatus>.All, "Only tasks in this status.");
    private static readonly QueryChoice Kind = new(
        "schedule_kind",
        Word<ScheduleKind>.All,
        "Only tasks with this kind of schedule."
    );
    private static readonly QueryText TagName = new("tag", "Only tasks with this tag.");
    private static readonly QueryText Text = new("q", "Only tasks whose title contains this.");
    private static readonly QueryId CreatedBy = new("created_by", "Only tasks of this agent.");
    private static readonly QueryId Parent = new("parent", "Only tasks that runs of this task made.");

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/tasks", List)
            .Named("listTasks", Tag, "List tasks, newest first")
            .Asks(Status, Kind, TagName, Text, CreatedBy, Parent, Queries.Limit, Queries.Cursor, Queries.Total)
            .Gives<Page<TaskView>>()
            .Needs(Scope.TasksRead);
        app.Post("/tasks", Create)
            .Named("createTask", Tag, "Create a task")
            .Takes<TaskInput>()
            .Gives<TaskView>(StatusCodes.Status201Created)
            .Once()
            .Needs(Scope.TasksCreate, RateClass.Write);
        app.Post("/tasks:bulk", Bulk)
            .Named("changeTasks", Tag, "Create up to 1,000 tasks, or act on as many; all or nothing")
            .Takes<BulkTasks>()
            .Gives<BulkResult>()
            .Once()
            .Needs(Scope.TasksCreate, RateClass.Write, EndpointRule.BulkBodyLimit);
        app.Get("/tasks/{id}", Get).Named("getTask", Tag, "Show a task").Gives<TaskView>().Needs(Scope.TasksRead);
        app.Put("/tasks/{id}", Replace)
            .Named("replaceTask", Tag, "Replace everything a client can write")
            .Takes<TaskInput>()
            .Gives<TaskView>()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Patch("/tasks/{id}", Patch)
            .Named("updateTask", Tag, "Change the members that are named (RFC 7396)")
            .Takes<TaskInput>(optional: false, Route.MergePatchType)
            .Gives<TaskView>()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Delete("/tasks/{id}", Delete)
            .Named("deleteTask", Tag, "Delete a task; its finished runs stay")
            .GivesNothing()
            .Needs(Scope.TasksDelete, RateClass.Write);
    }

    private async Task List(Call call)
    {
        var filter = new TaskFilter(
            call.Query(Status),
            call.Query(Kind),
            call.Query(TagName),
            call.Query(Text),
            call.Query(CreatedBy),
            call.Query(Parent),
            call.Query(Queries.Limit),
            call.After(ListName),
            call.Query(Queries.Total) == true
        );
        await call.Page(await tasks.List(call.Caller, filter), ListName);
    }

    private async Task Create(Call call)
    {
        var view = await tasks.Create(call.Caller, call.Body<TaskInput>());
        call.Http.Response.Headers.Location = $"/tasks/{view.Id}";
        await call.Versioned(view, view.Version, StatusCodes.Status201Created);
    }

    private async Task Bulk(Call call) => await call.Answer(await tasks.Bulk(call.Caller, call.Body<BulkTasks>()));

    private async Task Get(Call call)
    {
        var view = await tasks.Get(call.Caller, call.Id(Noun));
        await call.Versioned(view, view.Version);
    }

    private async Task Replace(Call call)
    {
        var view = await tasks.Replace(call.Caller, call.Id(Noun), call.Body<TaskInput>(), call.IfMatch);
        await call.Versioned(view, view.Version);
    }

    private async Task Patch(Call call)
    {
        var view = await tasks.Patch(call.Caller, call.Id(Noun), call.Patch<TaskInput>(), call.IfMatch);
        await call.Versioned(view, view.Version);
    }

    private async Task Delete(Call call)
    {
        await tasks.Delete(call.Caller, call.Id(Noun), call.IfMatch);
        await call.Nothing();
    }
}
