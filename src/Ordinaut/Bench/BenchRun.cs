using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>Measures a server of its own in a folder of its own, in this process, and tells what it found.</summary>
internal static class BenchRun
{
    public static async Task<IReadOnlyList<Measure>> Run(OrdinautOptions options, BenchSize size, Action<string> tell)
    {
        var measures = new List<Measure>();
        tell("next occurrences");
        measures.AddRange(ScheduleBench.Run(TimeProvider.System));
        var began = TimeProvider.System.GetTimestamp();
        await using var server = await Serve.Start(options);
        measures.Add(
            new Measure(
                "ready after start",
                TimeProvider.System.GetElapsedTime(began).TotalMilliseconds,
                "ms",
                500,
                LowerIsBetter: true
            )
        );
        var services = server.Services;
        var db = services.GetRequiredService<Db>();
        var admin = await db.Read(session => session.First("select id from agent where name = 'admin'", r => r.Id(0)));
        var agent = await db.Read(session => AgentStore.Get(session, admin));
        var caller = new Caller(admin, Scope.Admin);
        var runs = new RunBench(
            db,
            services.GetRequiredService<TaskOperations>(),
            services.GetRequiredService<TaskControl>(),
            services.GetRequiredService<Worker>(),
            () => ActivatorUtilities.CreateInstance<Worker>(services),
            size
        );
        tell("drain");
        measures.Add(await runs.Drain(caller));
        tell("pick-up");
        measures.AddRange(await runs.PickUp(caller));
        tell("tasks due at once");
        measures.AddRange(await runs.Lag(caller));
        tell("HTTP");
        measures.AddRange(await Http(server, agent!, caller, size));
        return measures;
    }

    private static async Task<IReadOnlyList<Measure>> Http(Serve server, Agent agent, Caller caller, BenchSize size)
    {
        var token = server.Services.GetRequiredService<AccessTokens>().Create(agent, Scope.Admin);
        var task = await server.Services.GetRequiredService<TaskOperations>().List(caller, new TaskFilter(Limit: 1));
        var load = new HttpLoad(new Uri(server.Addresses[0]), token);
        return await new HttpBench(load, size).Run(task.Items[0].Id);
    }
}
