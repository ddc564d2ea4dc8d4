namespace Ordinaut.Store;

/// <summary>What carries out pieces of work: SQLite's one writer, or PostgreSQL's many connections.</summary>
internal abstract class Engine : IDisposable
{
    /// <summary>Whether other processes work on the same database.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Whether the database itself holds back what the program should not see or change.</summary>
    public virtual bool IsGuarded => false;

    /// <summary>The roles by which the database would hold back, where its login may not take them on.</summary>
    public virtual DatabaseRoles? MissingRoles => null;

    /// <summary>What goes to the database over the network; stays at zero where there is none.</summary>
    public Traffic Traffic { get; } = new();

    public abstract Task<T> Write<T>(Func<Session, ValueTask<T>> work, Lane lane);

    /// <param name="owner">Whose rows alone the database shows, where it can; null: everyone's.</param>
    public abstract Task<T> Read<T>(Func<Session, ValueTask<T>> work, Guid? owner = null);

    /// <summary>The database's clock; never goes backward.</summary>
    public abstract DateTimeOffset Now();

    /// <summary>Has the database's log followed, where that is a file of this process; null: not any more.</summary>
    public virtual void Follow(SqliteWal? follower) { }

    public abstract void Dispose();
}

/// <summary>Which queue for a connection a piece of work stands in.</summary>
internal enum Lane
{
    Work,

    /// <summary>Never behind ordinary work: what keeps leases alive, and health.</summary>
    Urgent,

    /// <summary>What only the schema's owner may: parts of history, lines of the audit log past their time.</summary>
    Upkeep,
}
