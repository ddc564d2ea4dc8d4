using System.Diagnostics;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>What steps cost, and runs that wait.</summary>
internal sealed class PipelineBench(Db db, TaskOperations tasks, TaskControl control, BenchSize size)
{
    private const int Steps = 100;
    private const int Bulk = 100;
    private const string SelectLive = "select count(*) from queue where waiting = 0";
    private const string SelectWaiting = "select count(*) from queue where waiting = 1";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs of a hundred steps that do nothing; a worker is at work.</summary>
    public async Task<IReadOnlyList<Measure>> OfSteps(Caller caller)
    {
        var step = """{"id":"s#","uses":"debug.echo","with":{}}""";
        var pipeline = Enumerable.Range(1, Steps).Select(n => step.Replace("#", $"{n}", StringComparison.Ordinal));
        var runs = Math.Max(20, size.Runs / 1_000);
        await Finish(caller, await Create(caller, runs, string.Join(',', pipeline)));
        var ids = await Create(caller, runs, string.Join(',', pipeline));
        var began = TimeProvider.System.GetTimestamp();
        var spent = Environment.CpuUsage.TotalTime;
        await Finish(caller, ids);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - spent;
        var steps = runs * Steps;
        return
        [
            new Measure("steps of 100-step runs", steps / seconds, "steps/s", 2_000 * Environment.ProcessorCount),
            new Measure("steps, processor time of a step", cpu.TotalMicroseconds / steps, "µs", 150, true),
        ];
    }

    /// <summary>Runs that wait for a person; a worker is at work.</summary>
    public async Task<IReadOnlyList<Measure>> OfWaiting(Caller caller)
    {
        var ids = await Create(caller, size.Tasks, """{"id":"ask","uses":"approval.request","with":{"title":"?"}}""");
        var (memory, threads) = Held();
        await Ask(caller, ids);
        while (await Count(SelectWaiting) < ids.Count)
        {
            await Task.Delay(Poll, TimeProvider.System);
        }

        var (after, threadsAfter) = Held();
        var name = $"{size.Tasks:N0} runs that wait";
        return
        [
            new Measure($"{name}, memory", Math.Max(0, after - memory) / 1e6, "MB", 20, true),
            new Measure($"{name}, threads more", Math.Max(0, threadsAfter - threads), ""),
        ];
    }

    private async Task Finish(Caller caller, IReadOnlyList<Guid> ids)
    {
        await Ask(caller, ids);
        while (await Count(SelectLive) > 0)
        {
            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    private async Task Ask(Caller caller, IReadOnlyList<Guid> ids)
    {
        foreach (var chunk in ids.Chunk(1_000))
        {
            await Task.WhenAll(chunk.Select(id => control.RunNow(caller, id, null)));
        }
    }

    private async Task<IReadOnlyList<Guid>> Create(Caller caller, int count, string pipeline)
    {
        var input = new TaskInput
        {
            Title = "bench",
            ScheduleKind = "cron",
            ScheduleExpr = "0 0 1 1 *",
            Payload = Json.Parse($$"""{"pipeline":[{{pipeline}}]}"""),
        };
        var ids = new List<Guid>(count);
        while (ids.Count < count)
        {
            var part = Math.Min(Bulk, count - ids.Count);
            ids.AddRange((await tasks.Bulk(caller, new BulkTasks([.. Enumerable.Repeat(input, part)]))).Ids);
        }

        return ids;
    }

    private static (long Bytes, int Threads) Held()
    {
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.Threads.Count);
    }

    private async Task<long> Count(string sql) => await db.Read(session => session.First(sql, row => row.Long(0)));
}
