using Ordinaut.Agents;
using Ordinaut.Approvals;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/approvals</c> and <c>/signals</c>: what runs wait for.</summary>
internal sealed class ApprovalEndpoints(ApprovalOperations approvals, SignalOperations signals)
{
    private const string Tag = "Approvals";
    private const string Noun = "approval";
    private const string ListName = "approvals";

    private static readonly QueryChoice State = new(
        "state",
        ApprovalOperations.States,
        "Only approvals in this state."
    );

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/approvals", List)
            .Named("listApprovals", Tag, "List approvals, newest first: your own, or all if you may decide")
            .Asks(State, Queries.Limit, Queries.Cursor)
            .Gives<Page<ApprovalView>>()
            .Needs(Scope.RunsRead);
        app.Get("/approvals/{id}", async call => await call.Answer(await approvals.Get(call.Caller, call.Id(Noun))))
            .Named("getApproval", Tag, "Show an approval")
            .Gives<ApprovalView>()
            .Needs(Scope.RunsRead);
        Decide(app, "approve", "Approve: the run goes on", approvals.Approve);
        Decide(app, "reject", "Reject: the step fails, unless it goes on after that", approvals.Reject);
        app.Post("/signals/{token}", Send)
            .Named("sendSignal", Tag, "Answer the step that waits for this token; no other right is needed")
            .Takes<System.Text.Json.JsonElement>(optional: true)
            .Gives<SignalReceipt>(StatusCodes.Status202Accepted)
            .Anonymous(RateClass.Login);
    }

    private static void Decide(
        IEndpointRouteBuilder app,
        string verb,
        string summary,
        Func<Caller, Guid, Decision?, Task<ApprovalView>> decide
    ) =>
        app.Post(
                "/approvals/{id}/" + verb,
                async call => await call.Answer(await decide(call.Caller, call.Id(Noun), call.OptionalBody<Decision>()))
            )
            .Named($"{verb}Approval", Tag, summary)
            .Takes<Decision>(optional: true)
            .Gives<ApprovalView>()
            .Once()
            .Needs(Scope.ApprovalsDecide, RateClass.Write);

    private async Task List(Call call)
    {
        var page = await approvals.List(
            call.Caller,
            call.Query(State),
            call.After(ListName),
            call.Query(Queries.Limit)
        );
        await call.Page(page, ListName);
    }

    private async Task Send(Call call)
    {
        var payload = call.RawBody.IsEmpty
            ? (System.Text.Json.JsonElement?)null
            : BodyFaults.ReadAny(call.RawBody.Bytes);
        await call.Answer(await signals.Send(call.Text("token"), payload), StatusCodes.Status202Accepted);
    }
}
