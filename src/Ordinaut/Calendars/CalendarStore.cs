using System.Collections.Immutable;
using Ordinaut.Schedules;
using Ordinaut.Store;

namespace Ordinaut.Calendars;

/// <summary>The SQL of named calendars.</summary>
internal static class CalendarStore
{
    private const string Prefix = "calendar:";

    private const string SelectOne = """
        select name, entries, version, updated_at from calendar where owner_id = @owner_id and name = @name
        """;

    private const string SelectAll = """
        select name, entries, version, updated_at from calendar
        where owner_id = @owner_id and (@after is null or name > @after) order by name limit @limit
        """;

    private const string Upsert = """
        insert into calendar (owner_id, name, version, entries, updated_at) values (@owner_id, @name, 1, @entries, @now)
        on conflict (owner_id, name) do update set
          version = calendar.version + 1, entries = excluded.entries, updated_at = excluded.updated_at
        """;

    private const string DeleteOne = "delete from calendar where owner_id = @owner_id and name = @name";

    public static ValueTask<CalendarRow?> Find(Session session, Guid ownerId, string name) =>
        session.First(SelectOne, CalendarRow.Read, ("owner_id", ownerId), ("name", name));

    public static ValueTask<List<CalendarRow>> List(Session session, Guid ownerId, string? after, int limit) =>
        session.Query(SelectAll, CalendarRow.Read, ("owner_id", ownerId), ("after", after), ("limit", limit));

    public static async ValueTask Save(Session session, Guid ownerId, string name, IReadOnlyList<string> entries) =>
        await session.Execute(Upsert, ("owner_id", ownerId), ("name", name), ("entries", Json.Write(entries)));

    public static async ValueTask<bool> Remove(Session session, Guid ownerId, string name) =>
        await session.Execute(DeleteOne, ("owner_id", ownerId), ("name", name)) == 1;

    /// <summary>The calendars that <c>exclude</c> entries name, by name; those that do not exist are missing.</summary>
    public static async ValueTask<IReadOnlyDictionary<string, CalendarDays>> DaysOf(
        Session session,
        Guid ownerId,
        IReadOnlyList<string> exclude
    )
    {
        if (exclude.Count == 0)
        {
            return ImmutableDictionary<string, CalendarDays>.Empty;
        }

        var calendars = new Dictionary<string, CalendarDays>(StringComparer.Ordinal);
        foreach (var entry in exclude.Select(entry => entry.Trim()))
        {
            if (!entry.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var name = entry[Prefix.Length..].Trim();
            if (await Find(session, ownerId, name) is { } calendar)
            {
                calendars[name] = new CalendarDays(calendar.Entries);
            }
        }

        return calendars;
    }
}

/// <summary>A named set of days.</summary>
internal sealed record CalendarRow(string Name, IReadOnlyList<string> Entries, int Version, DateTimeOffset UpdatedAt)
{
    public static CalendarRow Read(Row row) =>
        new(row.Text(0), Json.Read<IReadOnlyList<string>>(row.Text(1)), row.Int(2), row.Instant(3));
}
