using System.Text.RegularExpressions;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Calendars;

/// <summary>Named sets of days that tasks can exclude; an agent's calendars are its own.</summary>
internal sealed partial class CalendarOperations(Db db, Changes changes, AuditLog audit)
{
    public const int MaxEntries = 1_000;
    public const int PageSize = 100;

    public async Task<Page<CalendarView>> List(Caller caller, string? after)
    {
        caller.Require(Scope.TasksRead);
        var rows = await db.ReadFor(
            caller.Reach(),
            session => CalendarStore.List(session, caller.AgentId, after, PageSize + 1)
        );
        return Pages.Of(rows, PageSize, View, row => row.Name);
    }

    public async Task<CalendarView> Get(Caller caller, string name)
    {
        caller.Require(Scope.TasksRead);
        var row = await db.ReadFor(caller.Reach(), session => CalendarStore.Find(session, caller.AgentId, name));
        return row is null ? throw Problem.NotFound("calendar", name) : View(row);
    }

    public async Task<CalendarView> Put(Caller caller, string name, CalendarInput input)
    {
        caller.Require(Scope.TasksUpdate);
        var entries = Check(name, input, db.Now());
        return await changes.Make(
            caller,
            async session =>
            {
                if (await CalendarStore.Find(session, caller.AgentId, name) is not null)
                {
                    caller.RequireUnbound("replace a calendar, by which approved tasks may go");
                }

                await CalendarStore.Save(session, caller.AgentId, name, entries);
                await Tell(session, caller, name, "calendar.saved");
                return View((await CalendarStore.Find(session, caller.AgentId, name))!);
            }
        );
    }

    public async Task Delete(Caller caller, string name)
    {
        caller.Require(Scope.TasksUpdate);
        caller.RequireUnbound("delete a calendar, by which approved tasks may go");
        await changes.Make(
            caller,
            async session =>
            {
                if (!await CalendarStore.Remove(session, caller.AgentId, name))
                {
                    throw Problem.NotFound("calendar", name);
                }

                await Tell(session, caller, name, "calendar.deleted");
                return true;
            }
        );
    }

    private static IReadOnlyList<string> Check(string name, CalendarInput input, DateTimeOffset now)
    {
        if (!Name().IsMatch(name))
        {
            throw Problem.Invalid("/name", "A calendar's name has 1 to 64 letters, digits, '-' and '_'.");
        }

        if (input.Entries is not { Count: > 0 and <= MaxEntries } entries)
        {
            throw Problem.Invalid("/entries", $"entries is required: 1 to {MaxEntries} dates, ranges or RRULEs.");
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i] is null)
            {
                throw Problem.Invalid($"/entries/{i}", "An entry must be text, such as 2027-01-01.");
            }
        }

        Exclusions.Parse(entries, _ => null, "UTC", now);
        return entries;
    }

    private async ValueTask Tell(Session session, Caller caller, string name, string action) =>
        await audit.Append(session, caller, new AuditEntry(action, "calendar", name, caller.AgentId));

    private static CalendarView View(CalendarRow row) => new(row.Name, row.Entries, row.Version, row.UpdatedAt);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
