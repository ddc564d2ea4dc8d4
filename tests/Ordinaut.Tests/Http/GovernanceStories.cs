using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Mcp;

namespace Ordinaut.Tests.Http;

/// <summary>Proposals and the switch of agents, over HTTP.</summary>
public sealed class GovernanceStories
{
    private const string NewTask = """
        {"title": "News", "schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "Europe/Chisinau",
         "payload": {"pipeline": [
           {"id": "get", "uses": "http.request", "with": {"url": "https://news.example/today"}},
           {"id": "say", "uses": "webhook.send", "with": {"url": "${params.to}", "secret": "x", "payload": 1}}],
           "params": {"to": "https://me.example/"}}}
        """;

    [Fact]
    public async Task A_proposal_tells_what_it_would_do_and_is_approved_by_its_digest()
    {
        await using var app = await OrdinautApp.Start();
        var (robot, judge) = await Robot(app);
        var task = await robot.Post<TaskView>("/tasks", NewTask, 201);

        var shown = await judge.Get<ProposalView>($"/tasks/{task.Id}/proposal");

        Assert.Equal("weekdays at 08:30, Europe/Chisinau", shown.ScheduleDescription);
        Assert.Equal(5, shown.Next.Count);
        Assert.Equal(["http.request", "webhook.send"], shown.Tools.Select(tool => tool.Name));
        Assert.Equal(["news.example"], shown.Hosts);
        Assert.Equal((true, 1L), (shown.AnyHost, shown.FiresPerDay));
        Assert.Equal(
            ((int?)null, (decimal?)null, (long?)null),
            (shown.ApprovedVersion, shown.CostPerDay, shown.TokensPerDay)
        );
        Assert.All(shown.Changes, change => Assert.Equal("add", change.Op));
        Assert.Equal((task.Proposal, robot.AgentId), (shown.Digest, shown.ProposedBy));
        await judge.Refused(422, "POST", $"/tasks/{task.Id}/approve", "{}");
        var decision = $$"""{"digest": "{{shown.Digest}}", "comment": "Fine."}""";
        await robot.Refused(403, "POST", $"/tasks/{task.Id}/approve", decision);
        var approved = await judge.Send("POST", $"/tasks/{task.Id}/approve", decision, ("If-Match", "\"1\""));
        Assert.Equal("\"1\"", approved.Headers.ETag!.Tag);
        var active = OrdinautApp.Read<TaskView>(await OrdinautApp.Expect(approved, 200));
        Assert.Equal("active", active.Status);
        Assert.NotNull(active.NextRunAt);
        await judge.Refused(404, "POST", $"/tasks/{task.Id}/approve", decision);
    }

    [Fact]
    public async Task A_hundred_approvals_at_once_are_one()
    {
        await using var app = await OrdinautApp.Start();
        var (robot, judge) = await Robot(app);
        var task = await robot.Post<TaskView>("/tasks", NewTask, 201);
        var decision = $$"""{"digest": "{{task.Proposal}}"}""";

        var clicks = Enumerable.Range(0, 100).Select(_ => judge.Send("POST", $"/tasks/{task.Id}/approve", decision));
        var answers = await Task.WhenAll(clicks);

        Assert.Single(answers, answer => (int)answer.StatusCode == 200);
        Assert.Equal(99, answers.Count(answer => (int)answer.StatusCode == 404));
    }

    [Fact]
    public async Task The_limit_of_tasks_counts_what_is_not_finished()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { TasksPerAgent = 3 });
        var ann = await app.AsAgent("tasks:create", "tasks:update", "tasks:read", "tools:use");
        var first = await ann.Post<TaskView>("/tasks", McpApp.Quiet, 201);
        const string Event = """
            {"title": "e", "schedule_kind": "event", "schedule_expr": "a.b",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.echo"}]}}
            """;
        var listener = await ann.Post<TaskView>("/tasks", Event, 201);
        await ann.Refused(429, "POST", "/tasks:bulk", $$"""{"create": [{{McpApp.Quiet}}, {{McpApp.Quiet}}]}""");
        await ann.Post<TaskView>("/tasks", McpApp.Quiet, 201);

        var problem = await ann.Refused(429, "POST", "/tasks", McpApp.Quiet);
        Assert.Contains("tasks_per_agent", problem.Detail, StringComparison.Ordinal);
        await ann.Post<TaskView>($"/tasks/{first.Id}/cancel", "");
        await ann.Post<TaskView>("/tasks", McpApp.Quiet, 201);
        await ann.Refused(429, "POST", "/tasks", McpApp.Quiet);
        await ann.Post<TaskView>($"/tasks/{listener.Id}/cancel", "");
        await ann.Post<TaskView>("/tasks", Event, 201);
        // Whoever can raise the limit is not held by it.
        var admin = await app.AsAdmin();
        for (var i = 0; i < 4; i++)
        {
            await admin.Post<TaskView>("/tasks", McpApp.Quiet, 201);
        }
    }

    [Fact]
    public async Task Proposals_count_among_an_agents_tasks()
    {
        await using var app = await OrdinautApp.Start(configure: options => options with { TasksPerAgent = 2 });
        var (robot, _) = await Robot(app);
        await robot.Post<TaskView>("/tasks", NewTask, 201);
        await robot.Post<TaskView>("/tasks", NewTask, 201);

        await robot.Refused(429, "POST", "/tasks", NewTask);
    }

    [Fact]
    public async Task A_stopped_agent_is_out_at_once_and_its_run_ends()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var ann = await app.AsAgent("tasks:create", "tasks:run", "runs:read", "tools:use");
        var sleeper = McpApp.Quiet.Replace("debug.echo", "debug.sleep").Replace("\"value\": 1", "\"seconds\": 3600");
        var task = await ann.Post<TaskView>("/tasks", sleeper, 201);
        var run = await ann.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        var session = await app.Login(ann.Credentials!);

        var view = await admin.Post<AgentView>($"/agents/{ann.AgentId}/stop", """{"reason": "It loops."}""");

        Assert.Equal("disabled", view.Status);
        await ann.Refused(401, "GET", "/agents/me");
        await app.Finished(admin, run.Id);
        var line = (await admin.Get<Page<AuditView>>($"/audit?subject={ann.AgentId}&limit=1")).Items.Single();
        Assert.Equal(
            ("agent.stopped", "It loops."),
            (line.Action, line.Detail!.Value.GetProperty("reason").GetString())
        );
        var again = await app.Http.PostAsync(
            "/agents/auth/token",
            OrdinautApp.Body(Json.Write(new TokenRequest(ann.Credentials!.AgentId, ann.Credentials.AgentSecret)))
        );
        await OrdinautApp.Expect(again, 401);

        Assert.Equal("active", (await admin.Post<AgentView>($"/agents/{ann.AgentId}/start", "")).Status);
        await ann.Refused(401, "GET", "/agents/me");
        var refresh = OrdinautApp.Body(Json.Write(new RefreshRequest(session.RefreshToken)));
        await OrdinautApp.Expect(await app.Http.PostAsync("/agents/auth/refresh", refresh), 401);
        await app.Login(ann.Credentials);
    }

    [Fact]
    public async Task What_would_go_past_the_approval_of_tasks_is_refused_to_whom_it_binds()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var robot = await app.AsAgent(
            "tasks:create",
            "tasks:read",
            "tasks:run",
            "runs:read",
            "runs:manage",
            "tools:use",
            "tools:manage",
            "tasks:update",
            "agents:manage"
        );
        var task = await robot.Post<TaskView>("/tasks", McpApp.Quiet, 201);
        var run = await robot.Post<RunView>($"/tasks/{task.Id}/run_now", """{"params": {"to": "me"}}""", 202);
        await app.Finished(robot, run.Id);
        var tool = """{"name": "crm.find", "url": "https://crm.example/"}""";
        await robot.Post<HttpToolView>("/tools/http", tool, 201);
        await OrdinautApp.Expect(
            await admin.Send("PATCH", $"/agents/{robot.AgentId}", """{"tasks_need_approval": true}"""),
            200
        );

        var refused = await robot.Refused(403, "POST", "/tools/crm.find/try", """{"input": {}}""");
        Assert.Contains("tasks_need_approval", refused.Detail, StringComparison.Ordinal);
        await robot.Refused(403, "POST", $"/tasks/{task.Id}/run_now", """{"params": {"to": "you"}}""");
        await robot.Refused(403, "POST", $"/runs/{run.Id}/rerun", """{"params": {"to": "you"}}""");
        var past = """{"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}""";
        await robot.Refused(403, "POST", $"/tasks/{task.Id}/backfill", past);
        await robot.Refused(403, "PUT", "/tools/http/crm.find", tool);
        await robot.Refused(403, "DELETE", "/tools/http/crm.find");
        await OrdinautApp.Expect(await robot.Send("PUT", "/secrets/first", """{"value": "12345678"}"""), 200);
        await robot.Refused(403, "PUT", "/secrets/first", """{"value": "87654321"}""");
        await robot.Refused(403, "DELETE", "/secrets/first");
        await OrdinautApp.Expect(await robot.Send("PUT", "/calendars/off", """{"entries": ["2027-01-01"]}"""), 200);
        await robot.Refused(403, "PUT", "/calendars/off", """{"entries": ["2027-01-02"]}""");
        await robot.Refused(403, "DELETE", "/calendars/off");
        var client = """{"name": "Console", "redirect_uris": ["https://evil.example/cb"]}""";
        await robot.Refused(403, "POST", "/oauth/clients", client);

        // What was approved goes on as it was, and looking harms nobody.
        await robot.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await robot.Post<RunView>($"/runs/{run.Id}/rerun", "", 202);
        await robot.Post<TryToolResult>("/tools/text.template/try", """{"input": {"text": "a"}}""");
    }

    private static async Task<(OrdinautApp.Client Robot, OrdinautApp.Client Judge)> Robot(OrdinautApp app)
    {
        var robot = await app.AsAgent("tasks:create", "tasks:read", "tasks:update", "tools:use", "approvals:decide");
        var judge = await app.AsAgent("tasks:read", "approvals:decide");
        var admin = await app.AsAdmin();
        var limit = """{"tasks_need_approval": true}""";
        await admin.Patch<AgentView>($"/agents/{robot.AgentId}", limit);
        return (robot, judge);
    }
}
