using System.Collections.Concurrent;

namespace Ordinaut.Store;

/// <summary>
/// SQLite: writes go through one writer that commits many pieces together (<see cref="GroupCommit"/>); reads run
/// beside it on pooled connections and see committed rows. Nothing is acknowledged before its commit is durable
/// (WAL, <c>synchronous=FULL</c>).
/// </summary>
internal sealed class SqliteEngine : Engine
{
    private readonly GroupCommit _writer;
    private readonly Func<ValueTask<Session>>? _openReader;
    private readonly ConcurrentBag<Session> _readers = [];

    private SqliteEngine(GroupCommit writer, Func<ValueTask<Session>>? openReader)
    {
        _writer = writer;
        _openReader = openReader;
    }

    public override bool IsShared => false;

    /// <summary>Opens or creates the database file and brings its schema up to date.</summary>
    public static async Task<SqliteEngine> Open(string file, TimeProvider clock, Func<string, string>? rewrite)
    {
        var unclean = File.Exists(file + "-wal") && new FileInfo(file + "-wal").Length > 0;
        var session = await SqliteConnections.OpenWriter(file, rewrite);
        if (unclean)
        {
            await SqliteConnections.QuickCheck(session);
        }

        await Migrator.MigrateSqlite(session, clock.GetUtcNow());
        var writer = GroupCommit.OnOwnThread(session, clock);
        return new SqliteEngine(writer, () => SqliteConnections.OpenReader(file, rewrite));
    }

    /// <summary>
    /// A private database in memory whose work runs at once on the caller's thread, for the simulator and for
    /// tests: no thread of its own, so virtual time decides the order of everything.
    /// </summary>
    public static async Task<SqliteEngine> InMemory(TimeProvider clock, Func<string, string>? rewrite)
    {
        var session = await SqliteConnections.OpenWriter(":memory:", rewrite);
        await Migrator.MigrateSqlite(session, clock.GetUtcNow());
        return new SqliteEngine(GroupCommit.Inline(session, clock), null);
    }

    public override Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane) => _writer.Run(work);

    public override async Task<T> Read<T>(Func<Session, ValueTask<T>> work, Guid? owner = null)
    {
        if (_openReader is null)
        {
            return await _writer.Run(work);
        }

        var session = _readers.TryTake(out var pooled) ? pooled : await _openReader();
        session.Now = _writer.Now();
        try
        {
            return await work(session);
        }
        catch (SqliteFault failure)
        {
            throw SqliteConnections.Explain(failure);
        }
        finally
        {
            _readers.Add(session);
        }
    }

    public override DateTimeOffset Now() => _writer.Now();

    public override void Follow(SqliteWal? follower) => _writer.Follow(follower);

    public override void Dispose()
    {
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }

        _writer.Dispose();
    }
}
