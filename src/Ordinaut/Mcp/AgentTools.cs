using Ordinaut.Agents;
using Ordinaut.Audit;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Mcp;

/// <summary>Who may act, and who changed what.</summary>
internal sealed class AgentTools(AgentOperations agents, AuditOperations audit, AuditVerifier verifier)
{
    private const string ListName = "agents";
    private const string AuditName = "audit";
    private const string AgentId = "agent_id";

    public IEnumerable<McpTool> Reading()
    {
        yield return new McpTool(
            "whoami",
            "getMe",
            "Who am I, and what time is it?",
            "The agent you act as, what your token allows, the server's time and its default time zone. Useful before "
                + "turning 'tomorrow' or 'in an hour' into a time."
        )
            .Needs(Scope.None, Hints.ReadOnly)
            .Does(call => agents.Me(call.Caller));
        yield return new McpTool("list_agents", "listAgents", "List agents", "The agents you manage.")
            .Needs(Scope.AgentsManage, Hints.ReadOnly)
            .Does(async call =>
                call.Page(await agents.List(call.Caller, call.Number("limit"), call.After(ListName)), ListName)
            );
        yield return new McpTool(
            "get_agent",
            "getAgent",
            "Show an agent",
            "An agent with its scopes and status; any token may look at its own."
        )
            .Needs(Scope.None, Hints.ReadOnly)
            .Does(call => agents.Get(call.Caller, call.Id(AgentId)));
        yield return new McpTool(
            "list_audit",
            "listAudit",
            "List changes",
            "Who changed what and when, newest first: your own changes, or everyone's for an admin."
        )
            .Needs(Scope.AuditRead, Hints.ReadOnly)
            .Does(Audit);
        yield return new McpTool(
            "verify_audit",
            "verifyAudit",
            "Check the audit log",
            "Whether the log of changes is as it was written: nothing changed, added, removed or put in another order."
        )
            .Needs(Scope.Admin, Hints.ReadOnly)
            .Does(call => verifier.Verify(call.Caller, call.OptionalText("head")));
    }

    public IEnumerable<McpTool> Writing()
    {
        yield return new McpTool(
            "create_agent",
            "createAgent",
            "Create an agent",
            "A new principal with a name and scopes that you hold yourself, or a role that stands for them. Its secret "
                + "is issued over HTTP, where no model sees it: POST /agents/{id}/credentials."
        )
            .Requires("name")
            .Needs(Scope.AgentsManage, Hints.None)
            .Does(call => agents.Create(call.Caller, call.Body<AgentInput>()));
        yield return new McpTool(
            "update_agent",
            "updateAgent",
            "Change an agent",
            "Changes the members named in 'changes': {\"agent_id\":\"…\",\"changes\":{\"status\":\"disabled\"}}."
        )
            .TakesBodyAs("changes")
            .Needs(Scope.AgentsManage, Hints.Destructive | Hints.Idempotent)
            .Does(call => agents.Patch(call.Caller, call.Id(AgentId), call.Patch<AgentInput>()));
        yield return new McpTool(
            "stop_agent",
            "stopAgent",
            "Stop an agent",
            "At once: its tokens end, its runs are canceled and nothing of it fires. Its tasks and history stay; "
                + "start_agent lets it go on."
        )
            .Needs(Scope.AgentsManage, Hints.Destructive | Hints.Idempotent)
            .Does(call => agents.Stop(call.Caller, call.Id(AgentId), call.Body<AgentStop>()));
        yield return new McpTool(
            "start_agent",
            "startAgent",
            "Start a stopped agent",
            "It may act again, with new tokens. What its tasks missed is treated as after any downtime, by each task's "
                + "misfire_policy."
        )
            .Needs(Scope.AgentsManage, Hints.Destructive | Hints.Idempotent)
            .Does(call => agents.Start(call.Caller, call.Id(AgentId), call.Body<AgentStop>()));
    }

    private async Task<Page<AuditView>> Audit(McpCall call)
    {
        var filter = new AuditFilter(
            call.OptionalId("actor"),
            call.OptionalText("action"),
            call.OptionalText("noun"),
            call.OptionalText("subject"),
            call.Instant("since"),
            call.Instant("until"),
            call.Number("limit"),
            call.After(AuditName)
        );
        return call.Page(await audit.List(call.Caller, filter), AuditName);
    }
}
