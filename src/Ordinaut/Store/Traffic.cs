namespace Ordinaut.Store;

/// <summary>What has gone to the database: the figures behind "statements and commits of a run".</summary>
internal sealed class Traffic
{
    private long _statements;
    private long _commits;

    /// <summary>Statements sent, those that begin and end a transaction among them.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Writing transactions committed.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    public void Sent(int statements) => Interlocked.Add(ref _statements, statements);

    public void Committed() => Interlocked.Increment(ref _commits);
}
