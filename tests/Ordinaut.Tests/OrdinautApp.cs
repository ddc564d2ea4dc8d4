using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ordinaut.Agents;
using Ordinaut.Hosting;
using Ordinaut.Runs;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests;

/// <summary>The real program on a port of its own and a data folder that goes away with it.</summary>
internal sealed class OrdinautApp : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come; only a defect takes so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly bool _ownsFolder;
    private readonly Serve _server;

    private OrdinautApp(Serve server, OrdinautOptions options, bool ownsFolder)
    {
        _server = server;
        Options = options;
        _ownsFolder = ownsFolder;
        Http = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) };
    }

    public OrdinautOptions Options { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; }

    /// <summary>The admin that this node made; of several nodes on one database only the first makes one.</summary>
    public AgentCredentials Admin => Read<AgentCredentials>(File.ReadAllText(Path.Combine(Options.Data, "admin.json")));

    /// <summary>Where it listens, in the order of its URLs.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _server.Addresses.Select(address => new Uri(address))];

    public IServiceProvider Services => _server.Services;

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public static async Task<OrdinautApp> Start(
        TimeProvider? clock = null,
        Action<WebApplication>? adjust = null,
        Func<OrdinautOptions, OrdinautOptions>? configure = null,
        string? folder = null
    )
    {
        var options = new OrdinautOptions { Urls = "http://127.0.0.1:0", Data = folder ?? NewFolder() };
        options = configure is null ? options : configure(options);
        var server = await Serve.Start(options, clock, adjust);
        return new OrdinautApp(server, options, folder is null);
    }

    public static string NewFolder() => Path.Combine(Path.GetTempPath(), "ordinaut-test-" + Path.GetRandomFileName());

    public static T Read<T>(string json) => Json.Read<T>(json);

    /// <summary>The access token for a secret.</summary>
    public async Task<TokenAnswer> Login(AgentCredentials who, string? scope = null)
    {
        var request = new TokenRequest(who.AgentId, who.AgentSecret, Scope: scope);
        var answer = await Http.PostAsync("/agents/auth/token", Body(Json.Write(request)));
        return Read<TokenAnswer>(await Expect(answer, 200));
    }

    public async Task<Client> AsAdmin() => new(this, (await Login(Admin)).AccessToken, Guid.Parse(Admin.AgentId));

    /// <summary>A new agent with these scopes, logged in.</summary>
    public async Task<Client> AsAgent(params string[] scopes)
    {
        var admin = await AsAdmin();
        var input = new AgentInput("agent-" + Path.GetRandomFileName(), scopes);
        var view = await admin.Post<AgentView>("/agents", Json.Write(input), 201);
        var credentials = await admin.Post<AgentCredentials>($"/agents/{view.Id}/credentials", "", 201);
        return new Client(this, (await Login(credentials)).AccessToken, view.Id) { Credentials = credentials };
    }

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    public static async Task<string> Expect(HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} in place of {status}: {text}");
        return text;
    }

    /// <summary>The run as soon as it has ended.</summary>
    public Task<JsonElement> Finished(Client client, Guid runId) =>
        When(client, runId, run => run.GetProperty("finished_at").ValueKind != JsonValueKind.Null);

    /// <summary>Waits, by listening, until a run is as wanted; its JSON as it came over the wire.</summary>
    public async Task<JsonElement> When(Client client, Guid runId, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        var caller = new Caller(client.AgentId, Scope.Admin);
        await using var news = Get<LiveFeed>().Subscribe(caller, runId, patience.Token).GetAsyncEnumerator();
        while (true)
        {
            var next = news.MoveNextAsync();
            var run = await client.Get<JsonElement>($"/runs/{runId}");
            if (wanted(run))
            {
                await patience.CancelAsync();
                await Record.ExceptionAsync(async () => await next);
                return run;
            }

            await next;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Options.Data, recursive: true);
        }
    }

    /// <summary>Requests with one agent's token.</summary>
    internal sealed class Client(OrdinautApp app, string token, Guid agentId)
    {
        public Guid AgentId { get; } = agentId;

        public string Token { get; } = token;

        public AgentCredentials? Credentials { get; init; }

        public async Task<HttpResponseMessage> Send(
            string method,
            string path,
            string? body = null,
            params (string Name, string Value)[] headers
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            request.Content = string.IsNullOrEmpty(body) ? null : Body(body);
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            return await app.Http.SendAsync(request);
        }

        /// <summary>The same, without waiting for the end of an answer that may have none.</summary>
        public async Task<HttpResponseMessage> Begin(string method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            request.Content = string.IsNullOrEmpty(body) ? null : Body(body);
            return await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        public async Task<T> Get<T>(string path) => Read<T>(await Expect(await Send("GET", path), 200));

        public async Task<T> Post<T>(string path, string body, int status = 200) =>
            Read<T>(await Expect(await Send("POST", path, body), status));

        public async Task<T> Patch<T>(string path, string body) =>
            Read<T>(await Expect(await Send("PATCH", path, body), 200));

        /// <summary>Sends what must fail and returns the problem.</summary>
        public async Task<ProblemView> Refused(int status, string method, string path, string? body = null) =>
            Read<ProblemView>(await Expect(await Send(method, path, body), status));
    }
}
