using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary>
/// <c>/workers</c>, <c>/cluster</c>, <c>/log_levels</c>: which processes do the work, on what, and how much they say.
/// </summary>
internal sealed class WorkerEndpoints(NodeOperations nodes, Takeover takeover, LogLevelOperations levels)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/workers", async call => await call.Answer(await nodes.List(call.Caller)))
            .Named("listWorkers", "Workers", "List the nodes, how each is and how much it has in hand")
            .Gives<Page<WorkerView>>()
            .Needs(Scope.Admin);
        app.Get("/cluster", async call => await call.Answer(await takeover.Show(call.Caller)))
            .Named("getCluster", "Workers", "Show which life of the database this is, and whether anything fires")
            .Gives<ClusterView>()
            .Needs(Scope.Admin);
        app.Get("/log_levels", async call => await call.Answer(await levels.Show(call.Caller)))
            .Named("getLogLevels", "Workers", "Show how much the nodes log")
            .Gives<LogLevelsView>()
            .Needs(Scope.Admin);
        app.Put("/log_levels", SetLevel)
            .Named("setLogLevel", "Workers", "Have the nodes log more or less for a while")
            .Takes<LogLevelInput>()
            .Gives<LogLevelsView>()
            .Needs(Scope.Admin, RateClass.Write);
        app.Post("/cluster/takeover", TakeOver)
            .Named("takeOverCluster", "Workers", "Let a restored database go on; what it was copied from must be gone")
            .Takes<TakeoverInput>(optional: true)
            .Gives<ClusterView>()
            .Needs(Scope.Admin, RateClass.Write);
    }

    private async Task SetLevel(Call call) =>
        await call.Answer(await levels.Set(call.Caller, call.Body<LogLevelInput>()));

    private async Task TakeOver(Call call) =>
        await call.Answer(await takeover.Run(call.Caller, call.OptionalBody<TakeoverInput>()));
}
