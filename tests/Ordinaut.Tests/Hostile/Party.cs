using System.Net.Http.Headers;
using System.Text;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hostile;

/// <summary>An agent with a client and connections of its own.</summary>
internal sealed class Party : IDisposable
{
    private readonly HttpClient _http;
    private readonly AgentCredentials _credentials;
    private volatile string _token = "";

    private Party(Uri server, AgentCredentials credentials)
    {
        _credentials = credentials;
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 128 })
        {
            BaseAddress = server,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public Guid Id => Guid.Parse(_credentials.AgentId);

    public string Secret => _credentials.AgentSecret;

    public string Token => _token;

    public static async Task<Party> SignIn(Uri server, AgentCredentials credentials)
    {
        var party = new Party(server, credentials);
        await party.Renew();
        return party;
    }

    /// <summary>A new agent with these scopes, signed in.</summary>
    public async Task<Party> Make(string name, IEnumerable<string> scopes)
    {
        var agent = await Post<AgentView>("/agents", Json.Write(new AgentInput(name, [.. scopes])), 201);
        var credentials = await Post<AgentCredentials>($"/agents/{agent.Id}/credentials", "", 201);
        return await SignIn(_http.BaseAddress!, credentials);
    }

    /// <summary>A token for the next minutes.</summary>
    public async Task Renew()
    {
        var request = Json.Write(new TokenRequest(_credentials.AgentId, _credentials.AgentSecret));
        var answer = await Send("POST", "/agents/auth/token", request, ("Authorization", ""));
        Assert.True(answer.Status == 200, answer.Text);
        _token = Json.Read<TokenAnswer>(answer.Body).AccessToken;
    }

    public Task<Reply> Send(string method, string path, string? body = null, params (string, string)[] headers) =>
        Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    public async Task<Reply> Send(
        string method,
        string path,
        byte[]? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = Request(method, path, body, headers);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new Reply((int)answer.StatusCode, $"{answer.Headers}{answer.Content.Headers}", text);
    }

    /// <summary>Hands over all that comes of a stream until it ends or is told to.</summary>
    public async Task<int> Listen(string path, Action<string> hear, CancellationToken ct)
    {
        using var request = Request("GET", path, null, []);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        try
        {
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                hear(line);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // Told to end, or hung up on.
        }

        return (int)answer.StatusCode;
    }

    public async Task<T> Post<T>(string path, string body, int status = 200) =>
        await Must<T>("POST", path, body, status);

    public async Task<T> Must<T>(string method, string path, string? body = null, int status = 200)
    {
        var answer = await Send(method, path, body);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} {answer.Body}");
        return Json.Read<T>(answer.Body);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string method, string path, byte[]? body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            if (value.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }
}

/// <summary>An answer, whole.</summary>
internal sealed record Reply(int Status, string Headers, string Body)
{
    public string Text => Headers + Body;

    public bool IsSuccess => Status is >= 200 and < 300;
}
