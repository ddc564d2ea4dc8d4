using Ordinaut.Agents;
using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/monitors</c> and <c>/heartbeats</c>: what should be heard of again and again.</summary>
internal sealed class MonitorEndpoints(MonitorOperations monitors, HeartbeatDesk heartbeats)
{
    private const string Tag = "Alerts";
    private const string Noun = "monitor";
    private const string ListName = "monitors";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/monitors", List)
            .Named("listMonitors", Tag, "List your monitors, with how each is")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<MonitorView>>()
            .Needs(Scope.TasksRead);
        app.Post("/monitors", Create)
            .Named("createMonitor", Tag, "Watch a task, or make an address that must be called; it is shown this once")
            .Takes<MonitorInput>()
            .Gives<NewMonitor>(StatusCodes.Status201Created)
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Get("/monitors/{id}", async call => await call.Answer(await monitors.Get(call.Caller, call.Id(Noun))))
            .Named("getMonitor", Tag, "Show a monitor")
            .Gives<MonitorView>()
            .Needs(Scope.TasksRead);
        app.Patch("/monitors/{id}", Patch)
            .Named("updateMonitor", Tag, "Change the members that are named (RFC 7396)")
            .Takes<MonitorInput>(optional: false, Route.MergePatchType)
            .Gives<MonitorView>()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Delete("/monitors/{id}", Delete)
            .Named("deleteMonitor", Tag, "Delete a monitor; its open alert is resolved")
            .GivesNothing()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Post("/heartbeats/{token}", Hear)
            .Named("receiveHeartbeat", Tag, "Say that all is well; the address is the right")
            .Gives<HeartbeatReceipt>()
            .Anonymous(RateClass.Login);
    }

    private async Task List(Call call) =>
        await call.Page(await monitors.List(call.Caller, call.Query(Queries.Limit), call.After(ListName)), ListName);

    private async Task Create(Call call)
    {
        var made = await monitors.Create(call.Caller, call.Body<MonitorInput>());
        await call.Created(made, $"/monitors/{made.Id}");
    }

    private async Task Patch(Call call) =>
        await call.Answer(await monitors.Patch(call.Caller, call.Id(Noun), call.Patch<MonitorInput>()));

    private async Task Delete(Call call)
    {
        await monitors.Delete(call.Caller, call.Id(Noun));
        await call.Nothing();
    }

    private async Task Hear(Call call) => await call.Answer(await heartbeats.Hear(call.Text("token")));
}
