using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// <c>webhook.send</c>: a signed POST as Standard Webhooks 1.0 has it. Only 2xx is a success; a redirect is a
/// failure and 410 says that the endpoint is gone for good. With <c>event_type</c> the body is the standard's
/// envelope <c>{type, timestamp, data}</c>, without it the payload as it is.
/// </summary>
internal sealed class WebhookSendTool(Egress egress, TimeProvider clock) : ITool
{
    /// <summary>The body must be smaller than this many bytes; 20,000 (the standard's advice).</summary>
    public const int BodyBytesBelow = 20_000;

    public ToolDescription Description { get; } =
        new(
            "webhook.send",
            "Send a webhook",
            "Posts a JSON payload to a URL, signed by Standard Webhooks so that the receiver can trust it.",
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "url": {
                      "type": "string", "minLength": 1,
                      "description": "Absolute http or https address of the endpoint."
                    },
                    "payload": {"description": "What to send: any JSON value below 20 kB."},
                    "secret": {
                      "type": "string",
                      "description": "whsec_ and base64 of 24 to 64 bytes, shared with the receiver."
                    },
                    "event_type": {
                      "type": "string", "pattern": "^[A-Za-z0-9_]+([.][A-Za-z0-9_]+)*$", "maxLength": 200,
                      "description": "For example invoice.paid; wraps the payload as {type, timestamp, data}."
                    }
                  },
                  "required": ["url", "payload", "secret"],
                  "additionalProperties": false
                }
                """
            ),
            JsonElement.Parse(
                """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "type": "object",
                  "properties": {
                    "status": {"type": "integer", "minimum": 200, "maximum": 299},
                    "message_id": {"type": "string", "description": "The webhook-id, the same over all attempts."}
                  },
                  "required": ["status", "message_id"],
                  "additionalProperties": false
                }
                """
            ),
            Effect.Keyed
        )
        {
            HostOf = EgressUrl.HostIn,
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        if (WebhookSignature.TryParse(call.Input.GetProperty("secret").GetString()!) is not { } signature)
        {
            return Invalid("/secret: write whsec_ and the base64 of 24 to 64 bytes.");
        }

        var (url, failure) = EgressUrl.Parse(call.Input.GetProperty("url").GetString()!);
        if (failure is not null)
        {
            return failure;
        }

        var now = clock.GetUtcNow();
        var body = Body(call.Input, now);
        if (body.Length >= BodyBytesBelow)
        {
            return Invalid($"/payload: the body has {body.Length} bytes; it must be below {BodyBytesBelow}.");
        }

        var id = WebhookSignature.MessageId(call.IdempotencyKey);
        var request = new EgressRequest(HttpMethod.Post, url!)
        {
            Body = body,
            Headers = WebhookSignature.Headers([signature], id, now, body),
            Hosts = call.Hosts,
        };
        return await egress.Send(request, ct) switch
        {
            EgressResult.Answered answer => Judge(url!.IdnHost, answer, id, now),
            var broken => ((EgressResult.Failed)broken).Reason,
        };
    }

    private static byte[] Body(JsonElement input, DateTimeOffset now)
    {
        var payload = input.GetProperty("payload");
        if (!input.TryGetProperty("event_type", out var type))
        {
            return JsonMarshal.GetRawUtf8Value(payload).ToArray();
        }

        var envelope = ToolOutput.Object(o =>
        {
            o.WriteString("type", type.GetString());
            o.WriteString("timestamp", now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            o.WritePropertyName("data");
            payload.WriteTo(o);
        });
        return JsonMarshal.GetRawUtf8Value(envelope).ToArray();
    }

    private static ToolResult Judge(string host, EgressResult.Answered answer, string id, DateTimeOffset now)
    {
        if (answer.Status == 410)
        {
            return new ToolResult.Failed(
                "endpoint_gone",
                $"{host} answered 410: the endpoint is gone for good.",
                false
            );
        }

        return answer.Status is >= 200 and < 300
            ? new ToolResult.Ok(
                ToolOutput.Object(o =>
                {
                    o.WriteNumber("status", answer.Status);
                    o.WriteString("message_id", id);
                })
            )
            : HttpFailures.OfStatus(host, answer, now);
    }

    private static ToolResult.Failed Invalid(string message) => new("input_invalid", message, Retryable: false);
}
