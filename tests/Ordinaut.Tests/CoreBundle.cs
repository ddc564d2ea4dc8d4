using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Agents;
using Ordinaut.Approvals;
using Ordinaut.Audit;
using Ordinaut.Calendars;
using Ordinaut.Events;
using Ordinaut.Models;
using Ordinaut.Monitors;
using Ordinaut.Playground;
using Ordinaut.Runs;
using Ordinaut.Secrets;
using Ordinaut.Store;
using Ordinaut.Tasks;
using Ordinaut.Tests.Runs;
using Ordinaut.Tests.Webhooks;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;
using Ordinaut.Webhooks;

namespace Ordinaut.Tests;

/// <summary>
/// The program without its faces: the shipped classes over a database in memory, virtual time, and agents Ann, Bob
/// and an admin. One for each story.
/// </summary>
internal sealed class CoreBundle : IDisposable
{
    /// <summary>2027-01-04, a Monday, at midnight in UTC.</summary>
    public const string Monday = "2027-01-04T00:00:00Z";

    /// <summary>What a run may keep of its steps; small, for the tests at its edge.</summary>
    public const int RunBytes = 1024 * 1024;

    private const string ScopesOfAgents =
        "tasks:create tasks:read tasks:update tasks:delete tasks:run runs:read runs:manage "
        + "events:publish events:read tools:use";

    /// <summary>What secrets are under; nodes that share a database have the same.</summary>
    private static readonly SecretKey Key = SecretKey.Make();

    private const string InsertAgent = """
        insert into agent (id, name, scopes, status, created_at, updated_at)
        values (@id, @name, @scopes, 'active', @now, @now) on conflict (name) do nothing
        """;

    private const string SelectAgent = "select id from agent where name = @name";
    private const string UpdateScopes = "update agent set scopes = @scopes where id = @id";

    private const string SelectAudit = "select action from audit where subject_id = @subject_id order by at, id";

    // Loopback is where a test's servers are. Its clock is the real one: connecting takes real time.
    private readonly Egress _egress = new(
        EgressAllow.Parse("127.0.0.1"),
        EgressNetwork.Real,
        TimeProvider.System,
        NullLogger<Egress>.Instance
    );

    private readonly RunExecutor _executor;
    private readonly Reaper _reaper;

    public CoreBundle(string start)
        : this(new StoryClock(At(start)), new Random(7), null) { }

    /// <summary>A node beside others: on their database, in their time, with ids that threads may share.</summary>
    public CoreBundle(StoryClock clock, Db db)
        : this(clock, Random.Shared, db) { }

    private CoreBundle(StoryClock clock, Random random, Db? db)
    {
        Clock = clock;
        Db = db ?? Story.Told?.Invoke(Clock) ?? Db.InMemory(Clock).GetAwaiter().GetResult();
        Ids = new Ids(Clock, random);
        Signals = new Signals(Clock);
        EventLog log = null!;
        var limits = new TaskLimits();
        Intake = new RunIntake(Ids, () => log, new FireBudget(limits));
        log = new EventLog(Ids, Intake);
        var audit = new AuditLog(Ids);
        var changes = new Changes(Db);
        var plans = new SchedulePlans();
        var recorder = Recorder = new RunRecorder(Db, log, Feed, Signals, Ids);
        Occurrences = new Occurrences(plans, Intake, log);
        var journal = Journal = new TaskJournal(audit, log, Occurrences, recorder);
        var views = new TaskViews(plans);
        var rights = new OwnerRights(Db);
        var requests = new RunRequests(Intake, journal, Ids);
        Control = new TaskControl(changes, views, journal, plans, Intake, requests, Signals, Ids);
        Events = new EventOperations(Db, changes, log, audit, Signals);
        Catalog = new ToolCatalog(AllTools(rights, log));
        var defaults = new TaskDefaults("UTC", Db.Now);
        Drafts = new TaskDrafts(Catalog, defaults);
        var proposals = new Proposals(Catalog, plans);
        var newTasks = new NewTasks(views, journal, proposals, new TaskQuotas(limits), Ids);
        var edits = Edits = new TaskEdits(journal, proposals);
        Tasks = new TaskOperations(Db, changes, Drafts, views, journal, newTasks, edits, Signals);
        var shown = new ProposalViews(proposals, new TokenLimits(1_000_000));
        Proposals = new ProposalOperations(Db, changes, shown, edits, views, journal, Signals);
        History = new TaskHistory(Db, plans);
        Runs = new RunOperations(Db, changes, audit, recorder, Intake, Signals, Ids);
        Calendars = new CalendarOperations(Db, changes, audit);
        Approvals = new ApprovalOperations(Db, changes, audit, log, Signals);
        SignalDesk = new SignalOperations(Db, Signals);
        var redactor = new Redactor();
        var keys = new KeyRing(new GivenKeys([Key]));
        Secrets = new SecretOperations(Db, changes, audit, keys);
        var invoker = new ToolInvoker(Catalog, redactor, Clock, NullLogger<ToolInvoker>.Instance);
        Playground = new PlaygroundOperations(Db, Catalog, invoker, audit, Ids, Clock);
        Directory = new AgentDirectory(Db, Signals, Clock);
        Agents = new AgentOperations(Db, changes, Directory, audit, defaults, Signals, Ids);
        var tools = new OwnerTools(Catalog, invoker, Directory, new SecretDesk(Db, keys, redactor));
        var check = new ConditionCheck(Db, plans, Intake, tools, Signals);
        Plans = new RunPlans(Db, Catalog);
        var logger = NullLogger<RunExecutor>.Instance;
        _executor = new RunExecutor(Db, Plans, recorder, check, tools, new(RunBytes), Clock, logger);
        var alerts = new Alerts(audit, log, Ids);
        (Webhooks, Hooks, HookDesk, Sender) = MakeWebhooks(new SigningDesk(keys), audit, alerts);
        Alerts = new AlertOperations(Db, changes, alerts, audit, Ids, Signals);
        (Monitors, Heartbeats, Watch) = MakeMonitors(alerts, audit, plans);
        Scheduler = new Scheduler(Db, Occurrences, Signals, Clock, NullLogger<Scheduler>.Instance);
        _reaper = new Reaper(Db, recorder, Signals, Settings("w1"), Clock, NullLogger<Reaper>.Instance);
        Clockwork = new Clockwork(Db, Clock, Scheduler, _reaper, Watch);
        Worker = Hire("w1");
        Ann = Agent("ann", ScopesOfAgents);
        Bob = Agent("bob", ScopesOfAgents);
        Admin = Agent("root", "admin");
    }

    public StoryClock Clock { get; }
    public Db Db { get; }
    public Ids Ids { get; }
    public Signals Signals { get; }
    public ToolCatalog Catalog { get; }
    public AgentDirectory Directory { get; }
    public TaskDrafts Drafts { get; }
    public TaskEdits Edits { get; }
    public TaskJournal Journal { get; }
    public RunIntake Intake { get; }
    public Occurrences Occurrences { get; }
    public TaskOperations Tasks { get; }
    public TaskControl Control { get; }
    public ProposalOperations Proposals { get; }
    public AgentOperations Agents { get; }
    public TaskHistory History { get; }
    public RunOperations Runs { get; }
    public RunRecorder Recorder { get; }
    public RunPlans Plans { get; }
    public EventOperations Events { get; }
    public CalendarOperations Calendars { get; }
    public ApprovalOperations Approvals { get; }
    public SignalOperations SignalDesk { get; }
    public PlaygroundOperations Playground { get; }
    public SecretOperations Secrets { get; }
    public WebhookOperations Webhooks { get; }
    public HookOperations Hooks { get; }
    public HookDesk HookDesk { get; }
    public WebhookSender Sender { get; }
    public AlertOperations Alerts { get; }
    public MonitorOperations Monitors { get; }
    public HeartbeatDesk Heartbeats { get; }
    public MonitorWatch Watch { get; }

    /// <summary>Whom webhooks reach, wherever they are.</summary>
    public Receiver Receiver { get; } = new();

    public LiveFeed Feed { get; } = new();
    public Reaper Reaper => _reaper;
    public Scheduler Scheduler { get; }
    public Clockwork Clockwork { get; }
    public Worker Worker { get; }
    public Caller Ann { get; }
    public Caller Bob { get; }
    public Caller Admin { get; }

    /// <summary>Keyed, as most tools are.</summary>
    public FakeTool Work { get; } = new("test.work");

    /// <summary>A second keyed tool.</summary>
    public FakeTool Other { get; } = new("test.other");

    public FakeTool Read { get; } = new("test.read", Effect.Idempotent);

    public FakeTool Unsafe { get; } = new("test.unsafe", Effect.Unsafe);

    public DateTimeOffset Now => Clock.GetUtcNow();

    public static DateTimeOffset At(string instant) =>
        Instants.TryParse(instant, out var at) ? at : throw new FormatException($"'{instant}' is no instant.");

    public Task Advance(TimeSpan time) => Clockwork.Advance(time);

    public Task Until(string instant) => Clockwork.Until(At(instant));

    public Task Settle() => Clockwork.Settle();

    /// <summary>Another worker process.</summary>
    public Worker Hire(string name) => Hire(Settings(name), Db);

    /// <summary>One with settings of its own, or with a database of its own faults.</summary>
    public Worker Hire(WorkerSettings settings, Db db)
    {
        var worker = new Worker(db, _executor, Signals, settings, Clock, NullLogger<Worker>.Instance);
        Clockwork.Add(worker);
        return worker;
    }

    /// <summary>Every action that was recorded of a thing, oldest first.</summary>
    public Task<List<string>> Audit(object subjectId) =>
        Db.Read(session => session.Query(SelectAudit, row => row.Text(0), ("subject_id", subjectId.ToString())));

    public Caller Agent(string name, string scopes)
    {
        var id = Task.Run(() =>
                Db.Write(async session =>
                {
                    await session.Execute(InsertAgent, ("id", Ids.Next()), ("name", name), ("scopes", scopes));
                    return await session.First(SelectAgent, row => row.Id(0), ("name", name));
                })
            )
            .GetAwaiter()
            .GetResult();
        return new Caller(id, Scopes.Parse(scopes));
    }

    /// <summary>Gives an agent other scopes, as an administrator does.</summary>
    public async Task SetScopes(Caller agent, string scopes)
    {
        await Db.Write(async session =>
        {
            await session.Execute(UpdateScopes, ("scopes", scopes), ("id", agent.AgentId));
        });
        Directory.Forget(agent.AgentId);
    }

    public void Dispose()
    {
        _egress.Dispose();
        Db.Dispose();
    }

    public static WorkerSettings Settings(string name) =>
        new(name, Slots: 100, Lease: TimeSpan.FromSeconds(30), DrainGrace: TimeSpan.FromSeconds(5));

    private (MonitorOperations, HeartbeatDesk, MonitorWatch) MakeMonitors(
        Alerts alerts,
        AuditLog audit,
        SchedulePlans plans
    )
    {
        var log = NullLogger<MonitorWatch>.Instance;
        return (
            new MonitorOperations(Db, alerts, audit, Ids),
            new HeartbeatDesk(Db, alerts, Signals),
            new MonitorWatch(Db, new MonitorVerdicts(plans), alerts, Signals, Clock, log)
        );
    }

    private (WebhookOperations, HookOperations, HookDesk, WebhookSender) MakeWebhooks(
        SigningDesk signing,
        AuditLog audit,
        Alerts alerts
    )
    {
        var unlimited = new RateLimit("writes", 0, Clock, null);
        var post = new WebhookPost(Db, signing, Directory, Receiver.Take, Clock);
        return (
            new WebhookOperations(Db, signing, audit, alerts, Ids),
            new HookOperations(Db, signing, audit, Ids),
            new HookDesk(Db, signing, Events, new RateLimits(unlimited, unlimited, unlimited)),
            new WebhookSender(Db, post, audit, alerts, Signals, Clock, NullLogger<WebhookSender>.Instance)
        );
    }

    private List<ITool> AllTools(OwnerRights rights, EventLog log) =>
        [
            new DebugEchoTool(),
            new DebugFailTool(),
            new DebugSleepTool(Clock),
            new TextTemplateTool(),
            Work,
            Other,
            Read,
            Unsafe,
            new OutsideTool(new HttpRequestTool(_egress, Clock)),
            new PublishEventTool(Events, rights),
            .. TaskTool.All(() => Tasks, Control, rights, Db),
            new NextInTool(() => Control, rights),
            .. ApprovalTool.All(Db, log, Ids),
            new SignalTool(Db),
        ];
}
