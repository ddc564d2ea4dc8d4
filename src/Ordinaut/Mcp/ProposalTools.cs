using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tasks;

namespace Ordinaut.Mcp;

/// <summary>Tasks and edits that wait for someone's consent.</summary>
internal sealed class ProposalTools(ProposalOperations proposals)
{
    private const string ListName = "proposals";
    private const string TaskId = "task_id";

    /// <summary>How many differences a person is asked to read; the proposal itself has them all.</summary>
    private const int MaxLines = 50;

    public IEnumerable<McpTool> All()
    {
        yield return new McpTool(
            "list_proposals",
            "listProposals",
            "List proposals",
            "Tasks and edits that wait for approval: yours, or everyone's if you may decide."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(async call =>
                call.Page(await proposals.List(call.Caller, call.After(ListName), call.Number("limit")), ListName)
            );
        yield return new McpTool(
            "get_proposal",
            "getProposal",
            "Show a proposal",
            "What a proposed task or edit would change and do: differences, next occurrences, tools, hosts, fires and "
                + "cost per day, and the digest that a decision names. Show it to the person who decides."
        )
            .Needs(Scope.TasksRead, Hints.ReadOnly)
            .Does(call => proposals.Get(call.Caller, call.Id(TaskId)));
        yield return Decide(
                "approve_task",
                "approveTask",
                "Approve a task",
                "Lets a proposed task or edit take effect. Decide only what a person told you to decide, and name the "
                    + "digest of the proposal that you showed.",
                (call, decision) => proposals.Approve(call.Caller, call.Id(TaskId), decision, null)
            )
            .Requires("digest");
        yield return Decide(
            "reject_task",
            "rejectTask",
            "Reject a task",
            "Refuses what is proposed: a new task is canceled, of an edit nothing is left. Say why in comment.",
            (call, decision) => proposals.Reject(call.Caller, call.Id(TaskId), decision, null)
        );
    }

    private McpTool Decide(
        string name,
        string operation,
        string title,
        string description,
        Func<McpCall, ProposalDecision, Task<TaskView>> decide
    ) =>
        new McpTool(name, operation, title, description)
            .Needs(Scope.ApprovalsDecide, Hints.Destructive)
            .Does(async call =>
            {
                await call.Confirm(() => Question(call, title));
                return await decide(call, call.Body<ProposalDecision>());
            });

    /// <summary>What the person reads is what is proposed, and not what a model says of it.</summary>
    private async Task<string> Question(McpCall call, string verb)
    {
        call.Caller.Require(Scope.ApprovalsDecide);
        var shown = await proposals.Get(call.Caller, call.Id(TaskId));
        var next = shown.Next.Count == 0 ? "" : $", next {shown.Next[0].Local}";
        string[] lines =
        [
            $"{verb}: {shown.Title}",
            $"{shown.ScheduleDescription}{next}",
            $"Tools: {string.Join(", ", shown.Tools.Select(tool => tool.Name))}",
            $"Hosts: {string.Join(", ", shown.AnyHost ? shown.Hosts.Append("any") : shown.Hosts)}",
            .. shown
                .Changes.Take(MaxLines)
                .Select(change => $"{change.Op} {change.Path}: {change.After?.GetRawText()}"),
            .. shown.Changes.Skip(MaxLines).Take(1).Select(_ => $"and {shown.Changes.Count - MaxLines} more"),
        ];
        return string.Join('\n', lines);
    }
}
