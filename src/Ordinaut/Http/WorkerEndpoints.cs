using Ordinaut.Agents;
using Ordinaut.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/workers</c>: which processes do the work.</summary>
internal sealed class WorkerEndpoints(NodeOperations nodes)
{
    public void Map(IEndpointRouteBuilder app) =>
        app.Get("/workers", async call => await call.Answer(await nodes.List(call.Caller)))
            .Named("listWorkers", "Workers", "List the nodes, how each is and how much it has in hand")
            .Gives<Page<WorkerView>>()
            .Needs(Scope.Admin);
}
