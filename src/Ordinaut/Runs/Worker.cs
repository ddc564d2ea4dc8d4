using Ordinaut.Store;

namespace Ordinaut.Runs;

/// <summary>
/// Loop: claim, run, renew. Holds as many runs at once as it has slots; a run that waits for the network holds no
/// thread. On stop it claims no more, lets runs finish for a grace, and hands the rest back.
/// </summary>
internal sealed partial class Worker(
    Db db,
    RunExecutor executor,
    Signals signals,
    WorkerSettings settings,
    TimeProvider clock,
    ILogger<Worker> log
) : BackgroundService
{
    /// <summary>The most runs one claim takes.</summary>
    public const int ClaimBatch = 256;

    /// <summary>The longest sleep between looks at the queue.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    /// <summary>How much earlier than the database a worker considers its lease over.</summary>
    public static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>How late a run may learn that its lease is over; well within <see cref="LeaseMargin"/>.</summary>
    private static readonly TimeSpan DeadlineCheck = TimeSpan.FromMilliseconds(250);

    private readonly ClaimDesk _desk = new(settings, clock);
    private volatile bool _draining;

    public int Running => Slots.Count;

    public WorkerSettings Settings => settings;

    /// <summary>When this loop last looked for work; the health report says so.</summary>
    public DateTimeOffset? LastLookAt { get; private set; }

    /// <summary>Claims what there are slots for and starts it; returns how many runs it took.</summary>
    public async Task<int> DoBatch()
    {
        var free = Free();
        if (free <= 0 || _draining)
        {
            return 0;
        }

        var deadline = settings.LeaseDeadline(clock);
        var claimed = await db.Write(session => _desk.Claim(session, free));
        _desk.Commit(claimed.Count == free);
        await executor.Prepare(claimed);
        foreach (var run in claimed)
        {
            Meters.RunStarted(run.Lag);
            var slot = new RunSlot(run, deadline);
            Slots.Take(slot);
            _ = Run(slot);
        }

        return claimed.Count;
    }

    /// <summary>Renews every lease and stops the runs that are no longer this worker's or are to be canceled.</summary>
    public async Task Renew()
    {
        var deadline = settings.LeaseDeadline(clock);
        // Taken before the write: a run claimed meanwhile has its own deadline, and is not missed for lost.
        var slots = Slots.All;
        if (slots.Count == 0)
        {
            return;
        }

        var runs = slots.ConvertAll(slot => slot.Run);
        var held = await db.Write(session => LeaseStore.Renew(session, runs, settings.Lease), Lane.Urgent);
        var byId = held.ToDictionary(lease => lease.RunId);
        foreach (var slot in slots)
        {
            if (!byId.TryGetValue(slot.Run.Id, out var lease))
            {
                slot.Stop(StopReason.LeaseLost);
                continue;
            }

            slot.LeaseDeadline = deadline;
            if (lease.CancelRequested)
            {
                slot.Stop(StopReason.Canceled);
            }
        }
    }

    /// <summary>Stops the runs that someone asked to cancel.</summary>
    public async Task ObeyCancels()
    {
        if (Slots.IsEmpty)
        {
            return;
        }

        foreach (var lease in await db.Read(session => LeaseStore.CancelRequests(session, settings.Name)))
        {
            if (Slots.Find(lease.RunId) is { } slot && slot.Run.Epoch == lease.Epoch)
            {
                slot.Stop(StopReason.Canceled);
            }
        }
    }

    /// <summary>
    /// Lets running runs end, at most for the grace, then hands the rest back to the queue. Their leases are kept
    /// meanwhile: the grace may be longer than a lease.
    /// </summary>
    public async Task Drain(CancellationToken ct)
    {
        _draining = true;
        await WaitForSlots(settings.DrainGrace, ct);
        Slots.StopAll(StopReason.Stopping);
        await WaitForSlots(LeaseMargin, ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Drain(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task[] loops =
        [
            Repeat(ClaimUntilIdle, stoppingToken),
            Repeat(KeepLeases, stoppingToken),
            Repeat(WatchCancels, stoppingToken),
            Repeat(WatchDeadlines, stoppingToken),
        ];
        // A loop that ends by a defect ends the process, rather than leave a worker that only looks healthy.
        await await Task.WhenAny(loops);
        await Task.WhenAll(loops);
    }

    private async Task ClaimUntilIdle(CancellationToken ct)
    {
        var signal = signals.Queue.Next();
        var freed = Slots.NextFreed();
        var wanted = Free();
        LastLookAt = clock.GetUtcNow();
        if (await DoBatch() is > 0 and var taken)
        {
            if (taken == wanted)
            {
                // There is more than there are slots. A claim of one costs as much as a claim of many: wait a moment.
                await Slots.WaitFor(Math.Min(settings.Slots, ClaimBatch) / 2, WorkerSettings.LongestLinger, ct);
            }

            return;
        }

        if (Slots.Free <= 0)
        {
            await Slots.Wait(freed, PollLimit, ct);
            return;
        }

        await signals.Queue.Wait(signal, await Idle(), ct);
    }

    private RunSlots Slots => _desk.Slots;

    private int Free() => Math.Min(Slots.Free, ClaimBatch);

    private async Task KeepLeases(CancellationToken ct)
    {
        await Task.Delay(settings.Lease / 3, clock, ct);
        await Renew();
    }

    private async Task WatchCancels(CancellationToken ct)
    {
        var signal = signals.Cancel.Next();
        await ObeyCancels();
        await signals.Cancel.Wait(signal, PollLimit, ct);
    }

    /// <summary>
    /// A network that drops in silence lets a renewal hang for longer than the lease: the deadline waits for no answer.
    /// </summary>
    private async Task WatchDeadlines(CancellationToken ct)
    {
        await Task.Delay(DeadlineCheck, clock, ct);
        Slots.StopExpired();
    }

    private async Task WaitForSlots(TimeSpan limit, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var renewed = TimeSpan.Zero;
        var renewal = Task.CompletedTask;
        for (var freed = Slots.NextFreed(); !Slots.IsEmpty && !ct.IsCancellationRequested; freed = Slots.NextFreed())
        {
            var passed = clock.GetElapsedTime(began);
            if (passed >= limit)
            {
                return;
            }

            if (passed - renewed >= settings.Lease / 3 && renewal.IsCompleted)
            {
                renewed = passed;
                // Not waited for: a database that does not answer does not keep a process that stops.
                renewal = RenewIfPossible();
            }

            Slots.StopExpired();
            var left = limit - passed;
            await Slots.Wait(freed, left < DeadlineCheck ? left : DeadlineCheck, CancellationToken.None);
        }
    }

    private async Task RenewIfPossible()
    {
        try
        {
            await Renew();
        }
        catch (Problem problem)
        {
            Halted(problem);
        }
    }

    private async Task Run(RunSlot slot)
    {
        try
        {
            // The claim loop goes on at once; a run never occupies it.
            await Task.Yield();
            await executor.Execute(slot);
        }
        catch (Exception failure)
        {
            // A broken invariant stops this run, not its neighbours; the lease runs out and the reaper counts it.
            Log.Crashed(log, slot.Run.Id, failure);
        }
        finally
        {
            if (Slots.Release(slot))
            {
                // The next of that agent's runs may have waited for this one, and nobody else would say so.
                signals.Queue.Ring();
            }
        }
    }

    private Task Repeat(Func<CancellationToken, Task> once, CancellationToken stoppingToken) =>
        Loop.Repeat(once, Halted, AfterFailure, clock, stoppingToken);

    private void Halted(Problem problem)
    {
        Loop.Tell(log, "worker")(problem);
        // No lease can be renewed: what is past its deadline stops.
        Slots.StopExpired();
    }

    private async Task<TimeSpan> Idle()
    {
        if (_desk.Rest is { Ticks: > 0 } rest)
        {
            // Who is not known to the desk, and what comes due, waits for its next look.
            return rest;
        }

        var next = await db.Read(LeaseStore.NextDelayed);
        var idle = next - db.Now() ?? PollLimit;
        return idle < PollLimit ? idle : PollLimit;
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "run.crashed: run {RunId}")]
        public static partial void Crashed(ILogger log, Guid runId, Exception failure);
    }
}
