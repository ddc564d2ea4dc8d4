using System.Globalization;
using System.Text.Json;

namespace Ordinaut.Tools.BuiltIn;

/// <summary>
/// <c>http.request</c>: one HTTP request and its answer as a value. A status of 400 or more fails the step unless
/// <c>accept_status</c> lists it. Redirects are an answer unless <c>follow_redirects</c> is set.
/// </summary>
internal sealed class HttpRequestTool(Egress egress, TimeProvider clock) : ITool
{
    /// <summary>The largest <c>max_response_bytes</c>; 10 MiB, as much as a step keeps.</summary>
    public const int MaxResponseBytes = ToolInvoker.MaxOutputBytes;

    /// <summary>The longest <c>timeout_seconds</c>; 300.</summary>
    public const int MaxTimeoutSeconds = 300;

    public ToolDescription Description { get; } =
        new(
            "http.request",
            "HTTP request",
            "Sends an HTTP request to a URL and returns status, headers and body; use it for any web API.",
            JsonElement.Parse(HttpRequestSchemas.Input),
            JsonElement.Parse(HttpRequestSchemas.Output),
            Effect.Keyed
        )
        {
            Timeout = TimeSpan.FromSeconds(MaxTimeoutSeconds),
            HostOf = EgressUrl.HostIn,
        };

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var (request, failure) = HttpRequestInput.Build(call.Input, call.IdempotencyKey);
        if (failure is not null)
        {
            return failure;
        }

        request = request! with { StaysAtOrigin = call.Secrets is not null, Hosts = call.Hosts };
        var seconds = call.Input.TryGetProperty("timeout_seconds", out var given) ? given.GetDouble() : 30;
        using var timer = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            var follows = call.Input.TryGetProperty("follow_redirects", out var follow) && follow.GetBoolean();
            return await Exchange(request, follows ? HttpRedirects.MaxHops : 0, call.Input, either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var message = $"{request.Url.IdnHost} did not answer within {seconds} s.";
            return new ToolResult.Failed("timeout", message, Retryable: true);
        }
    }

    private static ToolResult.Failed WithTheWayOut(ToolResult.Failed reason) =>
        reason.Code == "response_too_large"
            ? reason with
            {
                Message = $"{reason.Message} Raise max_response_bytes, at most to {MaxResponseBytes}.",
            }
            : reason;

    private async Task<ToolResult> Exchange(EgressRequest request, int hops, JsonElement input, CancellationToken ct)
    {
        for (var left = hops; ; left--)
        {
            var result = await egress.Send(request, ct);
            if (result is not EgressResult.Answered answer)
            {
                return WithTheWayOut(((EgressResult.Failed)result).Reason);
            }

            if (hops == 0 || HttpRedirects.Next(request, answer) is not { } next)
            {
                return answer.Status < 400 || IsAccepted(answer.Status, input)
                    ? new ToolResult.Ok(Output(answer))
                    : HttpFailures.OfStatus(request.Url.IdnHost, answer, clock.GetUtcNow());
            }

            if (left == 0)
            {
                return new ToolResult.Failed("too_many_redirects", $"More than {hops} redirects in a row.", false);
            }

            request = next;
        }
    }

    private static bool IsAccepted(int status, JsonElement input) =>
        input.TryGetProperty("accept_status", out var accepted)
        && accepted.EnumerateArray().Any(a => Matches(a, status));

    // "4xx" is a class of statuses; 404 and "404" are one.
    private static bool Matches(JsonElement accepted, int status)
    {
        var text = accepted.ToString();
        return text == status.ToString(CultureInfo.InvariantCulture)
            || text.EndsWith("xx", StringComparison.Ordinal) && text[0] - '0' == status / 100;
    }

    private static JsonElement Output(EgressResult.Answered answer) =>
        ToolOutput.Object(o =>
        {
            o.WriteNumber("status", answer.Status);
            o.WriteStartObject("headers");
            foreach (var field in answer.Headers.GroupBy(h => h.Key))
            {
                WriteField(o, field);
            }

            o.WriteEndObject();
            HttpBody.Write(o, answer);
        });

    // RFC 9110 §5.3: Set-Cookie is the field whose values must not be joined.
    private static void WriteField(Utf8JsonWriter o, IGrouping<string, KeyValuePair<string, string>> field)
    {
        if (field.Key != "set-cookie")
        {
            o.WriteString(field.Key, string.Join(", ", field.Select(h => h.Value)));
            return;
        }

        o.WriteStartArray(field.Key);
        foreach (var (_, value) in field)
        {
            o.WriteStringValue(value);
        }

        o.WriteEndArray();
    }
}
