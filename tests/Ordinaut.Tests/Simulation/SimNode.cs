using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Events;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Simulation;

/// <summary>
/// One process of the program, put together as the real one is: scheduler, worker, reaper and the operations, with
/// its own ids, caches and wake-ups, on the database that all share.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A process that dies disposes of nothing.")]
internal sealed class SimNode
{
    private static readonly MethodInfo ExecuteAsync = typeof(BackgroundService).GetMethod(
        "ExecuteAsync",
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private readonly Worker _worker;
    private readonly Scheduler _scheduler;
    private readonly Reaper _reaper;

    public SimNode(Simulation simulation, string name)
    {
        Simulation = simulation;
        WorkerName = name;
        Strand = new Strand(simulation.World, name);
        Clock = simulation.Options.Mutant.Clock(simulation.World, Strand);
        Clock.Skew = simulation.Strikes(Faults.NodeClockSkew) ? Skewed(simulation.World) : TimeSpan.Zero;
        Signals = new Signals(Clock);
        var told = simulation.Options.Has(Faults.LostSignals) ? new Signals(Clock) : Signals;
        var db = simulation.Db.WithEdge(edge => CommitPort.Strike(this, edge, isUser: false));
        var ids = new Ids(Clock, new Random(simulation.World.Random.Next()));
        var plans = new SchedulePlans();
        EventLog events = null!;
        var intake = new RunIntake(ids, () => events);
        events = new EventLog(ids, intake);
        var occurrences = new Occurrences(plans, intake, events);
        var catalog = new ToolCatalog(SimTool.All(this));
        var redactor = new Redactor();
        var secrets = new SecretDesk(db, new KeyRing(new GivenKeys([])), redactor);
        var invoker = new ToolInvoker(catalog, redactor, Clock, Log<ToolInvoker>());
        var recorder = new RunRecorder(db, events, new LiveFeed(), told, ids);
        var tools = new OwnerTools(catalog, invoker, new AgentDirectory(db, told, Clock), secrets);
        var check = new ConditionCheck(db, plans, intake, tools, told);
        var runPlans = new RunPlans(db, catalog);
        var executor = new RunExecutor(
            db,
            runPlans,
            recorder,
            check,
            tools,
            new(PipelineLimits.RunBytes),
            Clock,
            Log<RunExecutor>()
        );
        var settings = new WorkerSettings(
            name,
            simulation.Options.Slots,
            simulation.Options.Lease,
            simulation.Options.Grace
        )
        {
            SlotsOfAgent = simulation.Options.SlotsOfAgent,
        };
        _worker = new Worker(db, executor, Signals, settings, Clock, Log<Worker>());
        _reaper = new Reaper(db, recorder, told, settings, Clock, Log<Reaper>());
        _scheduler = new Scheduler(db, occurrences, Signals, Clock, Log<Scheduler>());
        Operations = new SimOperations(
            this,
            new SimParts(catalog, plans, intake, events, recorder, told, ids, occurrences)
        );
    }

    public Simulation Simulation { get; }

    public string WorkerName { get; }

    public Strand Strand { get; }

    public SimClock Clock { get; }

    public Signals Signals { get; }

    public SimOperations Operations { get; }

    public bool IsUp => !Strand.IsDead && !Strand.IsFrozen && !_stopping.IsCancellationRequested;

    public void Start()
    {
        foreach (var loop in new BackgroundService[] { _scheduler, _worker, _reaper })
        {
            // StartAsync would begin on a pool thread.
            Strand.Start(
                () => Keep((Task)ExecuteAsync.Invoke(loop, [_stopping.Token])!),
                failure => Ended(loop, failure)
            );
        }
    }

    /// <summary>The process is gone at this instant; another one takes its place after a while.</summary>
    public void Die()
    {
        if (!Strand.IsDead)
        {
            Strand.Kill();
            Simulation.Replace(this);
        }
    }

    /// <summary>The process is asked to stop: no new work, a grace for what runs, the rest goes back.</summary>
    public void Stop() =>
        Strand.Start(
            async () =>
            {
                _stopping.Cancel();
                await Task.WhenAll(_loops);
                await _worker.StopAsync(CancellationToken.None);
                Die();
            },
            failure => Simulation.Violate($"{WorkerName} could not stop: {failure}")
        );

    private Task Keep(Task loop)
    {
        _loops.Add(loop);
        return loop;
    }

    private void Ended(BackgroundService loop, Exception failure)
    {
        if (!Strand.IsDead)
        {
            Simulation.Violate($"the loop {loop.GetType().Name} of {WorkerName} died: {failure}");
        }
    }

    private SimLog<T> Log<T>() => new(Simulation);

    private static TimeSpan Skewed(World world) => world.UpTo(TimeSpan.FromHours(2)) - TimeSpan.FromHours(1);
}

/// <summary>An error in the log is a broken invariant; warnings are the faults at work.</summary>
internal sealed class SimLog<T>(Simulation simulation) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel >= LogLevel.Error)
        {
            simulation.Violate($"logged: {formatter(state, exception)} {exception}");
        }
    }
}

/// <summary>The parts of a node that its operations share with its loops.</summary>
internal sealed record SimParts(
    ToolCatalog Catalog,
    SchedulePlans Plans,
    RunIntake Intake,
    EventLog Events,
    RunRecorder Recorder,
    Signals Signals,
    Ids Ids,
    Occurrences Occurrences
);

/// <summary>What people do through one node. Their connection breaks when it dies.</summary>
internal sealed class SimOperations
{
    public SimOperations(SimNode node, SimParts parts)
    {
        var db = node.Simulation.Db.WithEdge(edge => CommitPort.Strike(node, edge, isUser: true));
        var audit = new AuditLog(parts.Ids);
        var changes = new Changes(db);
        var views = new TaskViews(parts.Plans);
        var journal = new TaskJournal(audit, parts.Events, parts.Occurrences, parts.Recorder);
        var drafts = new TaskDrafts(parts.Catalog, new TaskDefaults("UTC", db.Now));
        var proposals = new Proposals(parts.Catalog, parts.Plans);
        var newTasks = new NewTasks(views, journal, proposals, new TaskQuotas(new TaskLimits()), parts.Ids);
        var edits = new TaskEdits(journal, proposals);
        Tasks = new TaskOperations(db, changes, drafts, views, journal, newTasks, edits, parts.Signals);
        var requests = new RunRequests(parts.Intake, journal, parts.Ids);
        Control = new TaskControl(
            changes,
            views,
            journal,
            parts.Plans,
            parts.Intake,
            requests,
            parts.Signals,
            parts.Ids
        );
        Runs = new RunOperations(db, changes, audit, parts.Recorder, parts.Intake, parts.Signals, parts.Ids);
        Events = new EventOperations(db, changes, parts.Events, audit, parts.Signals);
    }

    public TaskOperations Tasks { get; }

    public TaskControl Control { get; }

    public RunOperations Runs { get; }

    public EventOperations Events { get; }
}

/// <summary>The fault port around each commit of a node.</summary>
internal static class CommitPort
{
    private static readonly (Faults Fault, CommitEdge Edge)[] Kinds =
    [
        (Faults.CrashBeforeCommit, CommitEdge.Before),
        (Faults.StoreRefuses, CommitEdge.Before),
        (Faults.CrashAfterCommit, CommitEdge.After),
        (Faults.CommitUnknown, CommitEdge.After),
    ];

    public static async ValueTask Strike(SimNode node, CommitEdge edge, bool isUser)
    {
        var simulation = node.Simulation;
        simulation.World.AssertThread();
        simulation.World.RequireProgress();
        await RequireAlive(node, isUser);
        if (simulation.IsStoreOut && edge == CommitEdge.Before)
        {
            throw Unavailable();
        }

        if (simulation.Strikes(Faults.SlowStore) && simulation.World.Chance(0.02))
        {
            simulation.Count(Faults.SlowStore);
            await Task.Delay(simulation.World.UpTo(TimeSpan.FromSeconds(3)), node.Clock);
            await RequireAlive(node, isUser);
        }

        if (
            !isUser
            && simulation.Strikes(Faults.NodeFreeze)
            && simulation.World.Chance(simulation.Options.CommitFaults)
        )
        {
            simulation.Freeze(node);
            // Posted to the frozen strand: it goes on from here when it thaws.
            await Task.Yield();
        }

        foreach (var (fault, _) in Kinds.Where(kind => kind.Edge == edge))
        {
            if (simulation.Strikes(fault) && simulation.World.Chance(simulation.Options.CommitFaults))
            {
                simulation.Count(fault);
                await Fail(node, fault, isUser);
            }
        }
    }

    private static async ValueTask Fail(SimNode node, Faults fault, bool isUser)
    {
        if (fault is Faults.CrashBeforeCommit or Faults.CrashAfterCommit)
        {
            node.Die();
            await RequireAlive(node, isUser);
        }

        throw Unavailable();
    }

    /// <summary>A dead process does nothing more; a person notices that the connection is gone.</summary>
    private static async ValueTask RequireAlive(SimNode node, bool isUser)
    {
        if (node.Strand.IsDead)
        {
            await (isUser ? Task.FromException(Unavailable()) : Strand.Never());
        }
    }

    private static Problem Unavailable() => new(ProblemKind.Unavailable, "The store cannot be reached.");
}
