using Ordinaut.Store;

namespace Ordinaut.Tests.Runs;

/// <summary>
/// Plays a test on one thread: whatever is awaited comes back here, so "nothing is left to do" is a fact and not a
/// guess, and the same story takes the same course every time.
/// </summary>
internal sealed class Story : SynchronizationContext
{
    /// <summary>How long a story may hang on work outside its thread; only a defect takes so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly object _turn = new();
    private readonly Queue<(SendOrPostCallback Work, object? State)> _posted = new();
    private readonly Queue<TaskCompletionSource> _waitForIdle = new();
    private readonly List<TaskCompletionSource> _watchers = [];
    private int _outside;

    private Story() { }

    /// <summary>The database the stories of this thread are told on; SQLite in memory when null.</summary>
    [field: ThreadStatic]
    public static Func<TimeProvider, Db>? Told { get; set; }

    public static void Play(Func<CoreBundle, Task> tell) => Play(CoreBundle.Monday, tell);

    public static void Play(string start, Func<CoreBundle, Task> tell)
    {
        var before = Current;
        var story = new Story();
        SetSynchronizationContext(story);
        try
        {
            using var core = new CoreBundle(start);
            var told = tell(core);
            story.Pump(told);
            told.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>
    /// Awaits what goes on outside the story's thread, such as the network: until it ends the story is not idle, so
    /// its time stands still.
    /// </summary>
    public static async Task<T> Outside<T>(ValueTask<T> work)
    {
        var story = (Story)Current!;
        story._outside++;
        try
        {
            return await work;
        }
        finally
        {
            story._outside--;
        }
    }

    /// <summary>Completes when everything that could go on without time passing has gone on.</summary>
    public static Task Idle()
    {
        var story = (Story)Current!;
        var idle = new TaskCompletionSource();
        story._waitForIdle.Enqueue(idle);
        return idle.Task;
    }

    /// <summary>Completes when the condition is met, though what meets it comes from another thread.</summary>
    public static async Task Until(Func<bool> met)
    {
        while (!met())
        {
            var next = new TaskCompletionSource();
            ((Story)Current!)._watchers.Add(next);
            await next.Task;
        }
    }

    /// <summary>The same for work that must not run on the story's thread.</summary>
    public static Task<T> Outside<T>(Func<Task<T>> work) =>
        Current is Story ? Outside(new ValueTask<T>(Task.Run(work))) : Task.Run(work);

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_turn)
        {
            _posted.Enqueue((d, state));
            Monitor.Pulse(_turn);
        }
    }

    private void Pump(Task told)
    {
        while (!told.IsCompleted)
        {
            if (Take(out var next))
            {
                next.Work(next.State);
                Watch();
            }
            else if (_outside == 0 && _waitForIdle.TryDequeue(out var idle))
            {
                idle.SetResult();
            }
            else if (!Arrives())
            {
                throw new TimeoutException("The story waits for something that does not come.");
            }
        }
    }

    private void Watch()
    {
        var watchers = _watchers.ToArray();
        _watchers.Clear();
        foreach (var watcher in watchers)
        {
            watcher.SetResult();
        }
    }

    private bool Arrives()
    {
        lock (_turn)
        {
            return _posted.Count > 0 || Monitor.Wait(_turn, Patience);
        }
    }

    private bool Take(out (SendOrPostCallback Work, object? State) next)
    {
        lock (_turn)
        {
            return _posted.TryDequeue(out next);
        }
    }
}
