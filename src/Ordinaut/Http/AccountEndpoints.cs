using Ordinaut.Accounts;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/agents/{id}/account</c>: how a person signs in as an agent.</summary>
internal sealed class AccountEndpoints(AccountOperations accounts)
{
    private const string Path = "/agents/{id}/account";
    private const string Tag = "Agents";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get(Path, async call => await call.Answer(await accounts.Get(call.Caller, call.Id("agent"))))
            .Named("getAgentAccount", Tag, "Show how a person signs in as an agent")
            .Gives<AccountView>()
            .Needs(Scope.AgentsManage);
        app.Put(Path, Put)
            .Named("putAgentAccount", Tag, "Let a person sign in as an agent, by password or at an OpenID provider")
            .Takes<AccountInput>()
            .Gives<AccountView>()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Delete(Path, Delete)
            .Named("deleteAgentAccount", Tag, "Let nobody sign in as an agent any more; its own secret stays")
            .GivesNothing()
            .Needs(Scope.AgentsManage, RateClass.Write);
    }

    private async Task Put(Call call) =>
        await call.Answer(await accounts.Put(call.Caller, call.Id("agent"), call.Body<AccountInput>()));

    private async Task Delete(Call call)
    {
        await accounts.Remove(call.Caller, call.Id("agent"));
        await call.Nothing();
    }
}
