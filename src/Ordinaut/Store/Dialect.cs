using System.Data.Common;

namespace Ordinaut.Store;

/// <summary>
/// What differs between databases below the level of a statement: how the SQL text is adapted, how values are
/// stored. Nouns write one SQL text; see <c>docs/decisions/0004-one-sql-text-two-dialects.md</c>.
/// </summary>
internal abstract class Dialect
{
    /// <summary>SQLite: the text runs as written; ids are 16 big-endian bytes, instants integer microseconds.</summary>
    public static readonly Dialect Sqlite = new SqliteDialect();

    /// <summary>
    /// The statement as this database runs it. Called once per statement; the session caches the result.
    /// </summary>
    public virtual string Translate(string sql) => sql;

    public virtual object Encode(object? value) =>
        value switch
        {
            null => DBNull.Value,
            Guid id => id.ToByteArray(bigEndian: true),
            DateTimeOffset instant => Microseconds(instant),
            bool flag => flag ? 1L : 0L,
            _ => value,
        };

    public virtual Guid ReadId(DbDataReader reader, int column) =>
        new(reader.GetFieldValue<byte[]>(column), bigEndian: true);

    public virtual DateTimeOffset ReadInstant(DbDataReader reader, int column) => Instant(reader.GetInt64(column));

    /// <summary>Microseconds since 1970-01-01T00:00:00Z; finer parts are dropped, as PostgreSQL drops them.</summary>
    public static long Microseconds(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Instant(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private sealed class SqliteDialect : Dialect;
}
