using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// One seed: nodes, people and faults on one database in virtual time. First everything goes wrong, then nothing
/// does and all work must end; then the checkers read the history.
/// </summary>
internal sealed class Simulation
{
    private const string CountQueue = "select count(*) from queue";

    private static readonly TimeSpan LivenessLimit = TimeSpan.FromMinutes(30);

    private readonly DbClock _dbClock;
    private readonly List<SimNode> _nodes = [];
    private readonly List<string> _violations = [];
    private readonly SortedDictionary<Faults, int> _struck = [];
    private readonly Dictionary<Guid, int> _retriesByPeople = [];
    private readonly SimPeople _people;
    private bool _faultsOn = true;
    private bool _isDark;
    private TimeSpan? _leaptAt;
    private int _incarnations;

    private Simulation(SimOptions options)
    {
        Options = options;
        World = new World(options.Seed);
        _dbClock = new DbClock(World);
        Db = Db.InMemory(_dbClock, options.Mutant.Rewrite).GetAwaiter().GetResult();
        Db.Write(History.Record).GetAwaiter().GetResult();
        var owner = Agent.New(Owner.AgentId, new AgentInput("owner"), AllScopes, Now);
        Db.Write(session => AgentStore.Insert(session, owner)).GetAwaiter().GetResult();
        Sink = new Sink(World, this);
        _people = new SimPeople(this);
    }

    public SimOptions Options { get; }

    public World World { get; }

    public Db Db { get; }

    public Sink Sink { get; }

    public Caller Owner { get; } = new(new Guid("00000000-0000-7000-8000-00000000000a"), AllScopes);

    public bool IsStoreOut { get; private set; }

    public DateTimeOffset Now => Db.Now();

    /// <summary>
    /// A database clock that jumped forward, or caught up after it was set back, ended leases without warning: of what
    /// was held then, only the fence of the save can tell.
    /// </summary>
    public bool HasLeapt => _leaptAt is { } at && World.Elapsed - at <= Options.Lease;

    /// <summary>Nodes that take requests now.</summary>
    public IReadOnlyList<SimNode> Up => [.. _nodes.Where(node => node.IsUp)];

    private static Scope AllScopes => Enum.GetValues<Scope>().Where(s => s != Scope.Admin).Aggregate((a, b) => a | b);

    public static SimReport Run(SimOptions options)
    {
        var simulation = new Simulation(options);
        try
        {
            return simulation.Run();
        }
        finally
        {
            simulation.Db.Dispose();
        }
    }

    public T? Read<T>(Func<Session, ValueTask<T>> work) => Db.Read(work).GetAwaiter().GetResult();

    public bool Strikes(Faults fault) => _faultsOn && Options.Has(fault);

    public void Count(Faults fault) => _struck[fault] = _struck.GetValueOrDefault(fault) + 1;

    public void Violate(string what)
    {
        if (_violations.Count < 20)
        {
            _violations.Add($"at {World.Elapsed}: {what}");
        }
    }

    public int RetriesByPeople(Guid runId) => _retriesByPeople.GetValueOrDefault(runId);

    public void CountRetry(Guid runId) => _retriesByPeople[runId] = RetriesByPeople(runId) + 1;

    /// <summary>Another process takes a dead one's place after a while, under a name that was never used.</summary>
    public void Replace(SimNode dead)
    {
        _nodes.Remove(dead);
        World.At(World.About(TimeSpan.FromSeconds(4)), StartNode);
    }

    /// <summary>The process stands still for up to three leases, and does not know it when it goes on.</summary>
    public void Freeze(SimNode node)
    {
        if (!node.Strand.IsFrozen)
        {
            Count(Faults.NodeFreeze);
            node.Strand.Freeze();
            World.At(World.UpTo(Options.Lease * 3), node.Strand.Thaw);
        }
    }

    private SimReport Run()
    {
        for (var i = 0; i < Options.Nodes; i++)
        {
            StartNode();
        }

        _people.Start();
        World.At(World.About(Options.BetweenFaults), StrikeWorld);
        World.RunFor(Options.Safety);
        EndFaults();
        RequireEnd();
        var lines = Read(History.Read)!;
        var ledger = new LedgerCheck(lines, Instants.ToMicroseconds(Now), Violate);
        ledger.Check();
        new RunCheck(lines, Violate).Check();
        new EventCheck(lines, Violate).Check();
        _people.CheckAcknowledged(lines, Violate);
        return new SimReport(Options, _violations, _struck)
        {
            Occurrences = ledger.Occurrences,
            Runs = lines.LongCount(line => line.Kind == "run+"),
            Calls = Sink.Calls,
            Repeats = Sink.Repeats,
            Virtual = World.Elapsed,
            Hash = History.Hash(lines),
        };
    }

    private void StartNode()
    {
        if (_isDark)
        {
            World.At(TimeSpan.FromSeconds(1), StartNode);
            return;
        }

        var node = new SimNode(this, $"node-{++_incarnations}");
        _nodes.Add(node);
        node.Start();
    }

    private void EndFaults()
    {
        if (Options.Has(Faults.Blackout))
        {
            Count(Faults.Blackout);
            _isDark = true;
            _nodes.ToList().ForEach(node => node.Die());
            World.RunFor(Options.Darkness);
            _isDark = false;
        }

        _faultsOn = false;
        IsStoreOut = false;
        CatchUp();
        _nodes.ForEach(node => node.Strand.Thaw());
        World.RunFor(TimeSpan.FromMinutes(1));
        _people.PauseAll();
    }

    /// <summary>Liveness: with the faults gone, whatever was due ends.</summary>
    private void RequireEnd()
    {
        var limit = World.Elapsed + LivenessLimit;
        var left = Queued();
        while (left > 0 && World.Elapsed < limit)
        {
            World.RunFor(TimeSpan.FromSeconds(5));
            left = Queued();
        }

        if (left > 0)
        {
            Violate($"{left} runs have not ended {LivenessLimit} after the last fault");
        }

        // What is to be skipped while paused is skipped when its jitter is over.
        World.RunFor(TimeSpan.FromMinutes(4));
    }

    private long Queued() => Read(session => session.First(CountQueue, row => row.Long(0)));

    private void StrikeWorld()
    {
        if (!_faultsOn)
        {
            return;
        }

        World.At(World.About(Options.BetweenFaults), StrikeWorld);
        var fault = (Faults)(1 << World.Random.Next(19));
        if (Options.Has(fault) && Up is { Count: > 0 } up)
        {
            Strike(fault, up[World.Random.Next(up.Count)]);
        }
    }

    private void Strike(Faults fault, SimNode node)
    {
        switch (fault)
        {
            case Faults.NodeDeath:
                node.Die();
                break;
            case Faults.NodeFreeze:
                Freeze(node);
                return;
            case Faults.GracefulStop:
                node.Stop();
                break;
            case Faults.SpuriousSignals:
                node.Strand.Post(_ => SetAll(node.Signals), null);
                break;
            case Faults.ClockBack:
                _dbClock.Back = World.UpTo(TimeSpan.FromMinutes(10));
                World.At(World.UpTo(TimeSpan.FromSeconds(40)), CatchUp);
                break;
            case Faults.ClockForward:
                _dbClock.Ahead += World.UpTo(TimeSpan.FromMinutes(2));
                _leaptAt = World.Elapsed;
                break;
            case Faults.StoreOutage:
                IsStoreOut = true;
                World.At(World.UpTo(TimeSpan.FromSeconds(40)), () => IsStoreOut = false);
                break;
            default:
                return;
        }

        Count(fault);
    }

    private void CatchUp()
    {
        if (_dbClock.Back > TimeSpan.Zero)
        {
            (_dbClock.Back, _leaptAt) = (TimeSpan.Zero, World.Elapsed);
        }
    }

    private static void SetAll(Signals signals)
    {
        signals.Schedule.Set();
        signals.Queue.Set();
        signals.Cancel.Set();
    }

    /// <summary>The database's wall clock: it is set back for a while, or jumps ahead for good.</summary>
    private sealed class DbClock(World world) : TimeProvider
    {
        public TimeSpan Back { get; set; }

        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => world.Now + Ahead - Back;
    }
}

/// <summary>What one seed came to.</summary>
internal sealed record SimReport(
    SimOptions Options,
    IReadOnlyList<string> Violations,
    IReadOnlyDictionary<Faults, int> Struck
)
{
    /// <summary>Nominal occurrences accounted for, of schedules, events, people and conditions.</summary>
    public required long Occurrences { get; init; }

    public required long Runs { get; init; }

    public required int Calls { get; init; }

    /// <summary>Keyed effects that were tried again with the same key.</summary>
    public required int Repeats { get; init; }

    public required TimeSpan Virtual { get; init; }

    public required string Hash { get; init; }

    public override string ToString() =>
        $"{Options}\n{Occurrences} occurrences, {Runs} runs, {Calls} calls, {Repeats} repeated with their key, "
        + $"{Virtual} of virtual time, history {Hash[..12]}, faults "
        + string.Join(", ", Struck.Select(struck => $"{struck.Key} {struck.Value}"))
        + string.Concat(Violations.Select(violation => $"\n  VIOLATION {violation}"));
}
