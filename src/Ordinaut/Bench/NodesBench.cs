using System.Diagnostics;
using System.Globalization;
using Ordinaut.Hosting;
using Ordinaut.Store;

namespace Ordinaut.Bench;

/// <summary>Several worker processes drain one queue (PostgreSQL).</summary>
internal sealed class NodesBench(Db db, Backlog backlog, OrdinautOptions options, BenchSize size)
{
    private const string SelectNodes = "select count(*) from node where pid = any(string_to_array(@pids, ',')::int[])";

    private const int Priority = 5;

    private static readonly int[] Counts = [2, 4, 8];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public async Task<IReadOnlyList<Measure>> Run()
    {
        var measures = new List<Measure>();
        foreach (var count in Counts)
        {
            measures.Add(
                new Measure(
                    string.Create(CultureInfo.InvariantCulture, $"drain by {count} processes"),
                    await Drain(count),
                    "runs/s"
                )
            );
        }

        return measures;
    }

    private async Task<double> Drain(int count)
    {
        // More than is counted: the first processes begin before the last one is there.
        await backlog.Add(size.Runs * 2, Priority);
        var processes = Enumerable.Range(0, count).Select(Start).ToArray();
        try
        {
            await Present(processes);
            return await backlog.Rate(Priority);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }

            await backlog.Clear();
        }
    }

    private Process Start(int number)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ordinaut.dll"));
        }

        var data = Path.Combine(options.Data, string.Create(CultureInfo.InvariantCulture, $"node-{number}"));
        string[] flags = ["serve", "--role", "worker", "--urls", "http://127.0.0.1:0", "--data", data];
        foreach (var flag in flags)
        {
            start.ArgumentList.Add(flag);
        }

        start.Environment["ORDINAUT_DATABASE_URL"] = options.PostgresUrl;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task Present(Process[] processes)
    {
        var pids = string.Join(',', processes.Select(process => process.Id));
        while (
            await db.Read(session => session.First(SelectNodes, row => row.Long(0), ("pids", pids))) < processes.Length
        )
        {
            if (processes.FirstOrDefault(process => process.HasExited) is { } dead)
            {
                throw new InvalidOperationException($"A worker process ended with {dead.ExitCode} before it began.");
            }

            await Task.Delay(Poll, TimeProvider.System);
        }
    }
}
