using System.Text.Json;
using Ordinaut.Agents;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>
/// What becomes of what an agent writes whose tasks need approval. A new task gets the status <c>proposed</c>; an edit
/// is kept beside its task, whose approved version goes on. One of the agent's own rules may let it pass.
/// </summary>
internal sealed class Proposals(ToolCatalog tools, SchedulePlans plans)
{
    /// <summary>A task that does nothing: it has no place in time.</summary>
    public static TaskDefinition Unplaced(TaskDefinition task) =>
        task with
        {
            Status = TaskStatus.Proposed,
            NextNominal = null,
            NextDue = null,
            SnoozedUntil = null,
        };

    public static string Action(TaskDefinition task, string otherwise) =>
        task.Status == TaskStatus.Proposed ? "task.proposed" : otherwise;

    /// <summary>What the record says when no person decided.</summary>
    public static string ByRule(string rule) => $"Approved by the rule '{rule}'.";

    public static ValueTask Put(Session session, Caller caller, TaskDefinition task, TaskDraft draft) =>
        ProposalStore.Put(session, task.OwnerId, new Proposal(task.Id, caller.AgentId, draft, session.Now));

    /// <summary>What a task would do, if it were approved as it is here.</summary>
    public async ValueTask<Forecast> Foresee(Session session, TaskDefinition task, JsonElement payload)
    {
        var plan = await plans.Of(session, task);
        return new Forecast(
            TaskReach.Of(task.Settings, payload),
            plan,
            TaskReach.FiresPerDay(plan.Schedule, session.Now),
            name => tools.Find(name)?.Description
        );
    }

    /// <summary>The name of the caller's rule that approves the task as it would be; null: it takes a person.</summary>
    public async ValueTask<string?> RuleFor(Session session, Caller caller, TaskDefinition task, TaskDraft draft)
    {
        if (caller.Limits.AutoApprove.Count == 0)
        {
            return null;
        }

        var forecast = await Foresee(session, task with { Settings = draft.Settings }, draft.PayloadJson);
        return caller.Limits.AutoApprove.FirstOrDefault(rule => forecast.Refusal(rule) is null)?.Name;
    }
}

/// <summary>What a task would do.</summary>
internal sealed record Forecast(
    TaskReach Reach,
    SchedulePlan Plan,
    long? FiresPerDay,
    Func<string, ToolDescription?> Tool
)
{
    public IReadOnlyList<ToolDescription> Tools => [.. Reach.Tools.Select(Tool).OfType<ToolDescription>()];

    /// <summary>Those that steps name, and those that tools from outside go to by themselves.</summary>
    public IReadOnlyList<string> Hosts =>
        [
            .. Reach
                .Hosts.Concat(Tools.Where(tool => tool.Source.Length > 0).Select(HostOf))
                .Where(host => host.Length > 0)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>One call of each step, as often as it fires; null: no tool declares a cost, or events decide.</summary>
    public decimal? CostPerDay
    {
        get
        {
            var costs = Reach.Calls.Select(call => Tool(call.Tool)?.Cost).OfType<decimal>().ToList();
            return costs.Count == 0 || FiresPerDay is not { } fires ? null : costs.Sum() * fires;
        }
    }

    private static string HostOf(ToolDescription tool) => tool.HostOf?.Invoke(Json.Parse("{}")) ?? "";

    public string? Refusal(AutoApproveRule rule) => AutoApproval.Refusal(rule, Reach, FiresPerDay, Tool);
}
