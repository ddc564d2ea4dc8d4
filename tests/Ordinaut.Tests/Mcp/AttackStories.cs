using System.Net;
using System.Text;
using Ordinaut.Http;

namespace Ordinaut.Tests.Mcp;

/// <summary>What no well-meaning client sends: none of it gets in, and none of it is a defect.</summary>
public sealed class AttackStories
{
    private static readonly Wire.Request Whoami = Wire.Call("whoami") with { Name = "whoami" };

    [Fact]
    public async Task Without_a_token_the_answer_says_where_tokens_come_from()
    {
        await using var app = await OrdinautApp.Start();

        var answer = await Wire.Send(app, null, Whoami);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var challenge = Assert.Single(answer.Headers.WwwAuthenticate).ToString();
        var address = challenge.Split("resource_metadata=\"")[1].TrimEnd('"');
        var metadata = Json.Parse(await OrdinautApp.Expect(await app.Http.GetAsync(new Uri(address)), 200));
        Assert.Equal(new Uri(app.Http.BaseAddress!, "mcp").ToString(), metadata.GetProperty("resource").GetString());
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("http://evil.example:{port}", 403)]
    [InlineData("http://localhost:1", 403)]
    [InlineData("http://127.0.0.1.evil.example:{port}", 403)]
    [InlineData("null", 403)]
    [InlineData("http://localhost:{port}", 200)]
    [InlineData("http://127.0.0.1:{port}", 200)]
    [InlineData("https://app.example", 200)]
    public async Task A_page_of_another_origin_is_refused(string origin, int status)
    {
        await using var app = await OrdinautApp.Start(configure: o => o with { CorsOrigins = "https://app.example" });
        var admin = await app.AsAdmin();
        var from = origin.Replace("{port}", app.Http.BaseAddress!.Port.ToString());
        (string, string)[] headers = [.. Whoami.Headers, ("Origin", from)];

        Assert.Equal(status, (int)(await Wire.Send(app, admin.Token, Whoami with { Lies = headers })).StatusCode);
    }

    [Theory]
    [InlineData("2026-07-28", "tools/list", "whoami", -32020)]
    [InlineData("2026-07-28", "tools/call", "create_task", -32020)]
    [InlineData("2026-07-28", "tools/call", null, -32020)]
    [InlineData("2026-07-28", null, "whoami", -32020)]
    [InlineData("1999-01-01", "tools/call", "whoami", -32022)]
    public async Task Headers_that_do_not_match_the_body_are_refused(
        string revision,
        string? method,
        string? name,
        int code
    )
    {
        await using var app = await OrdinautApp.Start();
        (string, string?)[] headers = [("MCP-Protocol-Version", revision), ("Mcp-Method", method), ("Mcp-Name", name)];
        (string, string)[] lies =
        [
            .. headers.Where(header => header.Item2 is not null).Select(h => (h.Item1, h.Item2!)),
        ];

        var answer = await Wire.Send(app, (await app.AsAdmin()).Token, Whoami with { Lies = lies });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await Wire.Message(answer)).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_version_nobody_knows_is_answered_with_those_that_are()
    {
        await using var app = await OrdinautApp.Start();
        var message = Wire.Call("whoami") with { Revision = "2030-01-01" };
        (string, string)[] headers =
        [
            ("MCP-Protocol-Version", "2030-01-01"),
            ("Mcp-Method", "tools/call"),
            ("Mcp-Name", "whoami"),
        ];

        var answer = await Wire.Send(app, (await app.AsAdmin()).Token, message with { Lies = headers });

        var error = (await Wire.Message(answer)).GetProperty("error");
        var supported = error.GetProperty("data").GetProperty("supported").EnumerateArray().Select(v => v.GetString());
        Assert.Equal((400, -32022), ((int)answer.StatusCode, error.GetProperty("code").GetInt32()));
        Assert.Contains(Wire.Current, supported);
    }

    [Theory]
    [InlineData("""{"schedule_kind": "cron", "schedule_kind": "cron"}""", "schedule_kind")]
    [InlineData("""{"payload": {"a": 1, "a": 2}, "title": "x"}""", "a")]
    [InlineData("""{"title": 5}""", "title")]
    [InlineData("""{"titel": "x"}""", "title")]
    [InlineData("""{"idempotency_key": "a b"}""", "idempotency_key")]
    [InlineData("""{"idempotency_key": ""}""", "idempotency_key")]
    [InlineData("""{"tags": ["a", 5]}""", "tags")]
    public async Task Arguments_that_are_none_are_refused_by_name(string arguments, string named)
    {
        await using var app = await OrdinautApp.Start();

        var answer = await Wire.Send(app, (await app.AsAdmin()).Token, Wire.Call("create_task", arguments));

        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("System.", text);
        Assert.True(text.Contains("\"isError\":true") || text.Contains("\"error\":"), text);
        Assert.Contains(named, text);
    }

    [Theory]
    [InlineData("get_task", """{"task_id": "x"}""", "task_id")]
    [InlineData("get_task", "{}", "task_id")]
    [InlineData("get_task", """{"task_id": 5}""", "task_id")]
    [InlineData("get_task", """{"task_id": "00000000-0000-0000-0000-000000000000 "}""", "task_id")]
    [InlineData("list_tasks", """{"limit": 0}""", "limit")]
    [InlineData("list_tasks", """{"limit": 201}""", "limit")]
    [InlineData("list_tasks", """{"limit": "many"}""", "limit")]
    [InlineData("list_tasks", """{"limit": 1e99}""", "limit")]
    [InlineData("list_tasks", """{"limit": 1.5}""", "limit")]
    [InlineData("list_tasks", """{"status": "lazy"}""", "status")]
    [InlineData("list_tasks", """{"cursor": "x"}""", "cursor")]
    [InlineData("list_tasks", """{"q": "\u0000"}""", "q")]
    [InlineData("list_runs", """{"since": "yesterday"}""", "since")]
    [InlineData("list_runs", """{"since": "2027-01-01T00:00:00"}""", "since")]
    [InlineData("run_task", """{"task_id": "01a205e5-7dc7-7554-b836-e2c077690f0e", "wait_seconds": 301}""", "wait")]
    [InlineData("update_task", """{"task_id": "01a205e5-7dc7-7554-b836-e2c077690f0e"}""", "changes")]
    [InlineData("update_task", """{"task_id": "01a205e5-7dc7-7554-b836-e2c077690f0e", "changes": 5}""", "object")]
    [InlineData("update_task", """{"task_id": "01a205e5-7dc7-7554-b836-e2c077690f0e", "changes": {"x": 5}}""", "x")]
    [InlineData("get_calendar", """{"name": 5}""", "name")]
    public async Task A_wrong_argument_is_named(string tool, string arguments, string named)
    {
        await using var app = await OrdinautApp.Start();

        var answer = await Wire.Result(await Wire.Send(app, (await app.AsAdmin()).Token, Wire.Call(tool, arguments)));

        var problem = Wire.Problem(answer);
        Assert.InRange(problem.Status, 400, 422);
        Assert.Contains(named, problem.Detail);
    }

    [Theory]
    [InlineData("""{"title": "\ud800"}""")]
    [InlineData("""{"payload": {"\udc00": 1}}""")]
    public async Task Text_that_is_no_unicode_is_refused_as_everywhere(string arguments)
    {
        await using var app = await OrdinautApp.Start();

        var answer = await Wire.Send(app, (await app.AsAdmin()).Token, Wire.Call("create_task", arguments));

        Assert.Contains("not Unicode", await OrdinautApp.Expect(answer, 400));
    }

    [Fact]
    public async Task An_unknown_tool_is_told_apart_and_the_right_one_suggested()
    {
        await using var app = await OrdinautApp.Start();

        var answer = await Wire.Send(app, (await app.AsAdmin()).Token, Wire.Call("create_tsk"));

        var error = (await Wire.Message(answer)).GetProperty("error");
        Assert.Equal(-32602, error.GetProperty("code").GetInt32());
        Assert.Contains("create_task", error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"jsonrpc": "2.0"}""")]
    [InlineData("""{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}""")]
    [InlineData("""{"jsonrpc": "2.0", "id": {"a": 1}, "method": "tools/list"}""")]
    [InlineData("""{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": []}""")]
    [InlineData("""{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 5}}""")]
    [InlineData(
        """{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami", "arguments": 5}}"""
    )]
    public async Task What_is_no_message_breaks_nothing(string body)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = OrdinautApp.Body(body) };
        request.Headers.Authorization = new("Bearer", admin.Token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");

        var answer = await app.Http.SendAsync(request);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is 200 or 202 or 400, $"{(int)answer.StatusCode} {text}");
        Assert.DoesNotContain("   at ", text);
        await OrdinautApp.Expect(await Wire.Send(app, admin.Token, Whoami), 200);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        await using var app = await OrdinautApp.Start();
        var large = new StringBuilder().Append('x', EndpointRule.DefaultBodyLimit);

        var answer = await Wire.Send(
            app,
            (await app.AsAdmin()).Token,
            Wire.Call("create_task", $$"""{"title": "{{large}}"}""")
        );

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task There_are_no_sessions_to_listen_to_or_to_end(string method)
    {
        await using var app = await OrdinautApp.Start();

        await (await app.AsAdmin()).Refused(405, method, "/mcp");
    }
}
