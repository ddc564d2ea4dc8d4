using System.Text;
using System.Text.Json;
using Ordinaut.Tests.Http;

namespace Ordinaut.Tests.Hostile;

/// <summary>
/// Tries every way to another's things with that other's real ids: each operation that the API document lists, each
/// place in it where an id goes, MCP, cursors, repeated requests, tokens and headers that claim more.
/// </summary>
internal sealed class Burglar(Party hostile, QuietThings things, Judge judge)
{
    private static readonly string[] IdQueries = ["task_id", "created_by", "parent", "actor", "subject"];

    /// <param name="all">Each id in each place, not only the one that belongs there.</param>
    public async Task TryAll(bool all)
    {
        await Paths(all);
        await Queries(all);
        await Bodies();
        await Mcp(all);
        await Elevation();
    }

    private async Task Paths(bool all)
    {
        var document = await hostile.Must<JsonElement>("GET", "/openapi.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                await TryPath(new Declared(operation.Name.ToUpperInvariant(), path.Name, null!), all);
            }
        }
    }

    private async Task TryPath(Declared operation, bool all)
    {
        var (method, path) = (operation.Method, operation.Path);
        var ids = all ? things.Ids.Values.Distinct() : [things.For(path), things.Ids["agents"]];
        foreach (var id in operation.HasId ? ids.Distinct() : [])
        {
            var filled = path.Replace("{id}", id.ToString(), StringComparison.Ordinal);
            var reply = await Patiently(() => hostile.Send(method, filled, Things.Body(operation) ?? Empty(method)));
            judge.MustRefuse($"{method} {filled}", reply);
        }

        if (path.Contains("{name}", StringComparison.Ordinal) && method == "GET")
        {
            var filled = path.Replace("{name}", things.CalendarName, StringComparison.Ordinal);
            // Its own name for a thing is what it asked for, so it is no leak that the refusal repeats it.
            var reply = await Patiently(() => hostile.Send(method, filled));
            judge.MustRefuse($"{method} {path}", reply with { Body = reply.IsSuccess ? reply.Body : "" });
        }
    }

    private async Task Queries(bool all)
    {
        string[] lists =
        [
            "/tasks",
            "/runs",
            "/events",
            "/events/topics",
            "/events/stream/recent",
            "/webhooks",
            "/hooks",
            "/calendars",
            "/secrets",
            "/approvals",
            "/proposals",
            "/agents",
            "/oauth/clients",
            "/audit",
            "/tools",
            "/tools/servers",
            "/tools/http",
            "/runs/stats/summary",
        ];
        foreach (var list in lists)
        {
            await Look($"{list}?limit=200");
            await Look($"{list}?cursor={Uri.EscapeDataString(things.Cursor)}");
            await Look($"{list}?topic=%23&state=pending&q=tick&tag=&total=true");
            foreach (var (query, id) in IdQueries.SelectMany(q => Some(all).Select(id => (q, id))))
            {
                await Look($"{list}?{query}={id}");
            }
        }
    }

    private async Task Bodies()
    {
        const string schedule = "\"schedule_kind\": \"once\", \"schedule_expr\": \"2099-01-01T00:00:00Z\"";
        const string nothing = "\"payload\": {\"pipeline\": [{\"id\": \"a\", \"uses\": \"debug.echo\"}]}";
        var (quiet, task) = (things.Ids["agents"], things.Ids["tasks"]);
        foreach (var action in new[] { "pause", "cancel", "delete", "resume" })
        {
            await Look("/tasks:bulk", $$"""{"action": "{{action}}", "ids": ["{{task}}"]}""");
        }

        judge.MustRefuse(
            "create for another",
            await Write("/tasks", $$"""{"title": "t", {{schedule}}, {{nothing}}, "created_by": "{{quiet}}"}""")
        );
        judge.MustRefuse(
            "publish for another",
            await Write("/events", $$"""{"topic": "a.b", "payload": 1, "source_agent_id": "{{quiet}}"}""")
        );
        await Look("/runs:redrive", $$"""{"task_id": "{{task}}"}""");
        // A request that was answered is answered again: to whoever made it, and to nobody else.
        await Look(
            "/tasks",
            things.RepeatBody.Replace(things.Canary, "mine", StringComparison.Ordinal),
            things.RepeatKey
        );
        await Look("/events", """{"topic": "a.b", "payload": 1}""", things.RepeatKey);
        judge.MustRefuse(
            "exclude another's days",
            await Write("/tasks", $$"""{"title": "t", {{schedule}}, {{nothing}}, "exclude": ["calendar:days"]}""")
        );
        foreach (var id in things.Ids.Values.Distinct())
        {
            judge.MustRefuse(
                "tool",
                await Write("/tools/task.pause/try", $$$"""{"input": {"task_id": "{{{id}}}"}}""", true)
            );
        }
    }

    private async Task Mcp(bool all)
    {
        var tools = await McpCall("tools/list", "", null);
        foreach (var tool in tools.GetProperty("result").GetProperty("tools").EnumerateArray())
        {
            var name = tool.GetProperty("name").GetString()!;
            var schema = tool.GetProperty("inputSchema");
            var arguments = schema.TryGetProperty("properties", out var given)
                ? given
                    .EnumerateObject()
                    .Where(argument => argument.Name.EndsWith("id", StringComparison.Ordinal))
                    .ToList()
                : [];
            foreach (var id in arguments.Count == 0 ? [] : Some(all))
            {
                var values = string.Join(", ", arguments.Select(argument => $"\"{argument.Name}\": \"{id}\""));
                await McpCall("tools/call", $"\"name\": \"{name}\", \"arguments\": {{{values}}}", name);
            }
        }

        foreach (
            var uri in new[] { $"ordinaut://tasks/{things.Ids["tasks"]}", $"ordinaut://runs/{things.Ids["runs"]}" }
        )
        {
            await McpCall("resources/read", $"\"uri\": \"{uri}\"", uri);
        }
    }

    /// <summary>More rights than it was given: by asking, by claiming, by another's name.</summary>
    private async Task Elevation()
    {
        var (me, quiet) = (hostile.Id, things.Ids["agents"]);
        foreach (var scopes in new[] { "\"admin\"", "\"approvals:decide\"", "\"tasks:read\", \"admin\"" })
        {
            judge.MustRefuse(
                "own scopes",
                await Write($"/agents/{me}", $$"""{"scopes": [{{scopes}}]}""", false, "PATCH")
            );
            judge.MustRefuse("a child's scopes", await Write("/agents", $$"""{"name": "x", "scopes": [{{scopes}}]}"""));
        }

        judge.MustRefuse("another's", await Write($"/agents/{quiet}", """{"allowed_tools": []}""", false, "PATCH"));
        var login = $$"""{"agent_id": "{{me}}", "agent_secret": "{{hostile.Secret}}", "scope": "admin"}""";
        judge.MustRefuse("token with more", await hostile.Send("POST", "/agents/auth/token", login));
        var stolen = $$"""{"agent_id": "{{quiet}}", "agent_secret": "{{hostile.Secret}}"}""";
        judge.MustRefuse("another's login", await hostile.Send("POST", "/agents/auth/token", stolen));
        foreach (var (name, value) in Claims(quiet))
        {
            var reply = await Patiently(() =>
                hostile.Send("GET", $"/tasks/{things.Ids["tasks"]}", (string?)null, (name, value))
            );
            judge.MustRefuse($"{name}: {value}", reply);
        }
    }

    private IEnumerable<(string, string)> Claims(Guid quiet)
    {
        yield return ("X-Agent-Id", quiet.ToString());
        yield return ("X-Scopes", "admin");
        yield return ("X-Forwarded-User", quiet.ToString());
        yield return ("X-HTTP-Method-Override", "DELETE");
        yield return ("X-Original-URL", "/agents/me");
        var parts = hostile.Token.Split('.');
        var claims = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        foreach (
            var forged in new[] { claims.Replace(hostile.Id.ToString(), quiet.ToString(), StringComparison.Ordinal) }
        )
        {
            var body = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(forged));
            var none = System.Buffers.Text.Base64Url.EncodeToString("""{"alg":"none","typ":"at+jwt"}"""u8);
            yield return ("Authorization", $"Bearer {parts[0]}.{body}.{parts[2]}");
            yield return ("Authorization", $"Bearer {none}.{body}.");
        }
    }

    private async Task Look(string path, string? body = null, string? repeat = null)
    {
        var method = body is null ? "GET" : "POST";
        (string, string)[] headers = repeat is null ? [] : [("Idempotency-Key", repeat)];
        judge.See($"{method} {path}", await Patiently(() => hostile.Send(method, path, body, headers)));
    }

    /// <param name="isTool">Whether a failure is told by the answer's own <c>success</c>.</param>
    private async Task<Reply> Write(string path, string body, bool isTool = false, string method = "POST")
    {
        var reply = await Patiently(() => hostile.Send(method, path, body));
        return isTool && reply.IsSuccess && reply.Body.Contains("\"success\":false", StringComparison.Ordinal)
            ? reply with
            {
                Status = 404,
            }
            : reply;
    }

    private async Task<JsonElement> McpCall(string method, string parameters, string? name)
    {
        var request = new Mcp.Wire.Request(method, parameters) { Name = name };
        (string, string)[] headers = [("Accept", "application/json, text/event-stream"), .. request.Headers];
        var reply = judge.See(
            $"mcp {method} {name}",
            await Patiently(() => hostile.Send("POST", "/mcp", request.Json, headers))
        );
        var json = reply.Body.StartsWith('{')
            ? reply.Body
            : reply.Body.Split('\n').Last(line => line.StartsWith("data:", StringComparison.Ordinal))["data:".Length..];
        return Json.Parse(json);
    }

    /// <summary>Past its limit it waits as told: an id that was not looked at proves nothing.</summary>
    private static async Task<Reply> Patiently(Func<Task<Reply>> send)
    {
        for (var i = 0; ; i++)
        {
            var reply = await send();
            if (reply.Status != 429)
            {
                return reply;
            }

            Assert.True(i < 300, $"still told to wait: {reply.Body}");
            await Task.Delay(100);
        }
    }

    private IEnumerable<Guid> Some(bool all) =>
        all ? things.Ids.Values.Distinct() : [things.Ids["tasks"], things.Ids["agents"]];

    private static string? Empty(string method) => method is "GET" or "DELETE" ? null : "{}";
}
