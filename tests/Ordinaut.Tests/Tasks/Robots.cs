using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Tasks;

/// <summary>Agents with limits, and those who decide for them.</summary>
internal static class Robots
{
    /// <summary>An agent as an admin made it, with its limits, that acts by its own token.</summary>
    public static async Task<Caller> Robot(this CoreBundle core, AgentInput? limits = null)
    {
        var input = limits ?? new AgentInput(TasksNeedApproval: true);
        var view = await core.Agents.Create(
            core.Admin,
            input with
            {
                Name = input.Name ?? "robot",
                Scopes = input.Scopes ?? core.Ann.Scopes.List(),
            }
        );
        return await core.As(view.Id);
    }

    /// <summary>The caller that an agent's token stands for now.</summary>
    public static async Task<Caller> As(this CoreBundle core, Guid agentId)
    {
        var agent = (await core.Directory.Find(agentId))!;
        return new Caller(agent.Id, agent.Scopes) { Limits = agent.Limits };
    }

    /// <summary>Someone who may decide, and is neither an admin nor anybody's maker.</summary>
    public static Caller Judge(this CoreBundle core) => core.Agent("judge", "tasks:read approvals:decide");

    public static async Task<TaskView> Approve(this CoreBundle core, Caller caller, Guid taskId)
    {
        var shown = await core.Proposals.Get(caller, taskId);
        return await core.Proposals.Approve(caller, taskId, new ProposalDecision(shown.Digest), null);
    }
}
