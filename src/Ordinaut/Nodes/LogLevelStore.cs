using Ordinaut.Store;

namespace Ordinaut.Nodes;

/// <summary>The SQL of log levels that operators asked for.</summary>
internal static class LogLevelStore
{
    private const string Upsert = """
        insert into log_level (part, level, until) values (@part, @level, @until)
        on conflict (part) do update set level = excluded.level, until = excluded.until
        """;

    private const string Delete = "delete from log_level where part = @part or until <= @now";

    private const string SelectAll = "select part, level, until from log_level where until > @now order by part";

    public static async ValueTask Set(Session session, WantedLevel wanted) =>
        await session.Execute(Upsert, ("part", wanted.Part), ("level", (int)wanted.Level), ("until", wanted.Until));

    /// <summary>Takes back what was asked for of a part, and what is past.</summary>
    public static async ValueTask Remove(Session session, string part) => await session.Execute(Delete, ("part", part));

    /// <summary>What counts now.</summary>
    public static ValueTask<List<WantedLevel>> All(Session session) =>
        session.Query(SelectAll, row => new WantedLevel(row.Text(0), (LogLevel)row.Int(1), row.Instant(2)));
}
