using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Events;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Approvals;

/// <summary>
/// <c>approval.request</c>, also under the original's name <c>orchestrator.request_approval</c>: asks whether the
/// run may go on, and waits for the decision without holding a worker.
/// </summary>
internal sealed class ApprovalTool(string name, Db db, EventLog events, Ids ids) : ITool
{
    private const string Name = "approval.request";
    private const string OriginalName = "orchestrator.request_approval";

    private const int DaySeconds = 24 * 3_600;

    /// <summary>It under both of its names.</summary>
    public static IReadOnlyList<ITool> All(Db db, EventLog events, Ids ids) =>
        [new ApprovalTool(Name, db, events, ids), new ApprovalTool(OriginalName, db, events, ids)];

    public ToolDescription Description { get; } =
        new(
            name,
            "Ask for approval",
            "Shows title, message and action to whoever holds 'approvals:decide' and waits for the decision. Approved: "
                + "the result is {approved: true, comment, …}. Rejected: the step fails with 'rejected', or with "
                + "on_reject: continue the result is {approved: false, …}.",
            Json.Parse(
                $$"""
                {
                  "type": "object",
                  "properties": {
                    "title": {"type": "string", "minLength": 1, "maxLength": 200},
                    "message": {"type": "string", "maxLength": 10000},
                    "action": true,
                    "expires_after_seconds": {
                      "type": "integer", "minimum": 1, "maximum": {{PipelineLimits.WaitSeconds}}
                    },
                    "on_reject": {"enum": ["fail", "continue"]}
                  },
                  "anyOf": [{"required": ["title"]}, {"required": ["message"]}],
                  "additionalProperties": false
                }
                """
            ),
            Json.Parse("""{"type": "object", "properties": {"approved": {"type": "boolean"}}}"""),
            Effect.Keyed
        );

    /// <summary>What the waiting step awaits.</summary>
    public static string KeyOf(Guid id) => $"approval:{id:N}";

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (call.TaskId == Guid.Empty)
        {
            return new ToolResult.Failed("not_in_a_run", "Only a run can ask for approval.", Retryable: false);
        }

        var row = await db.Write(session => Ask(session, call));
        var shown = new JsonObject
        {
            ["approval_id"] = row.Id.ToString(),
            ["digest"] = row.Digest,
            ["expires_at"] = Instants.Format(row.ExpiresAt),
        };
        return new ToolResult.Waiting(KeyOf(row.Id), row.ExpiresAt, Json.OfNode(shown));
    }

    /// <summary>The event that tells of an approval.</summary>
    public static NewEvent News(ApprovalRow row, string what, int depth)
    {
        var payload = new JsonObject
        {
            ["approval_id"] = row.Id.ToString(),
            ["run_id"] = row.RunId.ToString(),
            ["task_id"] = row.TaskId.ToString(),
            ["step"] = row.StepId,
            ["title"] = row.Title,
        };
        return new NewEvent(row.OwnerId, $"approval.{what}", payload.ToJsonString(), depth + 1);
    }

    private async ValueTask<ApprovalRow> Ask(Session session, ToolCall call)
    {
        var input = call.Input;
        var message = Text(input, "message");
        var title = Text(input, "title") ?? message![..Math.Min(message!.Length, 200)];
        JsonElement? action = input.TryGetProperty("action", out var given) ? given : null;
        var seconds = input.TryGetProperty("expires_after_seconds", out var time) ? time.GetInt32() : DaySeconds;
        var seen = $"{title}\n{message}\n{action?.GetRawText()}";
        var row = new ApprovalRow
        {
            Id = ids.Next(),
            OwnerId = call.OwnerId,
            RunId = call.RunId,
            TaskId = call.TaskId,
            StepId = call.StepId,
            Title = title,
            Message = message,
            Action = action,
            Digest = Sha256.Hex(seen),
            GoesOn = Text(input, "on_reject") == "continue",
            ExpiresAt = session.Now.AddSeconds(seconds),
        };
        // A crash after this asks nobody twice.
        if (!await ApprovalStore.Insert(session, row, call.IdempotencyKey))
        {
            return (await ApprovalStore.FindRequested(session, call.IdempotencyKey))!;
        }

        await WaitStore.Open(session, KeyOf(row.Id), row.OwnerId, row.RunId, row.ExpiresAt);
        await events.Append(session, News(row, "requested", call.CausationDepth));
        return row;
    }

    private static string? Text(JsonElement input, string name) =>
        input.TryGetProperty(name, out var text) ? text.GetString() : null;
}
