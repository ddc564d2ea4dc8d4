using System.Text.Json.Nodes;
using Ordinaut.Agents;
using Ordinaut.Pipelines;
using Ordinaut.Store;
using Ordinaut.Tools;

namespace Ordinaut.Runs;

/// <summary>
/// <c>signal.create</c>: makes the token of a signal, to be given to whoever shall send it; a later step waits for it.
/// </summary>
internal sealed class SignalTool(Db db) : ITool
{
    public ToolDescription Description { get; } =
        new(
            "signal.create",
            "Create a signal",
            "Makes a one-time token and the path to POST a JSON payload to; a later step waits for it with "
                + "\"wait\": {\"signal\": \"${steps.<id>.token}\"} and has the payload as its result.",
            Json.Parse(
                $$"""
                {
                  "type": "object",
                  "properties": {
                    "expires_after_seconds": {
                      "type": "integer", "minimum": 1, "maximum": {{PipelineLimits.WaitSeconds}}
                    }
                  },
                  "additionalProperties": false
                }
                """
            ),
            Json.Parse(
                """
                {
                  "type": "object",
                  "properties": {
                    "token": {"type": "string"}, "path": {"type": "string"}, "expires_at": {"type": "string"}
                  },
                  "required": ["token", "path", "expires_at"]
                }
                """
            ),
            Effect.Keyed
        );

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var seconds = call.Input.TryGetProperty("expires_after_seconds", out var given)
            ? given.GetInt32()
            : PipelineLimits.SignalWait.TotalSeconds;
        var token = RandomToken.Create();
        var expiresAt = await db.Write(async session =>
        {
            var until = session.Now.AddSeconds(seconds);
            await WaitStore.Open(session, SignalToken.KeyOf(token), call.OwnerId, call.RunId, until);
            return until;
        });
        var output = new JsonObject
        {
            ["token"] = token,
            ["path"] = $"/signals/{token}",
            ["expires_at"] = Instants.Format(expiresAt),
        };
        return new ToolResult.Ok(Json.OfNode(output));
    }
}
