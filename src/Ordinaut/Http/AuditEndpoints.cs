using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Http;

/// <summary><c>/audit</c>: who changed what.</summary>
internal sealed class AuditEndpoints(AuditOperations audit, AuditVerifier verifier)
{
    private const string ListName = "audit";

    private static readonly QueryId Actor = new("actor", "Only what this agent did.");
    private static readonly QueryText Action = new("action", "Only this action, such as task.created.");
    private static readonly QueryText Noun = new("noun", "Only changes to this kind of thing, such as task.");
    private static readonly QueryText Subject = new("subject", "Only changes to the thing with this id or name.");

    private static readonly QueryText Head = new("head", "A head that was kept elsewhere: its number, ':', its hash.");

    public void Map(IEndpointRouteBuilder app)
    {
        app.Get("/audit", List)
            .Named("listAudit", "Audit", "List changes, newest first: your own, or all of them for an admin")
            .Asks(Actor, Action, Noun, Subject, Queries.Since, Queries.Until, Queries.Limit, Queries.Cursor)
            .Gives<Page<AuditView>>()
            .Needs(Scope.AuditRead);
        app.Get("/audit/verify", Verify)
            .Named("verifyAudit", "Audit", "Check that the log is as it was written")
            .Asks(Head)
            .Gives<AuditVerdict>()
            .Needs(Scope.Admin);
    }

    private async Task Verify(Call call) => await call.Answer(await verifier.Verify(call.Caller, call.Query(Head)));

    private async Task List(Call call)
    {
        var filter = new AuditFilter(
            call.Query(Actor),
            call.Query(Action),
            call.Query(Noun),
            call.Query(Subject),
            call.Query(Queries.Since),
            call.Query(Queries.Until),
            call.Query(Queries.Limit),
            call.After(ListName)
        );
        await call.Page(await audit.List(call.Caller, filter), ListName);
    }
}
