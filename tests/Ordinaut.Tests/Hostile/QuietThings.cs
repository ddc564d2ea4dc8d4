using System.Globalization;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Hostile;

/// <summary>
/// One of everything that an agent can have, with a word in each of its texts that nobody else may ever read, and with
/// ids that an attacker has got hold of.
/// </summary>
internal sealed record QuietThings(string Canary, IReadOnlyDictionary<string, Guid> Ids)
{
    /// <summary>What the quiet agent's schedule does each second.</summary>
    public const int Ticking = 8;

    public required string RepeatKey { get; init; }
    public required string RepeatBody { get; init; }

    /// <summary>A cursor that the server gave to the quiet agent.</summary>
    public required string Cursor { get; init; }

    public required IReadOnlyList<Guid> TickingTasks { get; init; }

    public string CalendarName => $"days-{Canary}";

    public string ConcurrencyKey => $"lane-{Canary}";

    /// <summary>The id that an operation of this path would be about.</summary>
    public Guid For(string path) =>
        path.StartsWith("/runs/task", StringComparison.Ordinal) ? Ids["tasks"]
        : path.EndsWith("/proposal", StringComparison.Ordinal) ? Ids["proposals"]
        : path.Split('/') is ["", "oauth", ..] ? Ids["clients"]
        : Ids.TryGetValue(path.Split('/', ':')[1], out var id) ? id
        : Ids["agents"];

    public static async Task<QuietThings> Make(Party quiet, string receiver)
    {
        var canary = "canary" + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
        await quiet.Must<CalendarView>("PUT", $"/calendars/days-{canary}", """{"entries": ["2099-01-01"]}""");
        await quiet.Must<SecretView>(
            "PUT",
            $"/secrets/key-{canary}",
            $$"""{"value": "value-{{canary}}", "description": "{{canary}}"}"""
        );
        var body = TaskOf(canary, "2099-01-01T00:00:00Z", "debug.echo", $"{{\"said\": \"{canary}\"}}");
        // Without the word: a refusal may repeat the key that it was asked with.
        var key = Path.GetRandomFileName();
        var task = Json.Read<TaskView>((await quiet.Send("POST", "/tasks", body, ("Idempotency-Key", key))).Body);
        var run = await quiet.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var asking = TaskOf(canary, "2099-01-01T00:00:00Z", "approval.request", $"{{\"title\": \"{canary}\"}}");
        var approval = await Ask(quiet, await quiet.Post<TaskView>("/tasks", asking, 201));
        var fact = await quiet.Post<PublishedEvent>(
            "/events",
            $$$"""{"topic": "{{{canary}}}.said", "payload": {"said": "{{{canary}}}"}}""",
            202
        );
        var hook = await quiet.Post<NewHook>(
            "/hooks",
            $$"""{"topic": "{{canary}}.hook", "description": "{{canary}}"}""",
            201
        );
        var webhook = await quiet.Post<NewWebhook>(
            "/webhooks",
            $$"""{"url": "{{receiver}}{{canary}}", "topics": ["{{canary}}.said"], "description": "{{canary}}"}""",
            201
        );
        var child = await quiet.Post<AgentView>("/agents", Json.Write(new AgentInput($"child {canary}", [])), 201);
        var client = await Register(quiet, canary);
        var ticking = await Start(quiet, canary);
        var page = await quiet.Must<Page<TaskView>>("GET", "/tasks?limit=2");
        return new QuietThings(
            canary,
            new Dictionary<string, Guid>
            {
                ["agents"] = quiet.Id,
                ["children"] = child.Id,
                ["tasks"] = task.Id,
                ["runs"] = run.Id,
                ["approvals"] = approval,
                ["events"] = fact.EventId,
                ["hooks"] = hook.Id,
                ["webhooks"] = webhook.Id,
                ["clients"] = client.ClientId,
                ["proposals"] = task.Id,
            }
        )
        {
            RepeatKey = key,
            RepeatBody = body,
            Cursor = page.NextCursor!,
            TickingTasks = ticking,
        };
    }

    private static Task<OAuthClientView> Register(Party quiet, string canary) =>
        quiet.Post<OAuthClientView>(
            "/oauth/clients",
            $$"""{"name": "{{canary}}", "redirect_uris": ["https://{{canary}}.example/"]}""",
            201
        );

    private static async Task<IReadOnlyList<Guid>> Start(Party quiet, string canary)
    {
        var ticking = new List<Guid>();
        for (var i = 0; i < Ticking; i++)
        {
            ticking.Add((await quiet.Post<TaskView>("/tasks", Tick(canary, i), 201)).Id);
        }

        return ticking;
    }

    private static string TaskOf(string canary, string at, string tool, string with) =>
        $$$"""
            {"title": "{{{canary}}}", "description": "{{{canary}}}", "schedule_kind": "once",
             "schedule_expr": "{{{at}}}", "tags": ["{{{canary}}}"], "metadata": {"said": "{{{canary}}}"},
             "payload": {"params": {"said": "{{{canary}}}"},
              "pipeline": [{"id": "a", "uses": "{{{tool}}}", "with": {{{with}}}}]}}
            """;

    /// <summary>A task that fires each second, and shares a lane with nobody.</summary>
    private static string Tick(string canary, int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"title": "tick {{{number}}} {{{canary}}}", "schedule_kind": "rrule",
             "schedule_expr": "DTSTART:20200101T000000Z\nRRULE:FREQ=SECONDLY", "misfire_policy": "skip",
             "concurrency_key": "lane-{{{canary}}}", "concurrency_limit": 100, "dedupe_key": "{{{canary}}}{{{number}}}",
             "payload": {"pipeline": [{"id": "a", "uses": "text.template", "with": {"text": "{{{canary}}}"}}]}}
            """
        );

    private static async Task<Guid> Ask(Party quiet, TaskView task)
    {
        await quiet.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < OrdinautApp.Patience)
        {
            if ((await quiet.Must<Page<ApprovalView>>("GET", "/approvals?state=pending")).Items is [var approval, ..])
            {
                return approval.Id;
            }

            await Task.Delay(20);
        }

        throw new InvalidOperationException("No approval was asked for.");
    }
}
