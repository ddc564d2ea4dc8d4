namespace Ordinaut.Store;

/// <summary>
/// One connection for the length of one piece of work: runs statements, keeps them prepared, and knows the
/// database's time. Handed out by <see cref="Db"/> only. A statement is a constant, bound by position after its
/// first use, so each text belongs to one call site (or several that name their values in one order).
/// </summary>
internal abstract class Session : IDisposable
{
    /// <summary>
    /// The database's clock at the start of this work; every <c>@now</c> in a statement is this instant.
    /// Due times, leases and expiries are decided by it alone, never by a caller's clock.
    /// </summary>
    public DateTimeOffset Now { get; internal set; }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public abstract ValueTask<int> Execute(string sql, params ReadOnlySpan<Arg> args);

    /// <summary>The first row of the result; the default value when there is none.</summary>
    public abstract ValueTask<T?> First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args);

    public abstract ValueTask<List<T>> Query<T>(string sql, Func<Row, T> read, params ReadOnlySpan<Arg> args);

    /// <summary>Runs several statements, divided by semicolons and without values: a migration.</summary>
    public abstract ValueTask Script(string sql);

    /// <summary>Runs one statement for each item and returns how many rows were changed in all.</summary>
    public async ValueTask<int> ExecuteEach<T>(string sql, IReadOnlyList<T> items, Func<T, Arg[]> args)
    {
        var changed = 0;
        foreach (var item in items)
        {
            changed += await Execute(sql, args(item));
        }

        return changed;
    }

    public abstract void Dispose();
}
