#pragma warning disable RS0030 // The typed client is an HTTP client by its nature.

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Sdk;

/// <summary>A typed client of one Ordinaut server, signed in as one agent.</summary>
public sealed class OrdinautClient : IDisposable
{
    private readonly HttpClient _http;

    private OrdinautClient(HttpClient http, TokenAnswer token)
    {
        _http = http;
        Token = token;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.AccessToken);
    }

    /// <summary>The token this client presents.</summary>
    public TokenAnswer Token { get; }

    /// <summary>Exchanges an agent's secret for a token.</summary>
    /// <param name="server">The server's root, for example <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="credentials">As in <c>admin.json</c>, or as issued by <c>POST /agents/{id}/credentials</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OrdinautException">The server refused.</exception>
    public static async Task<OrdinautClient> SignIn(
        Uri server,
        AgentCredentials credentials,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var http = new HttpClient { BaseAddress = server };
        try
        {
            var request = new TokenRequest(credentials.AgentId, credentials.AgentSecret);
            using var content = Body(request, WireJson.Default.TokenRequest);
            using var answer = await http.PostAsync(
                new Uri("/agents/auth/token", UriKind.Relative),
                content,
                cancellationToken
            );
            return new OrdinautClient(http, await Read(answer, WireJson.Default.TokenAnswer, cancellationToken));
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    /// <summary><c>GET /health</c>, which asks nobody who they are; also of a server that is not well.</summary>
    public static async Task<HealthView> Health(Uri server, CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return (await JsonSerializer.DeserializeAsync(body, WireJson.Default.HealthView, cancellationToken))!;
    }

    /// <summary><c>GET /workers</c></summary>
    public Task<Page<WorkerView>> ListWorkers(CancellationToken cancellationToken = default) =>
        Get("/workers", WireJson.Default.PageWorkerView, cancellationToken);

    /// <summary><c>POST /tasks</c></summary>
    public Task<TaskView> CreateTask(TaskInput task, CancellationToken cancellationToken = default) =>
        Post("/tasks", task, WireJson.Default.TaskInput, WireJson.Default.TaskView, cancellationToken);

    /// <summary><c>POST /tasks:bulk</c></summary>
    public Task<BulkResult> Bulk(BulkTasks request, CancellationToken cancellationToken = default) =>
        Post("/tasks:bulk", request, WireJson.Default.BulkTasks, WireJson.Default.BulkResult, cancellationToken);

    /// <summary><c>GET /tasks/{id}</c></summary>
    public Task<TaskView> GetTask(Guid id, CancellationToken cancellationToken = default) =>
        Get($"/tasks/{id}", WireJson.Default.TaskView, cancellationToken);

    /// <summary><c>POST /tasks/{id}/run_now</c></summary>
    public Task<RunView> RunNow(Guid taskId, RunNow? request = null, CancellationToken cancellationToken = default) =>
        Post(
            $"/tasks/{taskId}/run_now",
            request ?? new RunNow(),
            WireJson.Default.RunNow,
            WireJson.Default.RunView,
            cancellationToken
        );

    /// <summary><c>GET /runs/{id}</c></summary>
    public Task<RunView> GetRun(Guid id, CancellationToken cancellationToken = default) =>
        Get($"/runs/{id}", WireJson.Default.RunView, cancellationToken);

    /// <summary><c>GET /runs</c> of one task, newest first.</summary>
    public Task<Page<RunView>> RunsOf(Guid taskId, CancellationToken cancellationToken = default) =>
        Get($"/runs?task_id={taskId}", WireJson.Default.PageRunView, cancellationToken);

    /// <summary><c>GET /alerts</c>, newest first.</summary>
    /// <param name="state"><c>open</c>, <c>firing</c>, <c>acknowledged</c> or <c>resolved</c>; all when null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Page<AlertView>> ListAlerts(string? state = null, CancellationToken cancellationToken = default) =>
        Get(state is null ? "/alerts" : $"/alerts?state={state}", WireJson.Default.PageAlertView, cancellationToken);

    /// <summary><c>GET /alerts/{id}</c>, with what became of its news.</summary>
    public Task<AlertView> GetAlert(Guid id, CancellationToken cancellationToken = default) =>
        Get($"/alerts/{id}", WireJson.Default.AlertView, cancellationToken);

    /// <summary><c>POST /alerts/test</c></summary>
    public async Task<AlertView> TestAlert(CancellationToken cancellationToken = default)
    {
        using var answer = await _http.PostAsync(new Uri("/alerts/test", UriKind.Relative), null, cancellationToken);
        return await Read(answer, WireJson.Default.AlertView, cancellationToken);
    }

    /// <summary><c>GET /secrets</c>: all but their values.</summary>
    public Task<Page<SecretView>> ListSecrets(CancellationToken cancellationToken = default) =>
        Get("/secrets", WireJson.Default.PageSecretView, cancellationToken);

    /// <summary><c>PUT /secrets/{name}</c></summary>
    public async Task<SecretView> PutSecret(
        string name,
        SecretInput secret,
        CancellationToken cancellationToken = default
    )
    {
        using var content = Body(secret, WireJson.Default.SecretInput);
        using var answer = await _http.PutAsync(PathOf(name), content, cancellationToken);
        return await Read(answer, WireJson.Default.SecretView, cancellationToken);
    }

    /// <summary><c>DELETE /secrets/{name}</c></summary>
    public async Task DeleteSecret(string name, CancellationToken cancellationToken = default)
    {
        using var answer = await _http.DeleteAsync(PathOf(name), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            await Read(answer, WireJson.Default.ProblemView, cancellationToken);
        }
    }

    /// <summary><c>POST /secrets:rotate</c></summary>
    public async Task<RotatedSecrets> RotateSecrets(CancellationToken cancellationToken = default)
    {
        using var answer = await _http.PostAsync(new Uri("/secrets:rotate", UriKind.Relative), null, cancellationToken);
        return await Read(answer, WireJson.Default.RotatedSecrets, cancellationToken);
    }

    /// <summary><c>POST /keys:rotate</c></summary>
    public Task<RotatedKeys> RotateKeys(RotateKeys request, CancellationToken cancellationToken = default) =>
        Post("/keys:rotate", request, WireJson.Default.RotateKeys, WireJson.Default.RotatedKeys, cancellationToken);

    private static Uri PathOf(string secret) => new($"/secrets/{Uri.EscapeDataString(secret)}", UriKind.Relative);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<TAnswer> Post<TRequest, TAnswer>(
        string path,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken ct
    )
    {
        using var content = Body(request, requestType);
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, ct);
        return await Read(answer, answerType, ct);
    }

    private async Task<T> Get<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await Read(answer, type, ct);
    }

    private static StringContent Body<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.Serialize(value, type), Encoding.UTF8, "application/json");

    private static async Task<T> Read<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken ct)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        if (answer.IsSuccessStatusCode)
        {
            return (await JsonSerializer.DeserializeAsync(body, type, ct))!;
        }

        var problem = await JsonSerializer.DeserializeAsync(body, WireJson.Default.ProblemView, ct);
        throw new OrdinautException(problem!);
    }
}
