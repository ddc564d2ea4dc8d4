using Ordinaut.Monitors;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Tests.Runs;

/// <summary>
/// Drives the loops by hand: at each instant at which something falls due everything is done that can be done, and
/// only then does time go on.
/// </summary>
internal sealed class Clockwork(Db db, StoryClock clock, Scheduler scheduler, Reaper reaper, MonitorWatch monitors)
{
    private const string SelectLeaseEnd = "select min(leased_until) from queue where state = 2";

    private readonly List<Worker> _workers = [];
    private DateTimeOffset _renewedAt = clock.GetUtcNow();

    /// <summary>Whether a scheduler runs; a story of downtime stops it.</summary>
    public bool SchedulerRuns { get; set; } = true;

    /// <summary>Whether anybody looks at monitors.</summary>
    public bool MonitorsRun { get; set; } = true;

    public TimeSpan Lease { get; } = TimeSpan.FromSeconds(30);

    public void Add(Worker worker) => _workers.Add(worker);

    /// <summary>From now on nobody drives this worker: it claims, renews and obeys no more.</summary>
    public void Forget(Worker worker) => _workers.Remove(worker);

    /// <summary>Does everything that can be done at this instant.</summary>
    public async Task Settle()
    {
        int done;
        do
        {
            await Story.Idle();
            done = await reaper.DoBatch();
            done += SchedulerRuns ? await scheduler.DoBatch() : 0;
            foreach (var worker in _workers.ToArray())
            {
                await worker.ObeyCancels();
                done += await worker.DoBatch();
            }

            done += MonitorsRun ? await monitors.DoBatch() : 0;
            await Story.Idle();
        } while (done > 0);
    }

    public Task Advance(TimeSpan time) => Until(clock.GetUtcNow() + time);

    public async Task Until(DateTimeOffset end)
    {
        await Settle();
        while (clock.GetUtcNow() < end)
        {
            var next = await NextInstant();
            clock.MoveTo(next < end ? next.Value : end);
            if (clock.GetUtcNow() - _renewedAt >= Lease / 3)
            {
                await Renew();
            }

            await Settle();
        }
    }

    private async Task Renew()
    {
        _renewedAt = clock.GetUtcNow();
        foreach (var worker in _workers)
        {
            await worker.Renew();
        }
    }

    private async Task<DateTimeOffset?> NextInstant()
    {
        var due = SchedulerRuns ? await db.Read(TaskStore.NextDue) : null;
        var look = MonitorsRun ? await db.Read(MonitorStore.OldestDue) : null;
        var delayed = await db.Read(LeaseStore.NextDelayed);
        var leaseEnd = await db.Read(session => session.First(SelectLeaseEnd, row => row.InstantOrNull(0)));
        DateTimeOffset? renewal = _workers.Any(worker => worker.Running > 0) ? _renewedAt + Lease / 3 : null;
        var now = clock.GetUtcNow();
        return new[] { due, look, delayed, leaseEnd, renewal, clock.NextAlarm }.Where(instant => instant > now).Min();
    }
}
