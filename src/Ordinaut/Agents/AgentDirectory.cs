using System.Collections.Concurrent;
using Ordinaut.Store;

namespace Ordinaut.Agents;

/// <summary>
/// The agents' rows as requests and runs see them: kept in memory, forgotten at each change that is heard of and read
/// again after <see cref="MaxAge"/>, so that a change by another node works within that time though nobody tells of it.
/// </summary>
internal sealed class AgentDirectory(Db db, Signals signals, TimeProvider clock)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    /// <summary>The most rows kept; when full, all are dropped and read again as needed.</summary>
    public const int Capacity = 10_000;

    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();
    private long _changes;
    private volatile Task _change = signals.Agents.Next();

    public ValueTask<Agent?> Find(Guid id)
    {
        if (_change.IsCompleted)
        {
            _change = signals.Agents.Next();
            Interlocked.Increment(ref _changes);
            _entries.Clear();
        }

        return _entries.TryGetValue(id, out var entry) && clock.GetElapsedTime(entry.ReadAt) < MaxAge
            ? ValueTask.FromResult<Agent?>(entry.Agent)
            : new ValueTask<Agent?>(Load(id));
    }

    /// <summary>Called after the commit of each change to an agent; other nodes hear of it.</summary>
    public void Forget(Guid id)
    {
        Interlocked.Increment(ref _changes);
        _entries.TryRemove(id, out _);
        signals.Agents.Set();
    }

    private async Task<Agent?> Load(Guid id)
    {
        // A row read before a change and kept after it would give back a right that was just taken away.
        var changes = Interlocked.Read(ref _changes);
        var readAt = clock.GetTimestamp();
        var agent = await db.Read(session => AgentStore.Get(session, id));
        if (agent is null || changes != Interlocked.Read(ref _changes))
        {
            _entries.TryRemove(id, out _);
            return agent;
        }

        Keep(agent, readAt, changes);
        return agent;
    }

    private void Keep(Agent agent, long readAt, long changes)
    {
        if (_entries.Count >= Capacity)
        {
            _entries.Clear();
        }

        _entries[agent.Id] = new Entry(agent, readAt);
        if (changes != Interlocked.Read(ref _changes))
        {
            _entries.TryRemove(agent.Id, out _);
        }
    }

    private sealed record Entry(Agent Agent, long ReadAt);
}
