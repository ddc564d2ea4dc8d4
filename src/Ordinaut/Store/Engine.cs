namespace Ordinaut.Store;

/// <summary>What carries out pieces of work: SQLite's one writer, or PostgreSQL's many connections.</summary>
internal abstract class Engine : IDisposable
{
    /// <summary>Whether other processes work on the same database.</summary>
    public abstract bool IsShared { get; }

    /// <summary>What goes to the database over the network; stays at zero where there is none.</summary>
    public Traffic Traffic { get; } = new();

    public abstract Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane);

    public abstract Task<T> Read<T>(Func<Session, ValueTask<T>> work);

    /// <summary>The database's clock; never goes backward.</summary>
    public abstract DateTimeOffset Now();

    public abstract void Dispose();
}

/// <summary>Which queue for a connection a piece of work stands in.</summary>
internal enum Lane
{
    Work,

    /// <summary>Never behind ordinary work: what keeps leases alive, and health.</summary>
    Urgent,
}
