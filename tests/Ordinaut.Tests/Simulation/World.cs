using System.Diagnostics;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// One thread, one clock, one source of chance: what is ready runs in an order the seed decides, and when nothing
/// is ready, time jumps to the next alarm. Nothing in it waits for real time.
/// </summary>
internal sealed class World(int seed)
{
    private static readonly DateTimeOffset Epoch = new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private const int MaxCommitsAtOnce = 20_000;

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly PriorityQueue<Action, (long Due, int Tie, long Order)> _alarms = new();
    private readonly List<(Strand Strand, SendOrPostCallback Work, object? State)> _ready = [];
    private long _order;
    private long _lastCommit;
    private int _atThisInstant;

    public Random Random { get; } = new(unchecked(seed * (int)0x9E3779B1 + 1));

    /// <summary>Ticks since the world began; the monotonic clock of every node.</summary>
    public long Ticks { get; private set; }

    public DateTimeOffset Now => Epoch.AddTicks(Ticks);

    public TimeSpan Elapsed => TimeSpan.FromTicks(Ticks);

    /// <summary>Every port of the simulation asserts this: a pool thread would be a race nobody can replay.</summary>
    public void AssertThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new UnreachableException($"Work of the simulation ran on another thread.\n{Environment.StackTrace}");
        }
    }

    /// <summary>A loop that never rests would hold virtual time for ever; every commit asks this.</summary>
    public void RequireProgress()
    {
        _atThisInstant = _lastCommit == Ticks ? _atThisInstant + 1 : 0;
        _lastCommit = Ticks;
        if (_atThisInstant > MaxCommitsAtOnce)
        {
            throw new UnreachableException($"Time stands still: {MaxCommitsAtOnce} commits at {Elapsed}.");
        }
    }

    public void At(TimeSpan delay, Action alarm)
    {
        AssertThread();
        _alarms.Enqueue(alarm, (Ticks + Math.Max(0, delay.Ticks), Random.Next(), _order++));
    }

    public void Ready(Strand strand, SendOrPostCallback work, object? state)
    {
        AssertThread();
        _ready.Add((strand, work, state));
    }

    /// <summary>Runs until the condition holds, at most for a stretch of virtual time; false when it ran out.</summary>
    public bool RunUntil(Func<bool> done, TimeSpan limit)
    {
        var end = Ticks + limit.Ticks;
        var before = SynchronizationContext.Current;
        try
        {
            while (!done())
            {
                if (!Step(end))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public void RunFor(TimeSpan stretch) => RunUntil(() => false, stretch);

    public double Chance() => Random.NextDouble();

    public bool Chance(double share) => Random.NextDouble() < share;

    public TimeSpan UpTo(TimeSpan limit) => TimeSpan.FromTicks(Random.NextInt64(limit.Ticks + 1));

    /// <summary>An exponential wait: faults and people come at random, not in step.</summary>
    public TimeSpan About(TimeSpan mean) =>
        TimeSpan.FromTicks((long)(-Math.Log(1 - Random.NextDouble()) * mean.Ticks) + 1);

    private bool Step(long end)
    {
        if (_ready.Count > 0)
        {
            RunOne();
            return true;
        }

        if (!_alarms.TryPeek(out _, out var at) || at.Due > end)
        {
            Ticks = end;
            return false;
        }

        Ticks = at.Due;
        _alarms.Dequeue()();
        return true;
    }

    private void RunOne()
    {
        var chosen = Random.Next(_ready.Count);
        var (strand, work, state) = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        strand.Run(work, state);
    }
}

/// <summary>One process, or one person: its continuations run, wait while it is frozen, or never do.</summary>
internal sealed class Strand(World world, string name) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Work, object? State)> _deferred = [];

    public string Name { get; } = name;

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    public override void Post(SendOrPostCallback d, object? state) => world.Ready(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new UnreachableException("Nothing in the core waits for another thread.");

    public override SynchronizationContext CreateCopy() => this;

    public void Run(SendOrPostCallback work, object? state)
    {
        if (IsDead)
        {
            return;
        }

        if (IsFrozen)
        {
            _deferred.Add((work, state));
            return;
        }

        SetSynchronizationContext(this);
        work(state);
    }

    /// <summary>Starts work on this strand; what it throws is told, never lost.</summary>
    public void Start(Func<Task> work, Action<Exception> failed) =>
        Post(
            async _ =>
            {
                try
                {
                    await work();
                }
                catch (Exception failure)
                {
                    failed(failure);
                }
            },
            null
        );

    public void Kill() => IsDead = true;

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        foreach (var (work, state) in _deferred)
        {
            Post(work, state);
        }

        _deferred.Clear();
    }

    /// <summary>What a dead process does next.</summary>
    public static Task Never() => new TaskCompletionSource().Task;
}
