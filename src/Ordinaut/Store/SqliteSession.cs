#pragma warning disable RS0030 // Speaks the interface of SQLite itself: everything else hands it constants.

using SQLitePCL;

namespace Ordinaut.Store;

/// <summary>
/// A connection to SQLite, used by one thread at a time; every call completes at once. Ids are stored as 16
/// big-endian bytes, instants as integer microseconds since 1970 UTC, JSON as text.
/// </summary>
/// <param name="rewrite">Changes a statement's text before it is prepared; the port of mutation tests.</param>
internal sealed class SqliteSession(sqlite3 connection, Func<string, string>? rewrite = null) : Session
{
    private readonly Dictionary<object, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);

    public override ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args) => new(Run(sql, args));

    public override ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
        where T : default
    {
        var statement = Bind(sql, args);
        try
        {
            return new ValueTask<T?>(statement.Step() ? read(statement) : default);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args)
    {
        var rows = new List<T>();
        var statement = Bind(sql, args);
        try
        {
            while (statement.Step())
            {
                rows.Add(read(statement));
            }

            return new ValueTask<List<T>>(rows);
        }
        finally
        {
            statement.Reset();
        }
    }

    public override ValueTask Later(string sql, params ReadOnlySpan<Arg> args)
    {
        Run(sql, args);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask LaterEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args) =>
        await ExecuteEach(sql, items, args);

    public override ValueTask Lock(string sql, params ReadOnlySpan<Arg> args) => ValueTask.CompletedTask;

    public override ValueTask LockEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args) =>
        ValueTask.CompletedTask;

    public override async ValueTask<int> ExecuteEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        var changed = 0;
        foreach (var item in items)
        {
            changed += await Execute(sql, args(item));
        }

        return changed;
    }

    public override async ValueTask<List<TRow>> QueryEach<T, TRow>(
        string sql,
        Func<Row, TRow> read,
        IReadOnlyList<T> items,
        Func<T, Arg[]> args
    )
    {
        var rows = new List<TRow>(items.Count);
        foreach (var item in items)
        {
            rows.AddRange(await Query(sql, read, args(item)));
        }

        return rows;
    }

    public override ValueTask Script(string sql)
    {
        SqliteFault.ThrowUnlessOk(raw.sqlite3_exec(connection, sql), connection);
        return ValueTask.CompletedTask;
    }

    /// <summary>How many pages are in the log, and how many of them in the database's file as well.</summary>
    /// <param name="moves">Whether to bring over first what nobody reads from the log any more.</param>
    public (int Frames, int Moved) Checkpoint(bool moves)
    {
        const int OnlyLook = -1;
        var mode = moves ? raw.SQLITE_CHECKPOINT_PASSIVE : OnlyLook;
        var code = raw.sqlite3_wal_checkpoint_v2(connection, null, mode, out var frames, out var moved);
        SqliteFault.ThrowUnlessOk(code, connection);
        return (frames, moved);
    }

    /// <summary>After a commit with so many pages in the log they are brought over; 0: others do that.</summary>
    public void KeepLogShort(int pages) =>
        SqliteFault.ThrowUnlessOk(raw.sqlite3_wal_autocheckpoint(connection, pages), connection);

    public override void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private int Run(string sql, ReadOnlySpan<Arg> args)
    {
        var statement = Bind(sql, args);
        try
        {
            while (statement.Step()) { }

            return raw.sqlite3_changes(connection);
        }
        finally
        {
            statement.Reset();
        }
    }

    private SqliteStatement Bind(string sql, ReadOnlySpan<Arg> args)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new SqliteStatement(connection, rewrite?.Invoke(sql) ?? sql, args);
            _statements.Add(sql, statement);
        }

        statement.Bind(args, Now);
        return statement;
    }
}

/// <summary>SQLite refused or failed; <see cref="Code"/> is its primary result code.</summary>
internal sealed class SqliteFault(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    public int Code => code;

    public static void ThrowUnlessOk(int code, sqlite3 connection)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteFault(code & 0xff, raw.sqlite3_errmsg(connection).utf8_to_string());
        }
    }
}
