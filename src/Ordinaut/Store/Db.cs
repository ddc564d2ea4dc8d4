namespace Ordinaut.Store;

/// <summary>
/// The database: pieces of work go in, each in one transaction, on either engine. Nothing is acknowledged before its
/// commit is durable.
/// </summary>
internal sealed class Db(Engine engine, Func<CommitEdge, ValueTask>? edge = null) : IDisposable
{
    /// <summary>Whether other nodes work on the same database, so that their leases and rows are not ours.</summary>
    public bool IsShared => engine.IsShared;

    /// <summary>Whether the database itself holds back rows and changes (<see cref="DatabaseRoles"/>).</summary>
    public bool IsGuarded => engine.IsGuarded;

    /// <summary>The roles by which it would, where its login may not take them on; null: nothing is missing.</summary>
    public DatabaseRoles? MissingRoles => engine.MissingRoles;

    public Traffic Traffic => engine.Traffic;

    /// <summary>Opens or creates a SQLite file and brings its schema up to date.</summary>
    /// <param name="rewrite">Changes a statement's text before it is prepared; the port of mutation tests.</param>
    public static async Task<Db> Open(string file, TimeProvider clock, Func<string, string>? rewrite = null) =>
        new(await SqliteEngine.Open(file, clock, rewrite));

    /// <summary>Connects to PostgreSQL and brings its schema up to date.</summary>
    public static async Task<Db> Open(PostgresSettings settings, TimeProvider clock) =>
        new(await PostgresEngine.Open(settings, clock));

    /// <summary>A private SQLite database in memory, on the caller's thread and in the caller's time.</summary>
    public static async Task<Db> InMemory(TimeProvider clock, Func<string, string>? rewrite = null) =>
        new(await SqliteEngine.InMemory(clock, rewrite));

    /// <summary>The same database with a fault injected around each commit; the port of the simulator.</summary>
    public Db WithEdge(Func<CommitEdge, ValueTask> strike) => new(engine, strike);

    /// <summary>
    /// Runs <paramref name="work"/> in one write transaction and returns after its commit is durable. If it throws,
    /// its own changes are rolled back and the exception is the caller's. The work must not wait for anything but
    /// the session and must not be cancelled half-way. It may be run again from its beginning, when it met another
    /// node's work: what it keeps outside must be of its last run.
    /// </summary>
    public async Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane = Lane.Work)
    {
        if (edge is not null)
        {
            await edge(CommitEdge.Before);
        }

        var began = TimeProvider.System.GetTimestamp();
        var result = await engine.Write(work, lane);
        Meters.Written(TimeProvider.System.GetElapsedTime(began));
        if (edge is not null)
        {
            await edge(CommitEdge.After);
        }

        return result;
    }

    public Task Write(Func<Session, ValueTask> work, Lane lane = Lane.Work) =>
        Write(
            async session =>
            {
                await work(session);
                return true;
            },
            lane
        );

    /// <summary>Runs <paramref name="work"/> on a reading connection; it sees only committed rows.</summary>
    public Task<T> Read<T>(Func<Session, ValueTask<T>> work) => engine.Read(work);

    /// <summary>The same for who may see one owner's rows: where it can, the database shows no others.</summary>
    /// <param name="owner">Null: everyone's.</param>
    public Task<T> ReadFor<T>(Guid? owner, Func<Session, ValueTask<T>> work) => engine.Read(work, owner);

    /// <summary>The database's clock: never goes backward, whatever the machine's clock does.</summary>
    public DateTimeOffset Now() => engine.Now();

    /// <summary>Has the log of a SQLite database followed from the next commit on; null: not any more.</summary>
    public void Follow(SqliteWal? follower) => engine.Follow(follower);

    public void Dispose() => engine.Dispose();
}

/// <summary>Where a fault can strike around a commit.</summary>
internal enum CommitEdge
{
    /// <summary>Nothing has been written.</summary>
    Before,

    /// <summary>Everything is durable, but the caller has not been told.</summary>
    After,
}
