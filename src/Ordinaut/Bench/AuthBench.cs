using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Http;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Bench;

/// <summary>
/// What it costs to know who asks: the handler of <c>GET /tasks/{id}</c> behind the gate, and the same handler beside
/// it, where nobody is asked who they are.
/// </summary>
internal static class AuthBench
{
    private const string Beside = "/bench/unchecked-tasks";
    private const int Rounds = 6;

    private static readonly Caller Anyone = new(Guid.Empty, Scope.Admin);

    /// <summary>Only the server of the bench has the way beside the gate.</summary>
    public static void Map(WebApplication web) =>
        web.Get(
                Beside + "/{id}",
                async call =>
                {
                    var tasks = call.Http.RequestServices.GetRequiredService<TaskOperations>();
                    var view = await tasks.Get(Anyone, call.Id("task"));
                    await call.Versioned(view, view.Version);
                }
            )
            .Anonymous();

    public static async Task<IReadOnlyList<Measure>> Run(Serve server, Caller admin, BenchSize size)
    {
        var services = server.Services;
        var role = AgentRole.Named("agent")!;
        var input = new AgentInput("bench", Role: role.Name);
        var view = await services.GetRequiredService<AgentOperations>().Create(admin, input);
        var agent = await services.GetRequiredService<AgentDirectory>().Find(view.Id);
        var task = await services.GetRequiredService<TaskOperations>().Create(new Caller(view.Id, role.Scopes), Task);
        var token = services.GetRequiredService<AccessTokens>().Create(agent!, role.Scopes, "bench");
        var load = new HttpLoad(new Uri(server.Addresses[0]), token);
        var known = new LoadRequest($"GET /tasks/{task.Id}");
        var unknown = new LoadRequest($"GET {Beside}/{task.Id}");
        var ratios = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var open = await load.Run(1, size.Requests / 5, unknown);
            var shut = await load.Run(1, size.Requests / 5, known);
            // The first round warms up.
            ratios.AddRange(round == 0 ? [] : [shut / open]);
        }

        return
        [
            new Measure(
                "an agent's request to one unchecked",
                Measure.Percentile(ratios, 0.5),
                "times",
                1.3,
                LowerIsBetter: true
            ),
        ];
    }

    private static TaskInput Task =>
        new()
        {
            Title = "bench",
            ScheduleKind = "cron",
            ScheduleExpr = "0 0 1 1 *",
            Payload = JsonDocument.Parse("""{"pipeline":[{"id":"a","uses":"debug.echo","with":{}}]}""").RootElement,
        };
}
