using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>What the heart carries: draining a backlog, picking up one run, starting many tasks due at once.</summary>
internal sealed class RunBench(
    Db db,
    TaskOperations tasks,
    TaskControl control,
    Worker worker,
    Func<Worker> another,
    BenchSize size
)
{
    private const string SelectFinished = "select count(*) from run where state = 'succeeded'";
    private const string SelectLive = "select count(*) from (select run_id from queue order by run_id limit 1) x";

    private const string SelectPickUps = """
        select s.started_at, r.created_at, r.scheduled_for from step s join run r on r.id = s.run_id
        where r.trigger = @trigger and r.created_at >= @since
        """;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private Worker? _started;

    /// <summary>Fills the queue while no worker runs, then starts one and waits until it is empty.</summary>
    public async Task<IReadOnlyList<Measure>> Drain(Caller caller)
    {
        await WarmUp(caller);
        await StopWorkers();
        var ids = await Create(caller, size.Runs, "0 0 1 1 *");
        foreach (var chunk in ids.Chunk(1_000))
        {
            await Task.WhenAll(chunk.Select(id => control.RunNow(caller, id, null)));
        }

        var clock = TimeProvider.System;
        var before = await Count(SelectFinished);
        var (statements, commits) = (db.Traffic.Statements, db.Traffic.Commits);
        var began = clock.GetTimestamp();
        var spent = Environment.CpuUsage.TotalTime;
        await StartWorker();
        await UntilIdle(clock);
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - spent;
        var runs = await Count(SelectFinished) - before;
        return
        [
            new Measure($"drain {size.Runs:N0} one-step runs", runs / seconds, "runs/s", 25_000),
            // Says the same on a busy machine as on a quiet one.
            new Measure("drain, processor time of a run", cpu.TotalMicroseconds / runs, "µs"),
            .. db.IsShared ? Traffic(runs, statements, commits) : [],
        ];
    }

    private IEnumerable<Measure> Traffic(long runs, long statements, long commits)
    {
        var (sent, committed) = (db.Traffic.Statements - statements, db.Traffic.Commits - commits);
        yield return new Measure("drain, statements of a run", sent / (double)runs, "", 0.5, LowerIsBetter: true);
        yield return new Measure("drain, commits of a run", committed / (double)runs, "", 0.1, LowerIsBetter: true);
    }

    /// <summary>A task that nothing but a request fires.</summary>
    public async Task<Guid> IdleTask(Caller caller) => (await Create(caller, 1, "0 0 1 1 *"))[0];

    public async Task StopWorkers()
    {
        await worker.StopAsync(CancellationToken.None);
        if (_started is not null)
        {
            await _started.StopAsync(CancellationToken.None);
            _started = null;
        }
    }

    /// <summary>A stopped worker takes no more work; what needs one has a new one.</summary>
    public async Task StartWorker()
    {
        await StopWorkers();
        _started = another();
        await _started.StartAsync(CancellationToken.None);
    }

    private async Task WarmUp(Caller caller)
    {
        foreach (var id in await Create(caller, 1_000, "0 0 1 1 *"))
        {
            await control.RunNow(caller, id, null);
        }

        await UntilIdle(TimeProvider.System);
    }

    /// <summary>From the request to the start of the first step, one run at a time.</summary>
    public async Task<IReadOnlyList<Measure>> PickUp(Caller caller)
    {
        var task = await IdleTask(caller);
        await StartWorker();
        var since = db.Now();
        for (var i = 0; i < size.PickUps; i++)
        {
            await control.RunNow(caller, task, null);
            await UntilIdle(TimeProvider.System);
        }

        var idle = await Waits("manual", since, row => row.Started - row.Created);
        var (p50, p99, busy) = db.IsShared ? (1.5, 6, 20) : (0.7, 3, 10);
        return
        [
            new Measure("pick-up, idle, p50", Measure.Percentile(idle, 0.50), "ms", p50, LowerIsBetter: true),
            new Measure("pick-up, idle, p99", Measure.Percentile(idle, 0.99), "ms", p99, LowerIsBetter: true),
            await PickUpUnderLoad(caller, busy),
        ];
    }

    /// <summary>The same while a thousand runs a second are asked for, each of another task.</summary>
    private async Task<Measure> PickUpUnderLoad(Caller caller, double goal)
    {
        const int ATick = 10;
        var ids = await Create(caller, size.PickUps * ATick, "0 0 1 1 *");
        var since = db.Now();
        var asked = new List<Task>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(ATick), TimeProvider.System);
        foreach (var chunk in ids.Chunk(ATick))
        {
            await tick.WaitForNextTickAsync();
            asked.AddRange(chunk.Select(id => control.RunNow(caller, id, null)));
        }

        await Task.WhenAll(asked);
        await UntilIdle(TimeProvider.System);
        var waits = await Waits("manual", since, row => row.Started - row.Created);
        return new Measure("pick-up at 1,000 a second, p99", Measure.Percentile(waits, 0.99), "ms", goal, true);
    }

    /// <summary>Many tasks due in the same second: when the last of them started.</summary>
    public async Task<IReadOnlyList<Measure>> Lag(Caller caller)
    {
        await StartWorker();
        var since = db.Now();
        var due = since + TimeSpan.FromSeconds(5 + size.Tasks / 2_000);
        due = due.AddTicks(-(due.Ticks % TimeSpan.TicksPerSecond));
        await Create(caller, size.Tasks, Instants.Format(due), "once");
        var lags = new List<double>();
        while (lags.Count < size.Tasks)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            lags = await Waits("schedule", since, row => row.Started - row.Scheduled);
        }

        return
        [
            new Measure($"{size.Tasks:N0} tasks due at once, p50", Measure.Percentile(lags, 0.5), "ms"),
            new Measure($"{size.Tasks:N0} tasks due at once, last", lags[^1], "ms", 700, LowerIsBetter: true),
        ];
    }

    private async Task<List<double>> Waits(string trigger, DateTimeOffset since, Func<Start, TimeSpan> wait)
    {
        var starts = await db.Read(session =>
            session.Query(
                SelectPickUps,
                row => new Start(row.Instant(0), row.Instant(1), row.Instant(2)),
                ("trigger", trigger),
                ("since", since)
            )
        );
        return [.. starts.Select(start => wait(start).TotalMilliseconds)];
    }

    public async Task<IReadOnlyList<Guid>> Create(Caller caller, int count, string expression, string kind = "cron")
    {
        var input = new TaskInput
        {
            Title = "bench",
            ScheduleKind = kind,
            ScheduleExpr = expression,
            Payload = Json.Parse("""{"pipeline":[{"id":"a","uses":"debug.echo","with":{}}]}"""),
        };
        var ids = new List<Guid>(count);
        while (ids.Count < count)
        {
            var part = Math.Min(TaskOperations.MaxBulk, count - ids.Count);
            ids.AddRange((await tasks.Bulk(caller, new BulkTasks([.. Enumerable.Repeat(input, part)]))).Ids);
        }

        return ids;
    }

    private async Task UntilIdle(TimeProvider clock)
    {
        while (await Count(SelectLive) > 0)
        {
            await Task.Delay(Poll, clock);
        }
    }

    private async Task<long> Count(string sql) => await db.Read(session => session.First(sql, row => row.Long(0)));

    private sealed record Start(DateTimeOffset Started, DateTimeOffset Created, DateTimeOffset Scheduled);
}
