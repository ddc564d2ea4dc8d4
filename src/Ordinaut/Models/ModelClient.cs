using System.Text.Json;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Models;

/// <summary>
/// Asks the operator's endpoint, by the one call that all of them have: <c>POST /chat/completions</c>. It goes through
/// an egress guard of its own that knows this one host, so that a private endpoint opens nothing to other tools.
/// </summary>
internal sealed class ModelClient(
    ModelSettings settings,
    EgressNetwork network,
    TimeProvider clock,
    ILogger<Egress> logger
) : IDisposable
{
    /// <summary>The largest answer in bytes; 1 MiB.</summary>
    public const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>The largest answer in pieces, each of which is wrapped anew; 16 MiB.</summary>
    public const int MaxStreamBytes = 16 * 1024 * 1024;

    /// <summary>How many characters of the endpoint's own words an error quotes; 300.</summary>
    public const int MaxQuotedCharacters = 300;

    private static readonly TokenCount None = new(0, 0);

    private readonly Egress _egress = new(
        EgressAllow.Parse($"{settings.Url.Host}:{settings.Url.Port}"),
        network,
        clock,
        logger
    );

    public void Dispose() => _egress.Dispose();

    /// <param name="tell">Hears how long the answer is so far, if it was asked for in pieces; else null.</param>
    public async Task<ModelAnswer> Ask(byte[] body, string key, Action<long>? tell, CancellationToken ct)
    {
        var pieces = tell is null ? null : new ModelStream(tell, clock);
        using var timer = new CancellationTokenSource(settings.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        try
        {
            return await _egress.Send(Request(body, key, pieces), either.Token) switch
            {
                EgressResult.Answered answer => Judge(answer, pieces),
                var broken => Broken(((EgressResult.Failed)broken).Reason),
            };
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var message = $"{settings.Url.IdnHost} did not answer within {settings.Timeout.TotalSeconds} s.";
            return new ModelAnswer.Failed(new ToolResult.Failed("timeout", message, Retryable: true), null);
        }
    }

    private ModelAnswer Judge(EgressResult.Answered answer, ModelStream? pieces)
    {
        var whole = pieces is null ? answer : answer with { Body = pieces.Whole };
        return whole.Status != 200 ? new ModelAnswer.Failed(Explain(whole), None)
            : pieces?.HasBegun == true ? pieces.Answer()
            : ModelAnswer.Read(whole.Body);
    }

    private EgressRequest Request(byte[] body, string key, ModelStream? pieces)
    {
        var headers = new List<KeyValuePair<string, string>>
        {
            new("Content-Type", "application/json"),
            new("Idempotency-Key", key),
        };
        if (settings.ApiKey.Length > 0)
        {
            headers.Add(new("Authorization", "Bearer " + settings.ApiKey));
        }

        return new EgressRequest(HttpMethod.Post, settings.Completions)
        {
            Body = body,
            Headers = headers,
            MaxResponseBytes = pieces is null ? MaxAnswerBytes : MaxStreamBytes,
            Heard = pieces is null ? null : pieces.Hear,
        };
    }

    // Who was never reached counted nothing; what broke on the way back may have been counted.
    private static ModelAnswer.Failed Broken(ToolResult.Failed reason) =>
        new(reason, reason.Code is "dns_failed" or "connect_failed" or "tls_failed" ? None : null);

    private ToolResult.Failed Explain(EgressResult.Answered answer)
    {
        var retryable = answer.Status is 408 or 425 or 429 or >= 500;
        // Endpoints that refuse a key like to quote it.
        var quote = answer.Status is 401 or 403 ? "; the operator's llm_api_key is not accepted." : "." + Quote(answer);
        return new ToolResult.Failed(
            "model_status",
            $"{settings.Url.IdnHost} answered with status {answer.Status}{quote}",
            retryable,
            retryable ? HttpFailures.RetryAfter(answer, clock.GetUtcNow()) : null
        );
    }

    private string Quote(EgressResult.Answered answer)
    {
        if (WordsOf(answer.Body) is not { Length: > 0 } words)
        {
            return "";
        }

        words = settings.ApiKey.Length == 0 ? words : words.Replace(settings.ApiKey, "***", StringComparison.Ordinal);
        return $" It said: {Quoted.Line(words, MaxQuotedCharacters)}";
    }

    private static string? WordsOf(byte[] body)
    {
        if (JsonUnicode.FirstFault(body) is not null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement is { ValueKind: JsonValueKind.Object } answer
                && answer.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
