using Ordinaut.Http;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>An endpoint, as it declares itself.</summary>
internal sealed record Declared(string Method, string Path, EndpointRule Rule)
{
    public string Name => $"{Method} {Path}";

    public bool IsOfProposal => Path is "/tasks/{id}/proposal" or "/tasks/{id}/approve" or "/tasks/{id}/reject";

    public bool HasId => Path.Contains("{id}", StringComparison.Ordinal);
}

/// <summary>One of everything that has an id, owned by one agent.</summary>
internal sealed record Things(Guid Agent, Guid Task, Guid Run, Guid Event, Guid Approval, Guid Proposed, Guid Client)
{
    public required Guid Webhook { get; init; }
    public required Guid Hook { get; init; }
    public required Guid Monitor { get; init; }
    public required Guid Alert { get; init; }

    private const string NewTask = """
        {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
        """;

    private const string SomeWebhook = """{"url": "https://example.com/x", "topics": ["a.b"]}""";

    public static async Task<Things> Make(OrdinautApp.Client owner)
    {
        var name = $"of-{owner.AgentId}";
        var agent = await owner.Post<AgentView>("/agents", Json.Write(new AgentInput(name, [])), 201);
        var account = Json.Write(new AccountInput(name, "correct horse battery"));
        await OrdinautApp.Expect(await owner.Send("PUT", $"/agents/{agent.Id}/account", account), 200);
        var input = Json.Write(new OAuthClientInput("mine", ["https://a.example/"]));
        var client = await owner.Post<OAuthClientView>("/oauth/clients", input, 201);
        var task = await owner.Post<TaskView>("/tasks", NewTask, 201);
        var run = await owner.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var fact = await owner.Post<PublishedEvent>("/events", """{"topic": "a.b", "payload": 1}""", 202);
        var webhook = await owner.Post<NewWebhook>("/webhooks", SomeWebhook, 201);
        var hook = await owner.Post<NewHook>("/hooks", """{"topic": "a.b"}""", 201);
        var monitor = await owner.Post<NewMonitor>("/monitors", $$"""{"name": "m", "task_id": "{{task.Id}}"}""", 201);
        var alert = await owner.Post<AlertView>("/alerts/test", "");
        var approval = await Ask(owner);
        var bound = """{"tasks_need_approval": true}""";
        await owner.Patch<AgentView>($"/agents/{owner.AgentId}", bound);
        var proposed = await owner.Post<TaskView>("/tasks", NewTask, 201);
        return new Things(agent.Id, task.Id, run.Id, fact.EventId, approval, proposed.Id, client.ClientId)
        {
            Webhook = webhook.Id,
            Hook = hook.Id,
            Monitor = monitor.Id,
            Alert = alert.Id,
        };
    }

    private static async Task<Guid> Ask(OrdinautApp.Client owner)
    {
        var asking = NewTask.Replace("debug.echo", "approval.request").Replace("\"value\": 1", "\"title\": \"May I?\"");
        var task = await owner.Post<TaskView>("/tasks", asking, 201);
        await owner.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        while (true)
        {
            if ((await owner.Get<Page<ApprovalView>>("/approvals?state=pending")).Items is [var approval, ..])
            {
                return approval.Id;
            }

            await System.Threading.Tasks.Task.Yield();
        }
    }

    public string Path(Declared endpoint)
    {
        var path = endpoint.Path;
        var id =
            endpoint.IsOfProposal ? Proposed
            : path.StartsWith("/tasks", StringComparison.Ordinal)
            || path.StartsWith("/runs/task", StringComparison.Ordinal)
                ? Task
            : path.StartsWith("/runs", StringComparison.Ordinal) ? Run
            : path.StartsWith("/events", StringComparison.Ordinal) ? Event
            : path.StartsWith("/approvals", StringComparison.Ordinal) ? Approval
            : path.StartsWith("/webhooks", StringComparison.Ordinal) ? Webhook
            : path.StartsWith("/hooks", StringComparison.Ordinal) ? Hook
            : path.StartsWith("/monitors", StringComparison.Ordinal) ? Monitor
            : path.StartsWith("/alerts", StringComparison.Ordinal) ? Alert
            : path.StartsWith("/oauth/clients", StringComparison.Ordinal) ? Client
            : Agent;
        return path.Replace("{id}", id.ToString(), StringComparison.Ordinal);
    }

    /// <summary>
    /// A body the operation would accept, so that only the foreign id can be the reason to refuse.
    /// </summary>
    public static string? Body(Declared endpoint) =>
        endpoint.Name switch
        {
            "PUT /agents/{id}" => """{"name": "x", "scopes": []}""",
            "PUT /agents/{id}/account" => """{"login": "x", "password": "correct horse battery"}""",
            "PATCH /agents/{id}" => """{"name": "x"}""",
            "PUT /tasks/{id}" => NewTask,
            "PATCH /webhooks/{id}" => """{"description": "x"}""",
            "PATCH /monitors/{id}" => """{"name": "x"}""",
            "PATCH /tasks/{id}" => """{"title": "x"}""",
            "POST /tasks/{id}/snooze" => """{"delay_seconds": 60}""",
            "POST /tasks/{id}/backfill" => """{"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}""",
            _ => null,
        };
}
