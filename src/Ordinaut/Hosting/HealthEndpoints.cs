using Ordinaut.Agents;
using Ordinaut.Http;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Hosting;

/// <summary>
/// <c>/health</c>: whether it has begun (startup), whether to restart the process (live), whether to send it requests
/// (ready), and for whoever may audit also what is wrong in the words of what failed (detailed).
/// </summary>
internal sealed class HealthEndpoints(Health health)
{
    private const string Tag = "Health";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/health", Look).Named("getHealth", Tag, "How the server is").Gives<HealthView>().Anonymous();
        app.Get("/health/ready", Look)
            .Named("getReadiness", Tag, "Whether the server can take requests")
            .Gives<HealthView>()
            .Anonymous();
        app.Get("/health/live", call => Answer(call, health.Alive()))
            .Named("getLiveness", Tag, "Whether the process answers; when it does not, restart it")
            .Gives<HealthView>()
            .Anonymous();
        app.Get("/health/startup", call => Answer(call, health.Started()))
            .Named("getStartup", Tag, "Whether the process has begun its work")
            .Gives<HealthView>()
            .Anonymous();
        app.Get("/health/detailed", LookInside)
            .Named("getHealthDetails", Tag, "How the server is, with what failures say")
            .Gives<HealthView>()
            .Needs(Scope.AuditRead);
    }

    private async Task LookInside(Call call) => await Answer(call, await health.LookInside());

    private async Task Look(Call call) => await Answer(call, await health.Look());

    private static Task Answer(Call call, HealthView view)
    {
        var fine = view.Status != HealthProbe.Failing;
        return call.Answer(view, fine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
