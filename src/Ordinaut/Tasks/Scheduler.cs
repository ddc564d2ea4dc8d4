using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Tasks;

/// <summary>
/// Loop: due task to queued run. It looks at the persisted cursor, never at "now": whatever fell due while nobody
/// looked is found again, and any number of schedulers may look, for the ledger's key lets only one of them win.
/// </summary>
internal sealed partial class Scheduler(
    Db db,
    Occurrences occurrences,
    Signals signals,
    TimeProvider clock,
    ILogger<Scheduler> log
) : BackgroundService
{
    /// <summary>How many due tasks one transaction takes.</summary>
    public const int BatchSize = 256;

    /// <summary>The longest sleep: a lost signal or a jumped clock costs at most this.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long a task waits whose schedule cannot be read.</summary>
    public static readonly TimeSpan UnreadablePause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Turns _turns = new();

    /// <summary>When this loop last looked; the health report says so.</summary>
    public DateTimeOffset? LastLookAt { get; private set; }

    /// <summary>Accounts for one batch of due tasks; returns how many it took.</summary>
    public async Task<int> DoBatch()
    {
        var began = clock.GetUtcNow();
        var batch = await db.Write(async session =>
        {
            var shares = await _turns.Deal(BatchSize, (after, limit) => TaskStore.Waiting(session, after, limit));
            var due = await TaskStore.Due(session, shares);
            return (Taken: due.Count, Became: await occurrences.Account(session, await Plan(session, due)));
        });
        if (batch.Became.Queued.Count > 0)
        {
            signals.Queue.Set();
            RunTrace.Fired(batch.Became.Queued, began);
        }

        Meters.TasksDue(batch.Taken);
        foreach (var skip in batch.Became.Skipped)
        {
            Meters.Skipped(skip.Reason!, skip.Count);
        }

        LastLookAt = clock.GetUtcNow();
        return batch.Taken;
    }

    /// <summary>
    /// One task whose schedule cannot be read any more (a calendar outgrew the limits, a zone is gone) must not stop
    /// the others: it waits, loses nothing, and is looked at again.
    /// </summary>
    private async ValueTask<List<DueTask>> Plan(Session session, List<TaskDefinition> due)
    {
        var plans = new List<DueTask>(due.Count);
        foreach (var task in due)
        {
            try
            {
                plans.Add(await occurrences.Plan(session, task));
            }
            catch (Problem problem)
            {
                Log.Unreadable(log, task.Id, problem.Message);
                await TaskStore.PutOff(session, task.Id, session.Now + UnreadablePause);
            }
        }

        return plans;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Loop.Repeat(Once, Loop.Tell(log, "scheduler"), AfterFailure, clock, stoppingToken);

    private async Task Once(CancellationToken ct)
    {
        var signal = signals.Schedule.Next();
        while (await DoBatch() == BatchSize) { }

        await signals.Schedule.Wait(signal, await Idle(), ct);
    }

    private async Task<TimeSpan> Idle()
    {
        var next = await db.Read(TaskStore.NextDue);
        var idle = next - db.Now() ?? PollLimit;
        return idle < PollLimit ? idle : PollLimit;
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "task.schedule_unreadable: task {TaskId}: {Reason}")]
        public static partial void Unreadable(ILogger log, Guid taskId, string reason);
    }
}
