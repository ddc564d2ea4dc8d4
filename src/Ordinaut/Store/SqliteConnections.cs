using Microsoft.Data.Sqlite;

namespace Ordinaut.Store;

/// <summary>Opens SQLite connections with the settings that durability rests on, and reads SQLite's errors.</summary>
internal static class SqliteConnections
{
    /// <summary>The first version without the WAL-reset defect that could lose committed pages.</summary>
    public static readonly Version OldestSafe = new(3, 51, 3);

    private const int Busy = 5;
    private const int Locked = 6;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;

    static SqliteConnections() => SQLitePCL.Batteries_V2.Init();

    /// <summary>
    /// WAL with <c>synchronous=FULL</c>: a commit is on the disk before it is acknowledged.
    /// <c>busy_timeout</c> is for outside tools (backup, shell); inside there is one writer.
    /// </summary>
    public static async ValueTask<Session> OpenWriter(string file, Dialect dialect)
    {
        var session = new Session(Open(file), dialect);
        await session.First("pragma journal_mode=wal", row => row.Text(0));
        await session.Execute("pragma synchronous=full");
        await session.Execute("pragma foreign_keys=on");
        await session.Execute("pragma wal_autocheckpoint=4000");
        await session.Execute("pragma cache_size=-65536");
        await RequireSafeVersion(session);
        return session;
    }

    public static async ValueTask<Session> OpenReader(string file, Dialect dialect)
    {
        var session = new Session(Open(file), dialect);
        await session.Execute("pragma query_only=on");
        return session;
    }

    /// <summary>After an unclean stop the file is looked over before anything is built on it.</summary>
    public static async ValueTask QuickCheck(Session session)
    {
        var verdict = await session.First("pragma quick_check(1)", row => row.Text(0));
        if (verdict != "ok")
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"The database file is damaged ({verdict}); restore it from a backup."
            );
        }
    }

    /// <summary>Whether SQLite rolled the whole transaction back by itself, so that no piece of it can go on.</summary>
    public static bool EndsTransaction(SqliteException failure) =>
        failure.SqliteErrorCode is Busy or NoMemory or InputOutput or Full or Corrupt;

    /// <summary>The failure as the caller should see it: a problem to wait out, or a defect of ours.</summary>
    public static Exception Explain(SqliteException failure) =>
        failure.SqliteErrorCode switch
        {
            Full => new Problem(
                ProblemKind.OutOfSpace,
                "The disk that holds the database is full; nothing was changed. Free space and try again."
            )
            {
                RetryAfter = TimeSpan.FromSeconds(10),
            },
            Busy or Locked or NoMemory or ReadOnly or InputOutput => new Problem(
                ProblemKind.Unavailable,
                "The database cannot be written at the moment; nothing was changed. Try again shortly."
            )
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            },
            _ => new InvalidOperationException("The database refused a statement.", failure),
        };

    private static SqliteConnection Open(string file)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 5,
        };
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        return connection;
    }

    private static async ValueTask RequireSafeVersion(Session session)
    {
        var version = new Version(await session.First("select sqlite_version()", row => row.Text(0)) ?? "0.0");
        if (version < OldestSafe)
        {
            throw new Problem(
                ProblemKind.Unavailable,
                $"SQLite {version} is older than {OldestSafe}, the first version without the WAL-reset defect."
            );
        }
    }
}
