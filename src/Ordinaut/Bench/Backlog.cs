using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>Ready runs of one task, put into the queue without the way there: a million in seconds.</summary>
internal sealed class Backlog(Db db, Ids ids, Guid owner, Guid task)
{
    private const int Chunk = 5_000;
    private const string Empty = "delete from queue where run_id in (select run_id from queue limit 10000)";
    private const string SelectFinished = "select count(*) from run";

    private const string SelectReady =
        "select exists (select 1 from queue where state = 0 and owner_id = @owner_id and priority <= @priority)";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

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

    /// <summary>Reads all that is kept of runs: for the beginning and the end of a measurement.</summary>
    public Task<long> Finished() => db.Read(session => session.First(SelectFinished, row => row.Long(0)));

    /// <summary>Waits until all of this priority are claimed; returns how many were finished each second.</summary>
    public async Task<double> Rate(int priority)
    {
        var clock = TimeProvider.System;
        var before = await Finished();
        var began = clock.GetTimestamp();
        while (await IsReady(priority))
        {
            await Task.Delay(Poll, clock);
        }

        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        return (await Finished() - before) / seconds;
    }

    private Task<bool> IsReady(int priority) =>
        db.Read(session => session.First(SelectReady, row => row.Bool(0), ("owner_id", owner), ("priority", priority)));

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
