using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;

namespace Ordinaut.Http;

/// <summary><c>/secrets</c>: kept, used and never shown.</summary>
internal sealed class SecretEndpoints(SecretOperations secrets)
{
    private const string Tag = "Secrets";
    private const string Name = "name";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/secrets", async call => await call.Answer(await secrets.List(call.Caller)))
            .Named("listSecrets", Tag, "List your secrets: all but their values")
            .Gives<Page<SecretView>>()
            .Needs(Scope.ToolsUse);
        app.Put("/secrets/{name}", Put)
            .Named("putSecret", Tag, "Store a secret, or replace its value; nothing can read it back")
            .Takes<SecretInput>()
            .Gives<SecretView>()
            .Needs(Scope.ToolsUse, RateClass.Write, SecretCheck.MaxBodyBytes);
        app.Delete("/secrets/{name}", Delete)
            .Named("deleteSecret", Tag, "Delete a secret; steps that name it fail from then on")
            .GivesNothing()
            .Needs(Scope.ToolsUse, RateClass.Write);
        app.Post("/secrets:rotate", async call => await call.Answer(await secrets.Rotate(call.Caller)))
            .Named("rotateSecrets", Tag, "Put all agents' secrets under a new key")
            .Gives<RotatedSecrets>()
            .Needs(Scope.Admin, RateClass.Write);
    }

    private async Task Put(Call call) =>
        await call.Answer(await secrets.Put(call.Caller, call.Text(Name), call.Body<SecretInput>()));

    private async Task Delete(Call call)
    {
        await secrets.Delete(call.Caller, call.Text(Name));
        await call.Nothing();
    }
}
