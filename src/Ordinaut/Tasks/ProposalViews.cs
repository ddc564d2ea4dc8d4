using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Models;
using Ordinaut.Schedules;
using Ordinaut.Sdk.Wire;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>Proposals as the wire shows them: what would change, and what the task would do.</summary>
internal sealed class ProposalViews(Proposals proposals, TokenLimits tokens)
{
    /// <summary>How many of the next occurrences are shown.</summary>
    public const int Occurrences = 5;

    private const string Model = "llm.";

    public async ValueTask<ProposalView> Of(Session session, TaskDefinition task, Proposal proposal)
    {
        var payload = proposal.Draft.PayloadJson;
        var proposed = task with { Settings = proposal.Draft.Settings };
        var forecast = await proposals.Foresee(session, proposed, payload);
        var (schedule, exclusions) = forecast.Plan;
        var preview = SchedulePreview.Compute(schedule, exclusions, session.Now, Occurrences);
        var used = forecast.Tools;
        return new ProposalView
        {
            TaskId = task.Id,
            Title = proposed.Settings.Title,
            OwnerId = task.OwnerId,
            ProposedBy = proposal.ProposedBy,
            ProposedAt = proposal.At,
            ApprovedVersion = IsNew(task) ? null : task.Version,
            Digest = task.Proposal!,
            Changes = JsonDifference.Of(await Before(session, task), Written(proposed, payload)),
            ScheduleDescription = schedule.Description,
            Timezone = schedule.Timezone,
            Next = ScheduleOperations.View(schedule, preview, proposed.Settings.EndsAt).Occurrences,
            Tools =
            [
                .. used.Select(tool => new ProposedTool(
                    tool.Name,
                    Word<Effect>.Of(tool.Effect),
                    tool.Scopes,
                    tool.Cost
                )),
            ],
            Hosts = forecast.Hosts,
            AnyHost = forecast.Reach.AnyHost,
            Scopes =
            [
                .. used.SelectMany(tool => tool.Scopes).Append("tools:use").Distinct().Order(StringComparer.Ordinal),
            ],
            FiresPerDay = forecast.FiresPerDay,
            CostPerDay = forecast.CostPerDay,
            TokensPerDay = used.Any(tool => tool.Name.StartsWith(Model, StringComparison.Ordinal))
                ? TokensPerDay(forecast.FiresPerDay)
                : null,
            NotAutomatic = await Refusals(session, proposal.ProposedBy, forecast),
        };
    }

    private static bool IsNew(TaskDefinition task) => task.Status == TaskStatus.Proposed;

    /// <summary>Nothing of a new task is approved, so all it says is a difference.</summary>
    private static async ValueTask<JsonElement> Before(Session session, TaskDefinition task) =>
        IsNew(task)
            ? Json.Parse("{}")
            : Written(task, Json.Parse((await TaskStore.Payload(session, task.Id, task.Version))!));

    /// <summary>Without what is absent: a difference tells what somebody said.</summary>
    private static JsonElement Written(TaskDefinition task, JsonElement payload)
    {
        var input = JsonObject.Create(Json.ToElement(TaskInputs.Of(task, payload)))!;
        foreach (var absent in input.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            input.Remove(absent);
        }

        return Json.OfNode(input);
    }

    private long TokensPerDay(long? fires) =>
        fires is { } times && times < tokens.TaskDay / Math.Max(1, tokens.Run) ? times * tokens.Run : tokens.TaskDay;

    private static async ValueTask<IReadOnlyList<string>> Refusals(Session session, Guid proposerId, Forecast forecast)
    {
        var proposer = await AgentStore.Get(session, proposerId);
        return
        [
            .. (proposer?.Limits.AutoApprove ?? [])
                .Select(rule => (rule.Name, Why: forecast.Refusal(rule)))
                .Where(rule => rule.Why is not null)
                .Select(rule => $"The rule '{rule.Name}' does not approve it: {rule.Why}."),
        ];
    }
}
