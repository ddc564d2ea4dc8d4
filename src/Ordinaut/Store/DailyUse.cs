namespace Ordinaut.Store;

/// <summary>
/// What is counted up to a limit: by day, which begins at 00:00 UTC by the database's clock, or over the life of a run.
/// </summary>
internal static class DailyUse
{
    private const string TakeSome = """
        insert into daily_use (subject_id, kind, day, used) values (@subject_id, @kind, @day, @used)
        on conflict (subject_id, kind, day) do update set used = daily_use.used + excluded.used
        where daily_use.used + excluded.used <= @most
        """;

    private const string Correct = """
        update daily_use set used = used + @difference where subject_id = @subject_id and kind = @kind and day = @day
        """;

    private const string SelectUsed =
        "select used from daily_use where subject_id = @subject_id and kind = @kind and day = @day";

    // A run may go on for longer than a day, and what it used counts for as long.
    private const string DeleteBefore = """
        delete from daily_use where (subject_id, kind, day) in (
          select subject_id, kind, day from daily_use
          where day < @day and not exists (select 1 from queue where run_id = subject_id) limit @limit)
        """;

    /// <summary>Takes so many if they are left; the database decides, in one statement.</summary>
    public static async ValueTask<bool> Take(Session session, DailyCount of, long count, long most) =>
        count <= most
        && await session.Execute(
            TakeSome,
            ("subject_id", of.SubjectId),
            ("kind", of.Kind),
            ("day", of.Day),
            ("used", count),
            ("most", most)
        ) == 1;

    /// <summary>Counts that more was used than was taken, or less.</summary>
    public static ValueTask Add(Session session, DailyCount to, long difference) =>
        session.Later(
            Correct,
            ("difference", difference),
            ("subject_id", to.SubjectId),
            ("kind", to.Kind),
            ("day", to.Day)
        );

    public static ValueTask<long> Used(Session session, DailyCount of) =>
        session.First(SelectUsed, row => row.Long(0), ("subject_id", of.SubjectId), ("kind", of.Kind), ("day", of.Day));

    /// <summary>Forgets what is older than yesterday, of which something may go on; returns how many went.</summary>
    public static ValueTask<int> Prune(Session session, int limit) =>
        session.Execute(DeleteBefore, ("day", DailyCount.DayOf(session.Now) - 1), ("limit", limit));
}

/// <summary>Of what there is a count.</summary>
/// <param name="SubjectId">The agent, task or run.</param>
/// <param name="Day">Since 1970, in UTC.</param>
internal readonly record struct DailyCount(Guid SubjectId, string Kind, long Day)
{
    /// <summary>Today's by the database's clock.</summary>
    public static DailyCount Today(Session session, Guid subjectId, string kind) =>
        new(subjectId, kind, DayOf(session.Now));

    public static long DayOf(DateTimeOffset instant) => instant.ToUnixTimeSeconds() / (24 * 60 * 60);
}
