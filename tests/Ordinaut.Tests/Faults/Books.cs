using System.Collections.Concurrent;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// What those outside know of a server: what it acknowledged, and what its steps did. The database is held to it.
/// </summary>
internal sealed class Books
{
    /// <summary>Tasks whose creation was answered.</summary>
    public ConcurrentBag<Guid> Tasks { get; } = [];

    /// <summary>Runs whose request was answered.</summary>
    public ConcurrentBag<Guid> Runs { get; } = [];

    /// <summary>Events whose publication was answered.</summary>
    public ConcurrentBag<Guid> Events { get; } = [];

    /// <summary>Tasks of those that fire every second.</summary>
    public ConcurrentBag<Guid> EverySecond { get; } = [];

    /// <summary>The calls of steps; empty where no step calls.</summary>
    public IReadOnlyCollection<SinkCall> Calls { get; set; } = [];

    public int Acknowledged => Tasks.Count + Runs.Count + Events.Count;
}
