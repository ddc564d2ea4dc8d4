using Ordinaut.Agents;
using Ordinaut.Monitors;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/alerts</c>: what is wrong, or was.</summary>
internal sealed class AlertEndpoints(AlertOperations alerts)
{
    private const string Tag = "Alerts";
    private const string Noun = "alert";
    private const string ListName = "alerts";

    private static readonly QueryChoice State = new(
        "state",
        AlertOperations.States,
        "Only alerts in this state; open is all that is not resolved."
    );

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/alerts", List)
            .Named("listAlerts", Tag, "List alerts, newest first")
            .Asks(State, Queries.Limit, Queries.Cursor)
            .Gives<Page<AlertView>>()
            .Needs(Scope.TasksRead);
        app.Get("/alerts/{id}", async call => await call.Answer(await alerts.Get(call.Caller, call.Id(Noun))))
            .Named("getAlert", Tag, "Show an alert, with what became of its news at each webhook")
            .Gives<AlertView>()
            .Needs(Scope.TasksRead);
        app.Post("/alerts/{id}/acknowledge", Acknowledge)
            .Named("acknowledgeAlert", Tag, "Say that somebody knows; it resolves when it is no longer so")
            .Gives<AlertView>()
            .Once()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Post("/alerts/test", async call => await call.Answer(await alerts.Test(call.Caller)))
            .Named("testAlert", Tag, "Send a test alert the whole way; its deliveries say who got it")
            .Gives<AlertView>()
            .Once()
            .Needs(Scope.TasksUpdate, RateClass.Write);
    }

    private async Task List(Call call)
    {
        var page = await alerts.List(call.Caller, call.Query(State), call.After(ListName), call.Query(Queries.Limit));
        await call.Page(page, ListName);
    }

    private async Task Acknowledge(Call call) =>
        await call.Answer(await alerts.Acknowledge(call.Caller, call.Id(Noun)));
}
