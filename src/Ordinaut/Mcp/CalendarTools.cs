using Ordinaut.Agents;
using Ordinaut.Calendars;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>Named sets of days that tasks leave out.</summary>
internal sealed class CalendarTools(CalendarOperations calendars)
{
    private const string ListName = "calendars";
    private const string Name = "name";

    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_calendars",
            "listCalendars",
            "List calendars",
            "Your named sets of days, such as holidays. A task leaves one out with exclude: [\"calendar:holidays\"]."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(async call => call.Page(await calendars.List(call.Caller, call.Position(ListName)), ListName));
        yield return new McpTool("get_calendar", "getCalendar", "Show a calendar", "A calendar with its days.")
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => calendars.Get(call.Caller, call.Text(Name)));
        yield return new McpTool(
            "put_calendar",
            "putCalendar",
            "Create or replace a calendar",
            "Entries are dates, ranges and RRULEs: {\"name\":\"holidays\",\"entries\":[\"2027-01-01\","
                + "\"2027-12-24/2028-01-07\",\"RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1\"]}."
        )
            .Requires("entries")
            .Needs(Scope.TasksUpdate, Hints.Destructive | Hints.Idempotent)
            .Does(call => calendars.Put(call.Caller, call.Text(Name), call.Body<CalendarInput>()));
        yield return new McpTool(
            "delete_calendar",
            "deleteCalendar",
            "Delete a calendar",
            "Tasks that name it leave out nothing by it from then on."
        )
            .Needs(Scope.TasksUpdate, Hints.Destructive | Hints.Idempotent)
            .DoesQuietly(call => calendars.Delete(call.Caller, call.Text(Name)));
    }
}
