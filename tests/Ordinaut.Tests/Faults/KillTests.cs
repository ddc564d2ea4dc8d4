using System.Globalization;
using System.Text.Json;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Faults;

/// <summary>kill -9 at any moment loses nothing that was acknowledged, and what was under way goes on.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private static int Kills =>
        int.Parse(Environment.GetEnvironmentVariable("ORDINAUT_KILLS") ?? "30", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_9_loses_no_acknowledged_task_and_no_acknowledged_run()
    {
        await using var server = new KilledServer();
        var random = new Random(9);
        var tasks = new List<Guid>();
        var runs = new List<Guid>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var client = await server.Start();
            var first = new TaskCompletionSource();
            var work = Write(client, tasks, runs, first);
            await Task.WhenAny(first.Task, work);
            await Task.Delay(random.Next(0, 200));
            await server.Kill();
            await work;
        }

        using var last = await server.Start();
        foreach (var id in tasks)
        {
            Assert.Equal(id, (await last.GetTask(id)).Id);
        }

        foreach (var id in runs)
        {
            Assert.Equal("succeeded", (await Finished(last, id)).State);
        }

        output.WriteLine($"{Kills} kills, {tasks.Count} acknowledged tasks, {runs.Count} acknowledged runs: 0 lost");
        Assert.True(tasks.Count >= Kills, "the kills came before anything was acknowledged");
    }

    private static async Task Write(
        OrdinautClient client,
        List<Guid> tasks,
        List<Guid> runs,
        TaskCompletionSource first
    )
    {
        try
        {
            while (true)
            {
                var task = await client.CreateTask(Echo());
                tasks.Add(task.Id);
                var run = await client.RunNow(task.Id);
                runs.Add(run.Id);
                first.TrySetResult();
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            // The server is dead: what it had not acknowledged may or may not be there.
        }
    }

    private static async Task<RunView> Finished(OrdinautClient client, Guid id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var run = await client.GetRun(id, patience.Token);
            if (run.FinishedAt is not null)
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    private static TaskInput Echo() =>
        new()
        {
            Title = "killed",
            ScheduleKind = "cron",
            ScheduleExpr = "0 0 1 1 *",
            Payload = JsonDocument
                .Parse("""{"pipeline":[{"id":"a","uses":"debug.echo"},{"id":"b","uses":"debug.echo"}]}""")
                .RootElement,
        };
}
