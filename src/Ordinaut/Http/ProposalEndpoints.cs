using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Http;

/// <summary><c>/proposals</c> and <c>/tasks/{id}/proposal|approve|reject</c>: what waits for consent.</summary>
internal sealed class ProposalEndpoints(ProposalOperations proposals)
{
    private const string ListName = "proposals";

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/proposals", List)
            .Named(
                "listProposals",
                TaskEndpoints.Tag,
                "List what waits for approval: for you, or all if you may decide"
            )
            .Asks(Queries.Limit, Queries.Cursor)
            .Gives<Page<ProposalView>>()
            .Needs(Scope.TasksRead);
        app.Get("/tasks/{id}/proposal", Get)
            .Named("getProposal", TaskEndpoints.Tag, "Show what a proposal would change and do")
            .Gives<ProposalView>()
            .Needs(Scope.TasksRead);
        app.Post("/tasks/{id}/approve", Approve)
            .Named("approveTask", TaskEndpoints.Tag, "Approve what is proposed, by the digest that was seen")
            .Takes<ProposalDecision>()
            .Gives<TaskView>()
            .Once()
            .Needs(Scope.ApprovalsDecide, RateClass.Write);
        app.Post("/tasks/{id}/reject", Reject)
            .Named("rejectTask", TaskEndpoints.Tag, "Reject what is proposed: a new task is canceled, an edit dropped")
            .Takes<ProposalDecision>(optional: true)
            .Gives<TaskView>()
            .Once()
            .Needs(Scope.ApprovalsDecide, RateClass.Write);
    }

    private async Task List(Call call)
    {
        var page = await proposals.List(call.Caller, call.After(ListName), call.Query(Queries.Limit));
        await call.Page(page, ListName);
    }

    private async Task Get(Call call) =>
        await call.Answer(await proposals.Get(call.Caller, call.Id(TaskEndpoints.Noun)));

    private async Task Approve(Call call)
    {
        var id = call.Id(TaskEndpoints.Noun);
        var decision = call.OptionalBody<ProposalDecision>() ?? new ProposalDecision();
        var view = await proposals.Approve(call.Caller, id, decision, call.IfMatch);
        await call.Versioned(view, view.Version);
    }

    private async Task Reject(Call call)
    {
        var id = call.Id(TaskEndpoints.Noun);
        var view = await proposals.Reject(call.Caller, id, call.OptionalBody<ProposalDecision>(), call.IfMatch);
        await call.Versioned(view, view.Version);
    }
}
