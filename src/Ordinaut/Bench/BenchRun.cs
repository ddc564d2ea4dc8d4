using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>Measures a server of its own in a folder of its own, in this process, and tells what it found.</summary>
internal sealed class BenchRun
{
    /// <summary>The parts that can be measured alone, in the order they run.</summary>
    public static readonly IReadOnlyList<string> Parts =
    [
        "schedules",
        "raw",
        "drain",
        "pickup",
        "due",
        "steps",
        "waiting",
        "snapshot",
        "nodes",
        "http",
        "auth",
        "mcp",
        "asking",
    ];

    private const string SelectAnyTask = "select exists (select 1 from task)";

    private readonly Serve _server;
    private readonly OrdinautOptions _options;
    private readonly BenchSize _size;
    private readonly Db _db;
    private readonly Caller _caller;
    private readonly BenchTasks _tasks;
    private readonly RunBench _runs;

    private BenchRun(Serve server, OrdinautOptions options, BenchSize size, Guid admin)
    {
        _server = server;
        _options = options;
        _size = size;
        _db = server.Services.GetRequiredService<Db>();
        _caller = new Caller(admin, Scope.Admin);
        _tasks = new BenchTasks(
            _db,
            server.Services.GetRequiredService<TaskOperations>(),
            server.Services.GetRequiredService<TaskControl>(),
            _caller
        );
        _runs = new RunBench(_db, _tasks, server.Services.GetRequiredService<Worker>(), NewWorker, size);
    }

    /// <summary>The figures as they are found: the whole takes an hour, and may be ended before.</summary>
    public static async IAsyncEnumerable<Measure> Run(OrdinautOptions options, BenchSize size, BenchWish wish)
    {
        if (wish.Wants("schedules"))
        {
            foreach (var measure in ScheduleBench.Run(TimeProvider.System))
            {
                yield return measure;
            }
        }

        var began = TimeProvider.System.GetTimestamp();
        await using var server = await Serve.Start(options, adjust: AuthBench.Map);
        var start = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        yield return new Measure("ready after start", start, "ms", 500, LowerIsBetter: true);
        var db = server.Services.GetRequiredService<Db>();
        await RequireEmpty(db, options);
        var admin = await db.Read(session => session.First("select id from agent where name = 'admin'", r => r.Id(0)));
        var run = new BenchRun(server, options, size, admin);
        await run._runs.WarmUp();
        foreach (var (_, part) in run.OnServer().Where(part => wish.Wants(part.Name)))
        {
            foreach (var measure in await part())
            {
                yield return measure;
            }
        }
    }

    private IEnumerable<(string Name, Func<Task<IReadOnlyList<Measure>>> Measure)> OnServer()
    {
        if (_db.IsShared)
        {
            yield return ("raw", new RawBench(_db, _server.Services.GetRequiredService<Ids>(), _size.Runs).Run);
        }

        yield return ("drain", _runs.Drain);
        yield return ("pickup", _runs.PickUp);
        yield return ("due", _runs.Lags);
        yield return ("steps", async () => await (await Pipelines()).OfSteps());
        yield return ("waiting", async () => await (await Backlogs()).Waiting());
        if (_db.IsShared)
        {
            yield return ("snapshot", async () => await (await Backlogs()).Snapshot());
            yield return ("nodes", async () => await new NodesBench(_db, await Backlog(), _options, _size).Run());
        }

        yield return ("http", async () => await (await HttpLoads()).Run(await IdleTask()));
        yield return ("auth", async () => await AuthBench.Run(_server, _caller, _size));
        yield return ("mcp", async () => await (await HttpLoads()).Mcp(await IdleTask()));
        // Last, since its runs go on waiting.
        yield return ("asking", async () => await (await Pipelines()).OfWaiting());
    }

    private async Task<BacklogBench> Backlogs() => new(_db, await Backlog(), NewWorker, _size);

    private Worker NewWorker() => ActivatorUtilities.CreateInstance<Worker>(_server.Services);

    /// <summary>An empty queue that only the workers of the measurement look at.</summary>
    private async Task<Backlog> Backlog()
    {
        await _runs.StopWorkers();
        var ids = _server.Services.GetRequiredService<Ids>();
        return new Backlog(_db, ids, _caller.AgentId, await IdleTask());
    }

    private static async Task RequireEmpty(Db db, OrdinautOptions options)
    {
        if (await db.Read(session => session.First(SelectAnyTask, row => row.Bool(0))))
        {
            throw Problem.Conflict(
                $"The bench fills its database; {options.Place} has tasks already. Give it a new one."
            );
        }
    }

    private async Task<Guid> IdleTask() => (await _tasks.Idle(1))[0];

    private async Task<PipelineBench> Pipelines()
    {
        await _runs.StartWorker();
        return new PipelineBench(_tasks, _size);
    }

    private async Task<HttpBench> HttpLoads()
    {
        var agent = await _db.Read(session => AgentStore.Get(session, _caller.AgentId));
        var token = _server.Services.GetRequiredService<AccessTokens>().Create(agent!, Scope.Admin, "bench");
        return new HttpBench(new HttpLoad(new Uri(_server.Addresses[0]), token), _size, _db.IsShared);
    }
}

/// <summary>What is to be measured.</summary>
/// <param name="Only">Names out of <see cref="BenchRun.Parts"/>; empty means all.</param>
/// <param name="Tell">Hears the name of each part before it is measured.</param>
internal sealed record BenchWish(IReadOnlyList<string> Only, Action<string> Tell)
{
    public bool Wants(string part)
    {
        var wanted = Only.Count == 0 || Only.Contains(part);
        if (wanted)
        {
            Tell(part);
        }

        return wanted;
    }
}
