using Ordinaut.Agents;
using Ordinaut.Approvals;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>What runs ask before they act.</summary>
internal sealed class ApprovalTools(ApprovalOperations approvals)
{
    private const string ListName = "approvals";
    private const string ApprovalId = "approval_id";

    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_approvals",
            "listApprovals",
            "List approvals",
            "What runs ask before they go on: your own, or everyone's if you may decide. state pending: what waits."
        )
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(
                    await approvals.List(
                        call.Caller,
                        call.OptionalText("state"),
                        call.After(ListName),
                        call.Number("limit")
                    ),
                    ListName
                )
            );
        yield return new McpTool(
            "get_approval",
            "getApproval",
            "Show an approval",
            "What is asked, with the action as the task rendered it, and its digest."
        )
            .Needs(Scope.RunsRead, Hints.ReadOnly)
            .Does(call => approvals.Get(call.Caller, call.Id(ApprovalId)));
        yield return Decide(
            "approve",
            "approveApproval",
            "Approve",
            "Lets the waiting run go on. Decide only what a person told you to decide, and name the digest you showed.",
            approvals.Approve
        );
        yield return Decide(
            "reject",
            "rejectApproval",
            "Reject",
            "Refuses what the waiting run asks; its step fails, unless the task goes on after a rejection.",
            approvals.Reject
        );
    }

    private McpTool Decide(
        string name,
        string operation,
        string title,
        string description,
        Func<Caller, Guid, Decision?, Task<ApprovalView>> decide
    ) =>
        new McpTool(name, operation, title, description)
            .Needs(Scope.ApprovalsDecide, Hints.Destructive)
            .Does(async call =>
            {
                await call.Confirm(() => Question(call, title));
                return await decide(call.Caller, call.Id(ApprovalId), call.Body<Decision>());
            });

    /// <summary>What the person reads is what is asked, and not what a model says of it.</summary>
    private async Task<string> Question(McpCall call, string verb)
    {
        call.Caller.Require(Scope.ApprovalsDecide);
        var asked = await approvals.Get(call.Caller, call.Id(ApprovalId));
        string?[] lines = [$"{verb}: {asked.Title}", asked.Message, asked.Action?.GetRawText()];
        return string.Join('\n', lines.OfType<string>());
    }
}
