#pragma warning disable RS0030 // A client of one server that the user named: no tool's traffic passes here.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary>
/// MCP on standard input and output, passed on to a server's HTTP endpoint message by message, with a token that is
/// renewed when it ends. It understands no message: what a client may do is decided there.
/// </summary>
internal sealed class McpBridge(Uri server, AgentCredentials credentials, Stream output) : IDisposable
{
    /// <summary>How long answers may still come when the client has closed its end.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Uri _endpoint = new(server, "mcp");
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _open = new();

    private string? _token;

    /// <summary>The revision a client of before 2026-07-28 agreed on; later ones say it in each message.</summary>
    private string? _agreed;

    /// <summary>Returns when the client closes its end.</summary>
    public async Task Run(Stream input, CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var reader = new StreamReader(input, Encoding.UTF8);
        var passing = new List<Task>();
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            passing.RemoveAll(task => task.IsCompleted);
            if (line.Length > 0)
            {
                passing.Add(Pass(line, end.Token));
            }
        }

        end.CancelAfter(Farewell);
        await Task.WhenAll(passing);
    }

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task Pass(string line, CancellationToken ct)
    {
        if (Parse(line) is not { } message)
        {
            await Fail(null, -32700, "The line is not a JSON object.", null, ct);
            return;
        }

        if (message["method"]?.ToString() == NotificationMethods.CancelledNotification)
        {
            // There a request is taken back by hanging up.
            if (_open.TryGetValue(message["params"]?["requestId"]?.ToJsonString() ?? "", out var request))
            {
                await request.CancelAsync();
            }

            return;
        }

        var id = message["id"]?.ToJsonString();
        using var taken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var isOwn = id is not null && _open.TryAdd(id, taken);
        try
        {
            await Forward(message, line, taken.Token);
        }
        catch (OperationCanceledException) when (taken.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (OrdinautException refusal)
        {
            await Fail(message["id"], -32603, refusal.Message, null, ct);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            await Fail(message["id"], -32603, $"The server at {server} does not answer: {failure.Message}", null, ct);
        }
        finally
        {
            if (isOwn)
            {
                _open.TryRemove(id!, out _);
            }
        }
    }

    private async Task Forward(JsonObject message, string line, CancellationToken ct)
    {
        using var answer = await Post(message, line, ct);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        switch (answer.Content.Headers.ContentType?.MediaType)
        {
            case "text/event-stream":
                await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
                {
                    await Answer(item.Data, ct);
                }

                break;
            case "application/json":
                await Answer(await new StreamReader(body).ReadToEndAsync(ct), ct);
                break;
            case "application/problem+json" when message.ContainsKey("id"):
                var problem = await JsonNode.ParseAsync(body, cancellationToken: ct);
                await Fail(message["id"], -32603, problem!["detail"]!.GetValue<string>(), problem, ct);
                break;
        }
    }

    private async Task<HttpResponseMessage> Post(JsonObject message, string line, CancellationToken ct)
    {
        var answer = await Post(message, line, _token ??= await SignIn(ct), ct);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        answer.Dispose();
        return await Post(message, line, _token = await SignIn(ct), ct);
    }

    private async Task<HttpResponseMessage> Post(JsonObject message, string line, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint);
        request.Content = new StringContent(line, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        var parameters = message["params"] as JsonObject;
        var revision = parameters?["_meta"]?[MetaKeys.ProtocolVersion]?.ToString() ?? _agreed;
        Say(request, "MCP-Protocol-Version", revision);
        Say(request, "Mcp-Method", message["method"]?.ToString());
        Say(request, "Mcp-Name", (parameters?["name"] ?? parameters?["uri"] ?? parameters?["taskId"])?.ToString());
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private static void Say(HttpRequestMessage request, string header, string? value)
    {
        if (McpHeaderEncoder.EncodeValue(value) is { } text)
        {
            request.Headers.TryAddWithoutValidation(header, text);
        }
    }

    private async Task<string> SignIn(CancellationToken ct)
    {
        using var client = await OrdinautClient.SignIn(server, credentials, ct);
        return client.Token.AccessToken;
    }

    private async Task Answer(string json, CancellationToken ct)
    {
        if (Parse(json) is { } message)
        {
            _agreed = message["result"]?["protocolVersion"]?.ToString() ?? _agreed;
            await Write(message, ct);
        }
    }

    private Task Fail(JsonNode? id, int code, string what, JsonNode? data, CancellationToken ct) =>
        Write(
            new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = id?.DeepClone(),
                ["error"] = new JsonObject
                {
                    ["code"] = code,
                    ["message"] = what,
                    ["data"] = data,
                },
            },
            ct
        );

    /// <summary>One message is one line.</summary>
    private async Task Write(JsonObject message, CancellationToken ct)
    {
        var line = Encoding.UTF8.GetBytes(message.ToJsonString() + "\n");
        await _turn.WaitAsync(ct);
        try
        {
            await output.WriteAsync(line, ct);
            await output.FlushAsync(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
