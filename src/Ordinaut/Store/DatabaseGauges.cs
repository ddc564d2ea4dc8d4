namespace Ordinaut.Store;

/// <summary>How the database itself is.</summary>
internal static class DatabaseGauges
{
    private const string SelectFileBytes = "select page_count * page_size from pragma_page_count(), pragma_page_size()";

    private const string SelectBytes = "select pg_database_size(current_database())";

    // A transaction that goes on and on keeps every dead row there is from being cleared away.
    private const string SelectOldest = """
        select min(xact_start) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        """;

    /// <param name="isShared">Whether it is a PostgreSQL database.</param>
    public static IEnumerable<StateGauge> All(bool isShared)
    {
        yield return StateGauge.Of(
            "ordinaut.database.size",
            "The database with its indexes and its history.",
            async session => await session.First(isShared ? SelectBytes : SelectFileBytes, row => row.Long(0))
        ) with
        {
            Unit = "By",
        };
        if (isShared)
        {
            yield return StateGauge.Age(
                "ordinaut.database.transaction.age",
                "How long the longest transaction goes on, of sessions that the login may see.",
                session => session.First(SelectOldest, row => row.InstantOrNull(0))
            );
        }
    }
}
