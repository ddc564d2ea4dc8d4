using System.Diagnostics;

namespace Ordinaut.Bench;

/// <summary>What steps cost, and runs that wait.</summary>
internal sealed class PipelineBench(BenchTasks tasks, BenchSize size)
{
    private const int Steps = 100;
    private const string SelectWaiting = "select count(*) from queue where waiting = 1";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs of a hundred steps that do nothing; a worker is at work.</summary>
    public async Task<IReadOnlyList<Measure>> OfSteps()
    {
        var step = """{"id":"s#","uses":"debug.echo","with":{}}""";
        var steps = Enumerable
            .Range(1, Steps)
            .Select(n => step.Replace("#", $"{n}", StringComparison.Ordinal))
            .ToList();
        var runs = Math.Max(20, size.Runs / 1_000);
        await Finish(await tasks.Idle(runs, steps));
        var ids = await tasks.Idle(runs, steps);
        var began = TimeProvider.System.GetTimestamp();
        var spent = Environment.CpuUsage.TotalTime;
        await Finish(ids);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - spent;
        var done = runs * Steps;
        return
        [
            new Measure("steps of 100-step runs", done / seconds, "steps/s", 2_000 * Environment.ProcessorCount),
            new Measure("steps, processor time of a step", cpu.TotalMicroseconds / done, "µs", 150, true),
        ];
    }

    /// <summary>Runs that wait for a person; a worker is at work.</summary>
    public async Task<IReadOnlyList<Measure>> OfWaiting()
    {
        var ids = await tasks.Idle(size.Asking, """{"id":"ask","uses":"approval.request","with":{"title":"?"}}""");
        var (memory, threads) = Held();
        await tasks.RunAll(ids);
        while (await tasks.Count(SelectWaiting) < ids.Count)
        {
            await Task.Delay(Poll, TimeProvider.System);
        }

        var (after, threadsAfter) = Held();
        var name = $"{size.Asking:N0} runs that wait";
        return
        [
            new Measure($"{name}, memory", Math.Max(0, after - memory) / 1e6, "MB", 20, true),
            new Measure($"{name}, threads more", Math.Max(0, threadsAfter - threads), ""),
        ];
    }

    private async Task Finish(IReadOnlyList<Guid> ids)
    {
        await tasks.RunAll(ids);
        await tasks.UntilIdle();
    }

    private static (long Bytes, int Threads) Held()
    {
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.Threads.Count);
    }
}
