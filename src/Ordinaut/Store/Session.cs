namespace Ordinaut.Store;

/// <summary>
/// One connection for the length of one piece of work: runs statements, keeps them prepared, and knows the
/// database's time. Handed out by <see cref="Db"/> only. A statement is a constant, bound by position after its
/// first use, so each text belongs to one call site (or several that name their values in one order).
/// </summary>
internal abstract class Session : IDisposable
{
    private List<Signal> _afterwards = [];

    /// <summary>
    /// The database's clock at the start of this work; every <c>@now</c> in a statement is this instant.
    /// Due times, leases and expiries are decided by it alone, never by a caller's clock.
    /// </summary>
    public DateTimeOffset Now { get; internal set; }

    /// <summary>Rings the signal once the work is durable, and not at all when it fails.</summary>
    public void Afterwards(Signal signal)
    {
        if (!_afterwards.Contains(signal))
        {
            _afterwards.Add(signal);
        }
    }

    /// <summary>What the work that has just run wants to be rung.</summary>
    internal IReadOnlyList<Signal> TakeAfterwards()
    {
        if (_afterwards.Count == 0)
        {
            return [];
        }

        var taken = _afterwards;
        _afterwards = [];
        return taken;
    }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public abstract ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args);

    /// <summary>The first row of the result; the default value when there is none.</summary>
    public abstract ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args);

    public abstract ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args);

    /// <summary>Runs several statements, divided by semicolons and without values: a migration.</summary>
    public abstract ValueTask Script(string sql);

    /// <summary>
    /// Runs a statement whose outcome nobody waits for: where the database is a network away it goes along with the
    /// next one, in one trip. A failure shows there, or at the latest at the commit.
    /// </summary>
    public abstract ValueTask Later(string sql, params ReadOnlySpan<Arg> args);

    /// <summary>The same for each item.</summary>
    public abstract ValueTask LaterEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args);

    /// <summary>
    /// Takes a lock until the end of the work, where writers run beside one another; where there is one writer there
    /// is nothing to take. What is read after it is what the holder before left.
    /// </summary>
    public abstract ValueTask Lock(string sql, params ReadOnlySpan<Arg> args);

    /// <summary>Takes several locks, in the order of the statement.</summary>
    public abstract ValueTask LockEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args);

    /// <summary>
    /// Runs a statement for each item and returns how many rows were changed in all. A statement that says
    /// <c>/* each: … */</c> where its list of items belongs is sent once for all of them (PostgreSQL).
    /// </summary>
    public abstract ValueTask<int> ExecuteEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args);

    /// <summary>The rows of a statement that is run for each item, in no order.</summary>
    public abstract ValueTask<List<TRow>> QueryEach<T, TRow>(
        string sql,
        Func<Row, TRow> read,
        IReadOnlyList<T> items,
        Func<T, Arg[]> args
    );

    public abstract void Dispose();
}
