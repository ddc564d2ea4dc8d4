using Ordinaut.Agents;
using Ordinaut.OAuth;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/oauth/clients</c>: which programs may ask people for tokens.</summary>
internal sealed class OAuthClientEndpoints(ClientOperations clients)
{
    private const string Tag = "OAuth";
    private const string ListName = "oauth-clients";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/oauth/clients", List)
            .Named("listOAuthClients", Tag, "List the programs that may ask people for tokens")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<OAuthClientView>>()
            .Needs(Scope.AgentsManage);
        app.Post("/oauth/clients", Register)
            .Named("registerOAuthClient", Tag, "Register a program that asks people for tokens")
            .Takes<OAuthClientInput>()
            .Gives<OAuthClientView>(StatusCodes.Status201Created)
            .Once()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Get("/oauth/clients/{id}", Get)
            .Named("getOAuthClient", Tag, "Show a registered program")
            .Gives<OAuthClientView>()
            .Needs(Scope.AgentsManage);
        app.Delete("/oauth/clients/{id}", Delete)
            .Named("deleteOAuthClient", Tag, "Take a program away; its refresh tokens end")
            .GivesNothing()
            .Needs(Scope.AgentsManage, RateClass.Write);
    }

    private async Task List(Call call) =>
        await call.Page(await clients.List(call.Caller, call.Query(Queries.Limit), call.After(ListName)), ListName);

    private async Task Register(Call call)
    {
        var view = await clients.Register(call.Caller, call.Body<OAuthClientInput>());
        await call.Created(view, $"/oauth/clients/{view.ClientId}");
    }

    private async Task Get(Call call) => await call.Answer(await clients.Get(call.Caller, call.Id("OAuth client")));

    private async Task Delete(Call call)
    {
        await clients.Delete(call.Caller, call.Id("OAuth client"));
        await call.Nothing();
    }
}
