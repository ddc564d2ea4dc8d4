using Ordinaut.Http;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Hosting;

/// <summary><c>/health</c>: whether to restart the process (live) and whether to send it requests (ready).</summary>
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
    }

    private async Task Look(Call call) => await Answer(call, await health.Look());

    private static Task Answer(Call call, HealthView view)
    {
        var fine = view.Status != HealthProbe.Failing;
        return call.Answer(view, fine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
