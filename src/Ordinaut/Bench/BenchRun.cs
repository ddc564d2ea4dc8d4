using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>Measures a server of its own in a folder of its own, in this process, and tells what it found.</summary>
internal static class BenchRun
{
    /// <summary>The parts that can be measured alone, in the order they run.</summary>
    public static readonly IReadOnlyList<string> Parts = ["schedules", "raw", "drain", "pickup", "due", "http"];

    private const string SelectAnyTask = "select exists (select 1 from task)";

    public static async Task<IReadOnlyList<Measure>> Run(OrdinautOptions options, BenchSize size, BenchWish wish)
    {
        var measures = new List<Measure>();
        if (wish.Wants("schedules"))
        {
            measures.AddRange(ScheduleBench.Run(TimeProvider.System));
        }

        var began = TimeProvider.System.GetTimestamp();
        await using var server = await Serve.Start(options);
        var start = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        measures.Add(new Measure("ready after start", start, "ms", 500, LowerIsBetter: true));
        var services = server.Services;
        var db = services.GetRequiredService<Db>();
        await RequireEmpty(db, options);
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
        if (db.IsShared && wish.Wants("raw"))
        {
            measures.Add(await new RawBench(db, size.Runs).Run());
        }

        if (wish.Wants("drain"))
        {
            measures.AddRange(await runs.Drain(caller));
        }

        if (wish.Wants("pickup"))
        {
            measures.AddRange(await runs.PickUp(caller));
        }

        if (wish.Wants("due"))
        {
            measures.AddRange(await runs.Lag(caller));
        }

        if (wish.Wants("http"))
        {
            var task = (await runs.Create(caller, 1, "0 0 1 1 *"))[0];
            measures.AddRange(await Http(server, agent!, task, size));
        }

        return measures;
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

    private static async Task<IReadOnlyList<Measure>> Http(Serve server, Agent agent, Guid task, BenchSize size)
    {
        var token = server.Services.GetRequiredService<AccessTokens>().Create(agent, Scope.Admin);
        var load = new HttpLoad(new Uri(server.Addresses[0]), token);
        return await new HttpBench(load, size).Run(task);
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
