using System.Collections.Concurrent;

namespace Ordinaut.Runs;

/// <summary>The runs in a worker's hands, and the wait for places among them.</summary>
internal sealed class RunSlots(WorkerSettings settings, TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, RunSlot> _slots = new();
    private readonly ConcurrentDictionary<Guid, int> _ofAgents = new();
    private readonly Signal _freed = new(clock);
    private volatile int _wanted = 1;

    public int Count => _slots.Count;

    public bool IsEmpty => _slots.IsEmpty;

    public int Free => settings.Slots - _slots.Count;

    /// <summary>The agents that have as many runs here as one agent may.</summary>
    public HashSet<Guid> FullAgents =>
        [.. _ofAgents.Where(of => of.Value >= settings.SlotsOfAgent).Select(of => of.Key)];

    public List<RunSlot> All => [.. _slots.Values];

    /// <summary>How many more runs of an agent may be held.</summary>
    public int FreeOf(Guid agentId) => settings.SlotsOfAgent - _ofAgents.GetValueOrDefault(agentId);

    public RunSlot? Find(Guid runId) => _slots.GetValueOrDefault(runId);

    /// <summary>
    /// A worker may claim a run again whose lease it lost and whose work it has not stopped yet (it was frozen, or
    /// the store was away): the old work ends, the new has the slot.
    /// </summary>
    public void Take(RunSlot slot)
    {
        Find(slot.Run.Id)?.Stop(StopReason.LeaseLost);
        _slots[slot.Run.Id] = slot;
        _ofAgents.AddOrUpdate(slot.Run.OwnerId, 1, (_, held) => held + 1);
    }

    /// <returns>Whether its agent had as many runs here as it may.</returns>
    public bool Release(RunSlot slot)
    {
        _slots.TryRemove(KeyValuePair.Create(slot.Run.Id, slot));
        var left = _ofAgents.AddOrUpdate(slot.Run.OwnerId, 0, (_, held) => held - 1);
        if (left == 0)
        {
            _ofAgents.TryRemove(KeyValuePair.Create(slot.Run.OwnerId, 0));
        }

        slot.Dispose();
        if (Free >= _wanted)
        {
            _freed.Set();
        }

        return left + 1 >= settings.SlotsOfAgent;
    }

    public void StopAll(StopReason reason)
    {
        foreach (var slot in _slots.Values)
        {
            slot.Stop(reason);
        }
    }

    /// <summary>Stops what is past its deadline: nobody renewed its lease.</summary>
    public void StopExpired()
    {
        var now = clock.GetTimestamp();
        foreach (var slot in _slots.Values)
        {
            if (slot.LeaseDeadline <= now)
            {
                slot.Stop(StopReason.LeaseLost);
            }
        }
    }

    /// <summary>A task that completes when the next slot comes free. Take it before looking.</summary>
    public Task NextFreed() => _freed.Next();

    public Task Wait(Task freed, TimeSpan limit, CancellationToken ct) => _freed.Wait(freed, limit, ct);

    /// <summary>Waits until so many slots are free, at most for the limit; nobody else waits meanwhile.</summary>
    public async Task WaitFor(int wanted, TimeSpan limit, CancellationToken ct)
    {
        // Woken once, not by each that comes free.
        _wanted = wanted;
        try
        {
            var freed = NextFreed();
            if (Free < wanted)
            {
                await Wait(freed, limit, ct);
            }
        }
        finally
        {
            _wanted = 1;
        }
    }
}
