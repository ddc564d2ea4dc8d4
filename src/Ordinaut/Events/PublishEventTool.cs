using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;

namespace Ordinaut.Events;

/// <summary><c>event.publish</c>: a pipeline tells a fact; tasks that listen to it run.</summary>
internal sealed class PublishEventTool(EventOperations events, OwnerRights rights) : ITool
{
    public ToolDescription Description { get; } =
        new(
            "event.publish",
            "Publish an event",
            "Publishes an event on a topic with a payload; event tasks that listen to the topic run.",
            Json.Parse(
                """
                {
                  "type": "object",
                  "properties": {
                    "topic": {"type": "string", "minLength": 1, "maxLength": 200},
                    "payload": true
                  },
                  "required": ["topic"],
                  "additionalProperties": false
                }
                """
            ),
            Json.Parse(
                """
                {
                  "type": "object",
                  "properties": {
                    "event_id": {"type": "string"},
                    "topic": {"type": "string"},
                    "triggered_tasks": {"type": "array", "items": {"type": "string"}}
                  },
                  "required": ["event_id", "topic", "triggered_tasks"]
                }
                """
            ),
            Effect.Keyed
        )
        {
            Scopes = ["events:publish"],
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var topic = call.Input.GetProperty("topic").GetString();
        var payload = call.Input.TryGetProperty("payload", out var given) ? given : Json.Parse("null");
        var published = await events.Publish(await rights.Of(call), new PublishEvent(topic, payload));
        return new ToolResult.Ok(Json.ToElement(published));
    }
}
