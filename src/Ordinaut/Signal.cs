namespace Ordinaut;

/// <summary>
/// A wake-up within the process: something new is there, look now. Only a hint; whoever waits also polls, so a
/// lost signal costs time, never work.
/// </summary>
internal sealed class Signal(TimeProvider clock)
{
    private volatile TaskCompletionSource _next = New();

    public void Set() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>A task that completes at the next <see cref="Set"/>. Take it before looking, wait on it after.</summary>
    public Task Next() => _next.Task;

    /// <summary>Waits until <paramref name="signal"/> completes or <paramref name="limit"/> has passed.</summary>
    public async Task Wait(Task signal, TimeSpan limit, CancellationToken ct)
    {
        if (limit <= TimeSpan.Zero || signal.IsCompleted)
        {
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var delay = Task.Delay(limit, clock, timeout.Token);
        await Task.WhenAny(signal, delay);
        await timeout.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
