using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>Ready runs of one task, put into the queue without the way there: a million in seconds.</summary>
internal sealed class Backlog(Db db, Ids ids, Guid owner, Guid task)
{
    private const int Chunk = 5_000;
    private const string Empty = "delete from queue where run_id in (select run_id from queue limit 10000)";
    private const string SelectFinished = "select count(*) from run";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public async Task Add(int runs, int priority)
    {
        for (var left = runs; left > 0; left -= Chunk)
        {
            var chunk = Enumerable.Range(0, Math.Min(left, Chunk)).Select(_ => Run(priority)).ToList();
            await db.Write(session => QueueStore.Insert(session, chunk));
        }
    }

    public async Task Clear()
    {
        while (await db.Write(async session => await session.Execute(Empty)) > 0) { }
    }

    public Task<long> Finished() => db.Read(session => session.First(SelectFinished, row => row.Long(0)));

    /// <summary>Waits until so many more runs have finished; returns how many did each second.</summary>
    public async Task<double> Rate(long before, long runs)
    {
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        var finished = before;
        while (finished - before < runs)
        {
            await Task.Delay(Poll, clock);
            finished = await Finished();
        }

        return (finished - before) / clock.GetElapsedTime(began).TotalSeconds;
    }

    // Each has a slot of its own, so none waits for another.
    private QueuedRun Run(int priority)
    {
        var id = ids.Next();
        var now = db.Now();
        return new QueuedRun
        {
            Id = id,
            TaskId = task,
            OwnerId = owner,
            TaskVersion = 1,
            Trigger = Trigger.Manual,
            OccurrenceKey = $"bench:{id}",
            ScheduledFor = now,
            Priority = priority,
            Due = now,
            Slot = id,
            SlotLimit = 1,
            CreatedAt = now,
        };
    }
}
