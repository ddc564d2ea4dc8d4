using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Pipelines;
using Ordinaut.Runs;
using Ordinaut.Tools;

namespace Ordinaut.Tasks;

/// <summary>
/// <c>task.next_in</c>: a run says when its task is next worth running, sooner or later than the schedule does, within
/// the bounds that the pipeline sets.
/// </summary>
internal sealed class NextInTool(Func<TaskControl> control, OwnerRights rights) : ITool
{
    /// <summary>The bounds where a pipeline sets none, and the widest that it may set.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Soonest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Latest = TimeSpan.FromSeconds(TaskControl.MaxSnoozeSeconds);

    private const string Input = """
        {
          "type": "object",
          "properties": {
            "in": {"type": ["string", "number"], "description": "90 (seconds), 10m, 2h, 3d or PT10M"},
            "min": {"type": ["string", "number"], "description": "never sooner than this; 1m"},
            "max": {"type": ["string", "number"], "description": "never later than this; 7d"}
          },
          "required": ["in"],
          "additionalProperties": false
        }
        """;

    private const string Output = """
        {
          "type": "object",
          "properties": {"next_run_at": {"type": "string"}, "clamped": {"type": "boolean"}},
          "required": ["next_run_at", "clamped"]
        }
        """;

    public ToolDescription Description { get; } =
        new(
            "task.next_in",
            "Move the next occurrence",
            "Moves the next occurrence of the task that runs; the ones after it stay where the schedule has them.",
            Json.Parse(Input),
            Json.Parse(Output),
            Effect.Keyed
        )
        {
            Scopes = ["tasks:update"],
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (call.TaskId == Guid.Empty)
        {
            return new ToolResult.Failed("no_task", "Only the run of a task has a next occurrence.", Retryable: false);
        }

        var wanted = Time(call.Input, "in", null);
        var min = Time(call.Input, "min", Soonest);
        var max = Time(call.Input, "max", Latest);
        if (wanted is null || min is null || max is null || min < Shortest || max > Latest || min > max)
        {
            return new ToolResult.Failed(
                "invalid_time",
                "in, min and max are times such as 90 (seconds), \"10m\", \"2h\", \"3d\" or \"PT10M\"; "
                    + $"min is at least {Shortest.TotalSeconds} s, max at most {Latest.Days} days, min not above max.",
                Retryable: false
            );
        }

        var time = TimeSpan.FromTicks(Math.Clamp(wanted.Value.Ticks, min.Value.Ticks, max.Value.Ticks));
        var next = await control().MoveNext(await rights.Of(call), call.TaskId, time);
        var shown = new JsonObject
        {
            ["next_run_at"] = Instants.Format(next.NextRunAt!.Value),
            ["clamped"] = time != wanted,
        };
        return new ToolResult.Ok(Json.OfNode(shown));
    }

    private static TimeSpan? Time(JsonElement input, string name, TimeSpan? usual) =>
        input.TryGetProperty(name, out var given) ? WaitTime.Span(Expressions.JsonValue.Of(given)) : usual;
}
