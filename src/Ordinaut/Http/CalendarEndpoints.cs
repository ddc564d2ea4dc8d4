using Ordinaut.Agents;
using Ordinaut.Calendars;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/calendars</c>: named sets of days that tasks exclude.</summary>
internal sealed class CalendarEndpoints(CalendarOperations calendars)
{
    private const string Tag = "Calendars";
    private const string ListName = "calendars";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/calendars", List)
            .Named("listCalendars", Tag, "List your calendars by name")
            .Asks(Queries.Cursor)
            .Gives<Page<CalendarView>>()
            .Needs(Scope.TasksRead);
        app.Get("/calendars/{name}", Get)
            .Named("getCalendar", Tag, "Show a calendar")
            .Gives<CalendarView>()
            .Needs(Scope.TasksRead);
        app.Put("/calendars/{name}", Put)
            .Named("putCalendar", Tag, "Create or replace a calendar")
            .Takes<CalendarInput>()
            .Gives<CalendarView>()
            .Needs(Scope.TasksUpdate, RateClass.Write);
        app.Delete("/calendars/{name}", Delete)
            .Named("deleteCalendar", Tag, "Delete a calendar; tasks that name it leave out nothing by it from then on")
            .GivesNothing()
            .Needs(Scope.TasksUpdate, RateClass.Write);
    }

    private async Task List(Call call) =>
        await call.Page(await calendars.List(call.Caller, call.Position(ListName)), ListName);

    private async Task Get(Call call) => await call.Answer(await calendars.Get(call.Caller, call.Text("name")));

    private async Task Put(Call call) =>
        await call.Answer(await calendars.Put(call.Caller, call.Text("name"), call.Body<CalendarInput>()));

    private async Task Delete(Call call)
    {
        await calendars.Delete(call.Caller, call.Text("name"));
        await call.Nothing();
    }
}
