namespace Ordinaut.Runs;

/// <summary>A run in this worker's hands: its lease, its deadline, and the way to stop it.</summary>
internal sealed class RunSlot : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _reason;

    public RunSlot(QueuedRun run, long leaseDeadline)
    {
        Run = run;
        LeaseDeadline = leaseDeadline;
    }

    public QueuedRun Run { get; }

    /// <summary>A monotonic timestamp, earlier than the lease's end in the database: no step begins after it.</summary>
    public long LeaseDeadline { get; set; }

    /// <summary>Why the run was stopped; <see cref="StopReason.None"/> while it may go on.</summary>
    public StopReason Reason => (StopReason)_reason;

    public CancellationToken Token => _stop.Token;

    /// <summary>Stops the run; the first reason stands.</summary>
    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) != (int)StopReason.None)
        {
            return;
        }

        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended by itself while someone decided to stop it.
        }
    }

    public void Dispose() => _stop.Dispose();
}

internal enum StopReason
{
    None,

    /// <summary>Someone asked for it.</summary>
    Canceled,

    /// <summary>The lease ran out or went to another worker: write nothing.</summary>
    LeaseLost,

    /// <summary>The process stops and the grace is over: hand the run back.</summary>
    Stopping,
}
