#pragma warning disable RS0030 // Opens what sessions run on.

using SQLitePCL;

namespace Ordinaut.Store;

/// <summary>Opens SQLite connections with the settings that durability rests on, and reads SQLite's errors.</summary>
internal static class SqliteConnections
{
    /// <summary>The first version without the WAL-reset defect that could lose committed pages.</summary>
    public static readonly Version OldestSafe = new(3, 51, 3);

    private const int BusyMilliseconds = 5_000;
    private const int BusyPauseMilliseconds = 20;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;

    static SqliteConnections()
    {
        Batteries_V2.Init();
        // Nobody reads SQLite's count of its own memory, and each allocation would take a lock to keep it.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>
    /// WAL with <c>synchronous=FULL</c>: a commit is on the disk before it is acknowledged.
    /// <c>busy_timeout</c> is for outside tools (backup, shell); inside there is one writer.
    /// </summary>
    public static async ValueTask<SqliteSession> OpenWriter(string file, Func<string, string>? rewrite = null)
    {
        var session = new SqliteSession(Open(file), rewrite);
        await UseWal(session);
        await session.Execute("pragma synchronous=full");
        await session.Execute("pragma foreign_keys=on");
        await session.Execute("pragma wal_autocheckpoint=4000");
        await session.Execute("pragma cache_size=-65536");
        // What a savepoint would undo is kept in memory instead of a temporary file.
        await session.Execute("pragma temp_store=memory");
        // What is deleted is gone from the file and its copies, not only from view.
        await session.Execute("pragma secure_delete=on");
        await RequireSafeVersion(session);
        return session;
    }

    public static async ValueTask<Session> OpenReader(string file, Func<string, string>? rewrite)
    {
        var session = new SqliteSession(Open(file), rewrite);
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
    public static bool EndsTransaction(SqliteFault failure) =>
        failure.Code is Busy or NoMemory or InputOutput or Full or Corrupt;

    /// <summary>The failure as the caller should see it: a problem to wait out, or a defect of ours.</summary>
    public static Exception Explain(SqliteFault failure) =>
        failure.Code switch
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

    /// <summary>A connection as it comes.</summary>
    public static sqlite3 Open(string file)
    {
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(file, out var connection, Flags, null);
        SqliteFault.ThrowUnlessOk(code, connection);
        raw.sqlite3_extended_result_codes(connection, 1);
        raw.sqlite3_busy_timeout(connection, BusyMilliseconds);
        // Without it a value bound to a column of a partial index has the statement compiled again at each run.
        raw.sqlite3_db_config(connection, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        return connection;
    }

    /// <summary>The change of mode needs the file alone, and SQLite does not wait for that by itself.</summary>
    private static async ValueTask UseWal(Session session)
    {
        for (var waited = 0; ; waited += BusyPauseMilliseconds)
        {
            try
            {
                await session.First("pragma journal_mode=wal", row => row.Text(0));
                return;
            }
            catch (SqliteFault failure) when (failure.Code == Busy && waited < BusyMilliseconds)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(BusyPauseMilliseconds), TimeProvider.System);
            }
        }
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
