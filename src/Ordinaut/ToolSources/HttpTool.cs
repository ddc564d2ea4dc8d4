using System.Text.Json;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.ToolSources;

/// <summary>An HTTP request as a tool: fills in its templates, and the rest is <c>http.request</c>.</summary>
internal sealed class HttpTool : ITool
{
    public const int DefaultTimeoutSeconds = 30;

    private const string Authorization = "Authorization";

    private readonly HttpToolInput _settings;
    private readonly HttpRequestTool _http;
    private readonly SecretReferences _secrets;
    private readonly SecretHolder _holder;

    public HttpTool(ToolSource source, HttpRequestTool http, SecretReferences secrets)
    {
        _settings = Json.Read<HttpToolInput>(source.Settings);
        _http = http;
        _secrets = secrets;
        Description = Describe(source.Name, _settings);
        _holder = new SecretHolder(source.OwnerId, source.Name, EgressUrl.HostOf(_settings.Url));
    }

    public ToolDescription Description { get; }

    public static ToolDescription Describe(string name, HttpToolInput settings)
    {
        var host = EgressUrl.HostOf(settings.Url);
        return new(
            name,
            settings.Title ?? name,
            settings.Description ?? settings.Title ?? name,
            settings.InputSchema ?? HttpTemplate.SchemaOf(settings),
            settings.OutputSchema ?? JsonElement.Parse("{}"u8),
            Word<Effect>.TryParse(settings.Effect, out var effect) ? effect : Effect.Keyed
        )
        {
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds ?? DefaultTimeoutSeconds),
            Source = ToolSource.Http,
            HostOf = _ => host,
            Cost = settings.Cost,
        };
    }

    public async ValueTask<ToolResult> Call(ToolCall call, CancellationToken ct)
    {
        var (request, fault) = HttpTemplate.Fill(_settings, call.Input);
        if (fault is not null)
        {
            return new ToolResult.Failed("input_invalid", fault, Retryable: false);
        }

        if (_settings.TokenFrom is { } reference)
        {
            var headers = request!["headers"]!.AsObject();
            var secret = await _secrets.Read(reference, _holder, ct);
            headers[_settings.TokenHeader ?? Authorization] = _settings.TokenHeader is null
                ? "Bearer " + secret
                : secret;
        }

        var result = await _http.Call(call with { Input = Json.OfNode(request!) }, ct);
        return result is ToolResult.Ok ok ? Answer(ok.Output) : result;
    }

    private static ToolResult Answer(JsonElement answer)
    {
        var status = answer.GetProperty("status").GetInt32();
        if (status >= 300)
        {
            const string why = "where it points to is not followed: declare the tool with the final address.";
            return new ToolResult.Failed("http_status", $"The answer has status {status}; {why}", Retryable: false);
        }

        return new ToolResult.Ok(
            answer.TryGetProperty("body_encoding", out _)
                ? ToolOutput.Object(output =>
                {
                    output.WriteString("body", answer.GetProperty("body").GetString());
                    output.WriteString("body_encoding", "base64");
                })
                : answer.GetProperty("body")
        );
    }
}
