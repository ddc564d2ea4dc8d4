using Ordinaut.Agents;
using Ordinaut.Backups;
using Ordinaut.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/workers</c>, <c>/cluster</c>: which processes do the work, on what.</summary>
internal sealed class WorkerEndpoints(NodeOperations nodes, Takeover takeover)
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
        app.Post("/cluster/takeover", TakeOver)
            .Named("takeOverCluster", "Workers", "Let a restored database go on; what it was copied from must be gone")
            .Takes<TakeoverInput>(optional: true)
            .Gives<ClusterView>()
            .Needs(Scope.Admin, RateClass.Write);
    }

    private async Task TakeOver(Call call) =>
        await call.Answer(await takeover.Run(call.Caller, call.OptionalBody<TakeoverInput>()));
}
