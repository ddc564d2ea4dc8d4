using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/agents</c>: who may act.</summary>
internal sealed class AgentEndpoints(AgentOperations agents, AgentErasure erasure, AgentExport export)
{
    private const string Tag = "Agents";
    private const string ListName = "agents";
    private const string LinesType = "application/jsonl";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/agents", List)
            .Named("listAgents", Tag, "List the agents you manage")
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<AgentView>>()
            .Needs(Scope.AgentsManage);
        app.Post("/agents", Create)
            .Named("createAgent", Tag, "Create an agent; issue its secret next")
            .Takes<AgentInput>()
            .Gives<AgentView>(StatusCodes.Status201Created)
            .Once()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Get("/agents/me", async call => await call.Answer(await agents.Me(call.Caller)))
            .Named("getMe", Tag, "Show who the token stands for, and the server's clock")
            .Gives<WhoAmI>()
            .NeedsToken(RateClass.Read);
        app.Get("/agents/{id}", Get)
            .Named("getAgent", Tag, "Show an agent; itself to any")
            .Gives<AgentView>()
            .NeedsUnlessOwn(Scope.AgentsManage);
        app.Put("/agents/{id}", Replace)
            .Named("replaceAgent", Tag, "Replace an agent's name, scopes and address; its status if given")
            .Takes<AgentInput>()
            .Gives<AgentView>()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Patch("/agents/{id}", Patch)
            .Named("updateAgent", Tag, "Change the members that are named (RFC 7396)")
            .Takes<AgentInput>(optional: false, Route.MergePatchType)
            .Gives<AgentView>()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Delete("/agents/{id}", Deactivate)
            .Named("deactivateAgent", Tag, "Stop an agent, as POST …/stop does")
            .Gives<AgentView>()
            .Needs(Scope.AgentsManage, RateClass.Write);
        Switch(app, "stop", "Stop an agent at once: tokens end, runs are canceled, nothing fires", agents.Stop);
        Switch(app, "start", "Let a stopped agent act again; what it missed goes by misfire_policy", agents.Start);
        app.Post("/agents/{id}/erase", Erase)
            .Named("eraseAgent", Tag, "Remove an agent and all that is its own, for good; the audit log keeps ids")
            .Gives<ErasureView>()
            .Needs(Scope.AgentsManage, RateClass.Write);
        app.Get("/agents/{id}/export", Export)
            .Named("exportAgent", Tag, "All that is an agent's own, one JSON object a line; itself to any")
            .Gives<string>(StatusCodes.Status200OK, LinesType)
            .NeedsUnlessOwn(Scope.AgentsManage);
        app.Post("/agents/{id}/credentials", IssueCredentials)
            .Named("issueAgentCredentials", Tag, "Issue a new secret, shown this once; the old one and all tokens end")
            .Gives<AgentCredentials>(StatusCodes.Status201Created)
            .Needs(Scope.AgentsManage, RateClass.Write);
    }

    private static void Switch(
        IEndpointRouteBuilder app,
        string verb,
        string summary,
        Func<Caller, Guid, AgentStop?, Task<AgentView>> act
    ) =>
        app.Post(
                "/agents/{id}/" + verb,
                async call =>
                    await call.Answer(await act(call.Caller, call.Id("agent"), call.OptionalBody<AgentStop>()))
            )
            .Named($"{verb}Agent", Tag, summary)
            .Takes<AgentStop>(optional: true)
            .Gives<AgentView>()
            .Once()
            .Needs(Scope.AgentsManage, RateClass.Write);

    private async Task List(Call call) =>
        await call.Page(await agents.List(call.Caller, call.Query(Queries.Limit), call.After(ListName)), ListName);

    private async Task Create(Call call)
    {
        var view = await agents.Create(call.Caller, call.Body<AgentInput>());
        await call.Created(view, $"/agents/{view.Id}");
    }

    private async Task Get(Call call) => await call.Answer(await agents.Get(call.Caller, call.Id("agent")));

    private async Task Replace(Call call) =>
        await call.Answer(await agents.Replace(call.Caller, call.Id("agent"), call.Body<AgentInput>()));

    private async Task Patch(Call call) =>
        await call.Answer(await agents.Patch(call.Caller, call.Id("agent"), call.Patch<AgentInput>()));

    private async Task Deactivate(Call call) =>
        await call.Answer(await agents.Stop(call.Caller, call.Id("agent"), null));

    private async Task Erase(Call call) => await call.Answer(await erasure.Erase(call.Caller, call.Id("agent")));

    private async Task Export(Call call) =>
        await call.Lines(await export.Export(call.Caller, call.Id("agent")), LinesType);

    private async Task IssueCredentials(Call call) =>
        await call.Answer(await agents.IssueCredentials(call.Caller, call.Id("agent")), StatusCodes.Status201Created);
}
