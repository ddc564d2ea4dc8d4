using System.Collections.Concurrent;

namespace Ordinaut.Store;

/// <summary>
/// The database: pieces of work go in, each in one transaction. Writes go through one writer that commits many
/// pieces together (<see cref="GroupCommit"/>); reads run beside it on pooled connections and see committed rows.
/// Nothing is acknowledged before its commit is durable (WAL, <c>synchronous=FULL</c>).
/// </summary>
internal sealed class Db : IDisposable
{
    private readonly Func<ValueTask<Session>>? _openReader;
    private readonly ConcurrentBag<Session> _readers;
    private readonly GroupCommit _writer;
    private readonly Func<CommitEdge, ValueTask>? _edge;

    private Db(GroupCommit writer, Func<ValueTask<Session>>? openReader, ConcurrentBag<Session> readers)
    {
        _writer = writer;
        _openReader = openReader;
        _readers = readers;
    }

    private Db(Db shared, Func<CommitEdge, ValueTask> edge)
        : this(shared._writer, shared._openReader, shared._readers) => _edge = edge;

    /// <summary>Opens or creates the database file and brings its schema up to date.</summary>
    public static async Task<Db> Open(string file, TimeProvider clock)
    {
        var unclean = File.Exists(file + "-wal") && new FileInfo(file + "-wal").Length > 0;
        var session = await SqliteConnections.OpenWriter(file);
        if (unclean)
        {
            await SqliteConnections.QuickCheck(session);
        }

        await Migrator.Migrate(session, clock.GetUtcNow());
        var writer = GroupCommit.OnOwnThread(session, clock);
        return new Db(writer, () => SqliteConnections.OpenReader(file), []);
    }

    /// <summary>
    /// A private database in memory whose work runs at once on the caller's thread, for the simulator and for
    /// tests: no thread of its own, so virtual time decides the order of everything.
    /// </summary>
    public static async Task<Db> InMemory(TimeProvider clock, Func<string, string>? rewrite = null)
    {
        var session = await SqliteConnections.OpenWriter(":memory:", rewrite);
        await Migrator.Migrate(session, clock.GetUtcNow());
        return new Db(GroupCommit.Inline(session, clock), null, []);
    }

    /// <summary>The same database with a fault injected around each commit; the port of the simulator.</summary>
    public Db WithEdge(Func<CommitEdge, ValueTask> edge) => new(this, edge);

    /// <summary>
    /// Runs <paramref name="work"/> in one write transaction and returns after its commit is durable. If it throws,
    /// its own changes are rolled back and the exception is the caller's. The work must not wait for anything but
    /// the session, and must not be cancelled half-way: it is short.
    /// </summary>
    public async Task<T> Write<T>(Func<Session, ValueTask<T>> work)
    {
        if (_edge is not null)
        {
            await _edge(CommitEdge.Before);
        }

        var result = await _writer.Run(work);
        if (_edge is not null)
        {
            await _edge(CommitEdge.After);
        }

        return result;
    }

    public Task Write(Func<Session, ValueTask> work) =>
        Write(async session =>
        {
            await work(session);
            return true;
        });

    /// <summary>Runs <paramref name="work"/> on a reading connection; it sees only committed rows.</summary>
    public async Task<T> Read<T>(Func<Session, ValueTask<T>> work)
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

    /// <summary>The database's clock: never goes backward, whatever the machine's clock does.</summary>
    public DateTimeOffset Now() => _writer.Now();

    public void Dispose()
    {
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }

        _writer.Dispose();
    }
}

/// <summary>Where a fault can strike around a commit.</summary>
internal enum CommitEdge
{
    /// <summary>Nothing has been written.</summary>
    Before,

    /// <summary>Everything is durable, but the caller has not been told.</summary>
    After,
}
