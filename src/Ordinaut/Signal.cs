namespace Ordinaut;

/// <summary>
/// A wake-up: something new is there, look now. Only a hint; whoever waits also polls, so a
/// lost signal costs time, never work.
/// </summary>
internal sealed class Signal(TimeProvider clock)
{
    private readonly Lock _turn = new();
    private readonly HashSet<TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _next = New();

    /// <summary>Hears of each <see cref="Set"/>: who carries it to other nodes.</summary>
    public Action? Heard { get; set; }

    public void Set()
    {
        Heard?.Invoke();
        Ring();
    }

    /// <summary>Wakes who waits in this process.</summary>
    public void Ring()
    {
        TaskCompletionSource[] woken;
        lock (_turn)
        {
            woken = [_next, .. _waiting];
            _waiting.Clear();
            _next = New();
        }

        foreach (var waiter in woken)
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>
    /// A task that completes at the next <see cref="Set"/>. Take it before looking, wait on it after.
    /// </summary>
    public Task Next()
    {
        lock (_turn)
        {
            return _next.Task;
        }
    }

    /// <summary>Waits until <paramref name="signal"/> completes or <paramref name="limit"/> has passed.</summary>
    /// <remarks>
    /// Signal, timer and cancellation meet in one source that is awaited directly. <c>Task.WhenAny</c> and
    /// <c>CancelAsync</c> would hop over a pool thread, and the simulator owns the continuation's thread.
    /// </remarks>
    public async Task Wait(Task signal, TimeSpan limit, CancellationToken ct)
    {
        var woken = New();
        lock (_turn)
        {
            if (limit <= TimeSpan.Zero || signal.IsCompleted)
            {
                return;
            }

            _waiting.Add(woken);
        }

        try
        {
            await using var stop = ct.UnsafeRegister(
                static state => ((TaskCompletionSource)state!).TrySetResult(),
                woken
            );
            await using var timer = clock.CreateTimer(
                static state => ((TaskCompletionSource)state!).TrySetResult(),
                woken,
                limit,
                Timeout.InfiniteTimeSpan
            );
            await woken.Task;
        }
        finally
        {
            lock (_turn)
            {
                _waiting.Remove(woken);
            }
        }

        ct.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
