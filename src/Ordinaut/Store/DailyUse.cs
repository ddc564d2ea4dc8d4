using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>What is counted by day, which begins at 00:00 UTC by the database's clock, up to a limit.</summary>
internal static class DailyUse
{
    private const string TakeSome = """
        insert into daily_use (subject_id, kind, day, used) values (@subject_id, @kind, @day, @used)
        on conflict (subject_id, kind, day) do update set used = daily_use.used + excluded.used
        where daily_use.used + excluded.used <= @most
        """;

    private const string DeleteBefore = """
        delete from daily_use where (subject_id, kind, day) in (
          select subject_id, kind, day from daily_use where day < @day limit @limit)
        """;

    /// <summary>Takes so many of today's if they are left; the database decides, in one statement.</summary>
    public static async ValueTask<bool> Take(Session session, (Guid Id, string Kind) of, long count, long most) =>
        count <= most
        && await session.Execute(
            TakeSome,
            ("subject_id", of.Id),
            ("kind", of.Kind),
            ("day", DayOf(session.Now)),
            ("used", count),
            ("most", most)
        ) == 1;

    /// <summary>Forgets past days; returns how many rows went.</summary>
    public static ValueTask<int> Prune(Session session, int limit) =>
        session.Execute(DeleteBefore, ("day", DayOf(session.Now)), ("limit", limit));

    public static long DayOf(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / (24 * 60 * 60);
}
