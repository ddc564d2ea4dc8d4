using Ordinaut.Runs;
using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>What the heart carries: draining a backlog, picking up one run, starting many tasks due at once.</summary>
internal sealed class RunBench(Db db, BenchTasks tasks, Worker worker, Func<Worker> another, BenchSize size)
{
    private const string SelectFinished = "select count(*) from run where state = 'succeeded'";

    private const string SelectPickUps = """
        select s.started_at, r.created_at, r.scheduled_for from step s join run r on r.id = s.run_id
        where r.trigger = @trigger and r.created_at >= @since
        """;

    private Worker? _started;

    /// <summary>Fills the queue while no worker runs, then starts one and waits until it is empty.</summary>
    public async Task<IReadOnlyList<Measure>> Drain()
    {
        await StopWorkers();
        await tasks.RunAll(await tasks.Idle(size.Runs));
        var clock = TimeProvider.System;
        var before = await tasks.Count(SelectFinished);
        var (statements, commits) = (db.Traffic.Statements, db.Traffic.Commits);
        var began = clock.GetTimestamp();
        var spent = Environment.CpuUsage.TotalTime;
        await StartWorker();
        await tasks.UntilIdle(isLong: true);
        var seconds = clock.GetElapsedTime(began).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - spent;
        var runs = await tasks.Count(SelectFinished) - before;
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

    /// <summary>After it the code is compiled, and the server's own worker is at work: only then can it stop.</summary>
    public async Task WarmUp()
    {
        foreach (var id in await tasks.Idle(1_000))
        {
            await tasks.Run(id);
        }

        await tasks.UntilIdle();
    }

    /// <summary>From the request to the start of the first step, one run at a time.</summary>
    public async Task<IReadOnlyList<Measure>> PickUp()
    {
        var task = (await tasks.Idle(1))[0];
        await StartWorker();
        var since = db.Now();
        for (var i = 0; i < size.PickUps; i++)
        {
            await tasks.Run(task);
            await tasks.UntilIdle();
        }

        var idle = await Waits("manual", since, row => row.Started - row.Created);
        var (p50, p99, busy) = db.IsShared ? (1.5, 6, 20) : (0.7, 3, 10);
        return
        [
            new Measure("pick-up, idle, p50", Measure.Percentile(idle, 0.50), "ms", p50, LowerIsBetter: true),
            new Measure("pick-up, idle, p99", Measure.Percentile(idle, 0.99), "ms", p99, LowerIsBetter: true),
            await PickUpUnderLoad(busy),
        ];
    }

    /// <summary>The same while a thousand runs a second are asked for, each of another task.</summary>
    private async Task<Measure> PickUpUnderLoad(double goal)
    {
        const int ATick = 10;
        var ids = await tasks.Idle(size.PickUps * ATick);
        var since = db.Now();
        var asked = new List<Task>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(ATick), TimeProvider.System);
        foreach (var chunk in ids.Chunk(ATick))
        {
            await tick.WaitForNextTickAsync();
            asked.AddRange(chunk.Select(tasks.Run));
        }

        await Task.WhenAll(asked);
        await tasks.UntilIdle();
        var waits = await Waits("manual", since, row => row.Started - row.Created);
        return new Measure("pick-up at 1,000 a second, p99", Measure.Percentile(waits, 0.99), "ms", goal, true);
    }

    /// <summary>Many tasks due in the same second: when the last of them started.</summary>
    public async Task<IReadOnlyList<Measure>> Lags()
    {
        await StartWorker();
        var measures = new List<Measure>();
        foreach (var count in size.Due)
        {
            measures.AddRange(await Lag(count));
        }

        return measures;
    }

    private async Task<IReadOnlyList<Measure>> Lag(int count)
    {
        var since = db.Now();
        var due = since + TimeSpan.FromSeconds(5 + count / 2_000);
        due = due.AddTicks(-(due.Ticks % TimeSpan.TicksPerSecond));
        await tasks.Due(count, due);
        await tasks.UntilDone(due);
        var lags = await Waits("schedule", since, row => row.Started - row.Scheduled);
        return
        [
            new Measure($"{count:N0} tasks due at once, p50", Measure.Percentile(lags, 0.5), "ms"),
            new Measure($"{count:N0} tasks due at once, last", lags[^1], "ms", count > 10_000 ? 6_000 : 700, true),
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

    private sealed record Start(DateTimeOffset Started, DateTimeOffset Created, DateTimeOffset Scheduled);
}
