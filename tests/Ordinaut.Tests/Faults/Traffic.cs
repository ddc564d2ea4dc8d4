using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Faults;

/// <summary>
/// A client as the documents want it: it repeats a request that was not answered, with the same Idempotency-Key, on
/// another node when there is one. What was acknowledged goes into the books.
/// </summary>
internal sealed class Traffic(Func<IEnumerable<Uri?>> nodes, Func<string> adminFile, int seed) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(25) };
    private readonly ConcurrentQueue<(DateTimeOffset At, double Seconds)> _answers = new();
    private readonly Random _random = new(seed);
    private readonly Lock _turn = new();
    private volatile string? _token;
    private int _repeats;
    private int _defects;

    /// <summary>How long one request may take over all its tries.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that were sent again.</summary>
    public int Repeats => _repeats;

    /// <summary>Requests that a node answered with 500: its defect, whoever was asked then.</summary>
    public int Defects => _defects;

    /// <summary>When each request was answered, and how long the answered try took.</summary>
    public IReadOnlyCollection<(DateTimeOffset At, double Seconds)> Answers => _answers;

    /// <summary>Requests that no node answered in time.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public Task<JsonNode?> Post(string path, JsonNode body, CancellationToken stop) =>
        Send(HttpMethod.Post, path, body, stop);

    public Task<JsonNode?> Get(string path) => Send(HttpMethod.Get, path, null, CancellationToken.None);

    /// <summary>How many requests a second were answered between two instants.</summary>
    public double Rate(DateTimeOffset from, DateTimeOffset to) =>
        _answers.Count(answer => answer.At >= from && answer.At < to) / (to - from).TotalSeconds;

    /// <summary>One try on one node, as it is answered.</summary>
    public async Task<HttpResponseMessage> Try(Uri address, HttpMethod method, string path, JsonNode? body = null)
    {
        _token ??= await SignIn(address);
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    /// <returns>The answer; null when the client was stopped before there was one.</returns>
    private async Task<JsonNode?> Send(HttpMethod method, string path, JsonNode? body, CancellationToken stop)
    {
        var key = Guid.NewGuid().ToString("N");
        var began = TimeProvider.System.GetTimestamp();
        var why = "";
        while (!stop.IsCancellationRequested && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            if (Pick() is { } address)
            {
                try
                {
                    return await Once(address, method, path, body, key);
                }
                catch (Exception failure)
                    when (failure is HttpRequestException or IOException or OperationCanceledException)
                {
                    why = failure.Message;
                }
            }

            Interlocked.Increment(ref _repeats);
            await Task.Delay(Pause, CancellationToken.None);
        }

        if (!stop.IsCancellationRequested)
        {
            Failures.Enqueue($"{method} {path}: {why}");
        }

        return null;
    }

    private async Task<JsonNode?> Once(Uri address, HttpMethod method, string path, JsonNode? body, string key)
    {
        _token ??= await SignIn(address);
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (body is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
            request.Content = JsonContent.Create(body);
        }

        var began = TimeProvider.System.GetTimestamp();
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            _token = null;
        }

        if (answer.StatusCode == HttpStatusCode.InternalServerError)
        {
            Interlocked.Increment(ref _defects);
        }

        if ((int)answer.StatusCode is 401 or 429 or >= 500)
        {
            throw new HttpRequestException($"{(int)answer.StatusCode}: {text}");
        }

        Assert.True(answer.IsSuccessStatusCode, $"{method} {path} was answered {(int)answer.StatusCode}: {text}");
        _answers.Enqueue((DateTimeOffset.UtcNow, TimeProvider.System.GetElapsedTime(began).TotalSeconds));
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text);
    }

    public async Task<string> SignIn(Uri address)
    {
        var admin = JsonSerializer.Deserialize(
            await File.ReadAllTextAsync(adminFile()),
            WireJson.Default.AgentCredentials
        )!;
        var body = new JsonObject { ["agent_id"] = admin.AgentId.ToString(), ["agent_secret"] = admin.AgentSecret };
        using var answer = await _http.PostAsync(new Uri(address, "/agents/auth/token"), JsonContent.Create(body));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
    }

    private Uri? Pick()
    {
        var there = nodes().OfType<Uri>().ToList();
        lock (_turn)
        {
            return there.Count == 0 ? null : there[_random.Next(there.Count)];
        }
    }
}
