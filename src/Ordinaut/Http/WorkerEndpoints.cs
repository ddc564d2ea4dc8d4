using Ordinaut.Agents;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/workers</c>: who carries out runs.</summary>
internal sealed class WorkerEndpoints(WorkerOperations workers)
{
    public void Map(IEndpointRouteBuilder app) =>
        app.Get("/workers", async call => await call.Answer(await workers.List(call.Caller)))
            .Named("listWorkers", "Workers", "List the workers and how much each has in hand")
            .Gives<Page<WorkerView>>()
            .Needs(Scope.Admin);
}
