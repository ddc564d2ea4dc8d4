using System.Text;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Http;

/// <summary>Whatever is sent, the answer is a problem that names what is wrong, and never a 5xx.</summary>
public sealed class BadRequestTests
{
    private const string Id = "00000000-0000-7000-8000-000000000000";

    private const string Good = """
        {"title": "t", "schedule_kind": "cron", "schedule_expr": "0 0 * * *",
         "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
        """;

    /// <summary>Method, path, body, status, and a word the answer must contain.</summary>
    private static readonly (string Method, string Path, string? Body, int Status, string Says)[] Table =
    [
        // The body as a document.
        ("POST", "/tasks", null, 400, "empty"),
        ("POST", "/tasks", " ", 400, "line 1"),
        ("POST", "/tasks", "{", 400, "line 1"),
        ("POST", "/tasks", "{]", 400, "line 1"),
        ("POST", "/tasks", "{}x", 400, ""),
        ("POST", "/tasks", "null", 400, "JSON object"),
        ("POST", "/tasks", "[]", 400, "JSON object"),
        ("POST", "/tasks", "1", 400, "JSON object"),
        ("POST", "/tasks", "\"x\"", 400, "JSON object"),
        ("POST", "/tasks", "{'title': 1}", 400, "line 1"),
        ("POST", "/tasks", "{\"title\": \"a\",}", 400, "line 1"),
        ("POST", "/tasks", "// no\n{}", 400, "line 1"),
        ("POST", "/tasks", "{\"title\": \"a\", \"title\": \"b\"}", 400, "twice"),
        ("POST", "/tasks", "{\"title\": \"\\ud800\"}", 400, "not Unicode"),
        ("POST", "/tasks", "{\"starts_at\": \"\\uDBFF\"}", 400, "not Unicode"),
        ("POST", "/tasks", "{\"created_by\": \"\\udfff\"}", 400, "not Unicode"),
        ("POST", "/tasks", "{\"\\ud800\": 1}", 400, "not Unicode"),
        ("POST", "/tasks", "{\"payload\": {\"params\": {\"a\": \"\\ud83d!\"}}}", 400, "at byte 30"),
        ("POST", "/tasks", "{\"metadata\": {\"\\udc00\\ud800\": 1}}", 400, "not Unicode"),
        (
            "POST",
            "/tasks",
            "{\"metadata\": {\"a\": 1, \"b\": {\"c\": [{\"d\": 1, \"d\": 2}]}}}",
            400,
            "metadata.b.c[0].d"
        ),
        ("PATCH", "/tasks/" + Id, "{\"metadata\": {\"a\": \"\\ud800\"}}", 400, "not Unicode"),
        ("POST", "/events", "{\"topic\": \"a\", \"payload\": \"\\ud800\"}", 400, "not Unicode"),
        ("POST", "/tools/debug.echo/try", "{\"input\": {\"a\": \"\\ud800\"}}", 400, "not Unicode"),
        ("POST", "/expressions/evaluate", "{\"expression\": \"a\", \"data\": \"\\ud800\"}", 400, "not Unicode"),
        ("POST", "/tasks", "{\"a\": NaN}", 400, "line 1"),
        // Members.
        ("POST", "/tasks", "{\"titel\": \"a\"}", 400, "did you mean 'title'"),
        ("POST", "/tasks", "{\"zzzzzzzzzzzz\": 1}", 400, "the members are"),
        ("POST", "/tasks", "{\"title\": 1}", 400, "must be text"),
        ("POST", "/tasks", "{\"priority\": \"5\"}", 400, "whole number"),
        ("POST", "/tasks", "{\"priority\": 5.5}", 400, "whole number"),
        ("POST", "/tasks", "{\"priority\": 99999999999}", 400, "whole number"),
        ("POST", "/tasks", "{\"priority\": true}", 400, "whole number"),
        ("POST", "/tasks", "{\"tags\": \"a\"}", 400, "JSON array"),
        ("POST", "/tasks", "{\"tags\": [1]}", 400, "tags[0]"),
        ("POST", "/tasks", "{\"starts_at\": \"tomorrow\"}", 400, "RFC 3339"),
        ("POST", "/tasks", "{\"starts_at\": \"2027-01-01T00:00:00\"}", 400, "offset"),
        ("POST", "/tasks", "{\"created_by\": \"me\"}", 400, "UUID"),
        ("POST", "/tasks:bulk", "{\"create\": [{\"titel\": 1}]}", 400, "create[0].titel"),
        ("POST", "/tasks:bulk", "{\"ids\": [\"x\"]}", 400, "ids[0]"),
        // Values.
        ("POST", "/tasks", "{}", 422, "title"),
        ("POST", "/tasks:bulk", "{}", 422, "create"),
        ("POST", "/schedules/parse", "{}", 422, "text is missing"),
        ("POST", "/schedules/parse", "{\"text\": \"evry day\"}", 422, "did you mean \\\"every"),
        ("POST", "/schedules/parse", "{\"text\": \"hourly\", \"timezone\": \"Moon\"}", 422, "timezone"),
        ("POST", "/schedules/preview", "{\"schedule_kind\": \"x\"}", 422, "schedule_kind"),
        ("POST", "/schedules/preview", "{\"schedule_kind\": \"cron\", \"exclude\": [null]}", 422, "exclude"),
        ("POST", "/schedules/preview", "{\"schedule_kind\": \"cron\", \"schedule_expr\": \"x\"}", 422, "schedule_expr"),
        (
            "POST",
            "/schedules/preview",
            "{\"schedule_kind\": \"cron\", \"schedule_expr\": \"H H * * *\"}",
            422,
            "jitter"
        ),
        ("POST", "/expressions/evaluate", "{\"expression\": \"a[\"}", 422, "expression"),
        ("POST", "/pipelines/check", "{}", 422, "payload"),
        ("POST", "/tasks", Good.Replace("debug.echo", "debug.ehco"), 422, "did you mean \\\"debug.echo"),
        ("POST", "/events", "{\"topic\": \"no spaces\"}", 422, "topic"),
        ("POST", "/agents", "{}", 422, "name"),
        ("POST", "/agents", "{\"name\": \"a\", \"scopes\": [\"root\"]}", 422, "scopes[0]"),
        (
            "POST",
            "/agents",
            "{\"name\": \"a\", \"scopes\": [" + string.Join(",", Enumerable.Repeat("\"x\"", 16)) + "]}",
            422,
            "15"
        ),
        ("POST", "/agents", "{\"name\": \" a\", \"scopes\": []}", 422, "name"),
        ("POST", "/agents", "{\"name\": \"a\", \"scopes\": [], \"status\": \"x\"}", 422, "status"),
        ("POST", "/agents", "{\"name\": \"a\", \"scopes\": [], \"webhook_url\": \"ftp://a\"}", 422, "webhook_url"),
        ("POST", "/agents/auth/token", "{\"grant_type\": \"password\"}", 422, "grant_type"),
        ("POST", "/agents/auth/token", "{}", 401, "credentials"),
        ("POST", "/agents/auth/refresh", "{}", 401, "credentials"),
        ("POST", "/agents/auth/revoke", "{}", 422, "refresh_token"),
        // Patches: an absent thing is no excuse for a wrong member.
        ("PATCH", "/tasks/" + Id, null, 400, "empty"),
        ("PATCH", "/tasks/" + Id, "[]", 400, "JSON object"),
        ("PATCH", "/tasks/" + Id, "{\"titel\": 1}", 400, "did you mean 'title'"),
        ("PATCH", "/tasks/" + Id, "{\"priority\": \"high\"}", 400, "whole number"),
        ("PATCH", "/tasks/" + Id, "{\"status\": \"paused\"}", 400, "/pause, /resume or /cancel"),
        ("POST", "/tasks", "{\"status\": \"paused\"}", 400, "/pause, /resume or /cancel"),
        ("PATCH", "/agents/" + Id, "{\"scope\": []}", 400, "did you mean 'scopes'"),
        // Ids and paths.
        ("GET", "/tasks/x", null, 404, "task 'x'"),
        ("GET", "/tasks/" + Id, null, 404, Id),
        ("GET", "/tasks/%20" + Id, null, 404, "task"),
        ("GET", "/tools/" + new string('x', 300), null, 404, "x…'"),
        ("GET", "/tasks/{00000000-0000-7000-8000-000000000000}", null, 404, "task"),
        ("DELETE", "/tasks/" + Id, null, 404, Id),
        ("POST", "/tasks/" + Id + "/pause", null, 404, Id),
        ("GET", "/runs/x", null, 404, "run"),
        ("GET", "/runs/x/events", null, 404, "run"),
        ("GET", "/agents/x", null, 404, "agent"),
        ("GET", "/events/x", null, 404, "event"),
        ("GET", "/tools/x.y", null, 404, "x.y"),
        ("GET", "/calendars/none", null, 404, "none"),
        ("GET", "/nothing", null, 404, "/docs"),
        ("GET", "/tasks/a/b/c", null, 404, "/docs"),
        // Methods.
        ("DELETE", "/tasks", null, 405, "GET"),
        ("PUT", "/health", null, 405, "GET"),
        ("TRACE", "/health", null, 405, "GET"),
        ("TRACE", "/tasks", null, 405, "GET"),
        ("PATCH", "/runs", null, 405, "GET"),
        ("GET", "/agents/auth/token", null, 405, "POST"),
        // Query.
        ("GET", "/tasks?limt=1", null, 400, "limit"),
        ("GET", "/tasks?limit=0", null, 400, "1 to 200"),
        ("GET", "/tasks?limit=201", null, 400, "1 to 200"),
        ("GET", "/tasks?limit=x", null, 400, "1 to 200"),
        ("GET", "/tasks?limit=1&limit=2", null, 400, "once"),
        ("GET", "/tasks?total=yes", null, 400, "true or false"),
        ("GET", "/tasks?created_by=me", null, 400, "UUID"),
        ("GET", "/tasks?created_by=%20" + Id, null, 400, "UUID"),
        ("GET", "/tasks?status=sleeping", null, 400, "active, paused, completed, canceled"),
        ("GET", "/tasks?schedule_kind=CRON", null, 400, "cron, rrule"),
        ("GET", "/tasks?q=%00", null, 400, "NUL"),
        ("GET", "/runs?state=done", null, 400, "succeeded"),
        ("GET", "/runs?trigger=chance", null, 400, "backfill"),
        ("GET", "/tasks?cursor=x", null, 400, "cursor"),
        ("GET", "/tasks?cursor=AAAAAAAAAAAAAAAAAAAAAAAA", null, 400, "cursor"),
        ("GET", "/runs?since=yesterday", null, 400, "RFC 3339"),
        ("GET", "/audit?actor=x", null, 400, "UUID"),
        ("GET", "/health?x=1", null, 400, "none"),
        ("GET", "/tasks/" + Id + "/next?count=1001", null, 400, "1 to 1000"),
    ];

    [Fact]
    public async Task Each_bad_request_is_answered_by_a_problem_that_says_why()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var wrong = new List<string>();
        foreach (var (method, path, body, status, says) in Table)
        {
            var answer = await admin.Send(method, path, body);
            var text = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode != status || !text.Contains(says, StringComparison.Ordinal))
            {
                wrong.Add($"{method} {path} {body}: {(int)answer.StatusCode} in place of {status} '{says}': {text}");
                continue;
            }

            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var problem = OrdinautApp.Read<ProblemView>(text);
            Assert.Equal(status, problem.Status);
            Assert.Equal(answer.Headers.GetValues("X-Request-ID").Single(), problem.RequestId);
        }

        Assert.True(Table.Length >= 60);
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/xml", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=utf-8", 201)]
    [InlineData("APPLICATION/JSON", 201)]
    [InlineData("application/json", 415, "gzip")]
    [InlineData("application/json; charset=utf-8", 415, "br")]
    public async Task Only_utf8_json_is_read(string mediaType, int status, string? encoding = null)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tasks");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + admin.Token);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        await OrdinautApp.Expect(await app.Http.SendAsync(request), status);
    }

    [Theory]
    [InlineData(1 << 20, 422)]
    [InlineData((1 << 20) + 1, 413)]
    public async Task A_body_at_the_limit_is_read_and_one_byte_more_is_not(int bytes, int status)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        const string head = "{\"title\":\"";
        const string tail = "\"}";
        var body = head + new string('x', bytes - head.Length - tail.Length) + tail;

        var problem = await admin.Refused(status, "POST", "/tasks", body);

        Assert.Equal(status, problem.Status);
    }

    [Fact]
    public async Task Nesting_is_bounded()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var deep = $"{{\"metadata\": {new string('[', 100_000)}{new string(']', 100_000)}}}";

        var problem = await admin.Refused(400, "POST", "/tasks", deep);

        Assert.Contains("64", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trace-1.a:b_c", true)]
    [InlineData("no spaces", false)]
    [InlineData("<script>", false)]
    public async Task A_clients_request_id_is_kept_when_it_is_harmless(string id, bool kept)
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();

        var answer = await admin.Send("GET", "/tasks", null, ("X-Request-ID", id));

        Assert.Equal(kept, answer.Headers.GetValues("X-Request-ID").Single() == id);
    }

    [Fact]
    public async Task A_defect_is_told_without_its_inside()
    {
        await using var app = await OrdinautApp.Start(adjust: web =>
            Ordinaut.Http.EndpointRules.Anonymous(
                Ordinaut.Http.Routes.Get(web, "/broken", _ => throw new InvalidOperationException("secret inside"))
            )
        );

        var text = await OrdinautApp.Expect(await app.Http.GetAsync(new Uri("/broken", UriKind.Relative)), 500);

        Assert.DoesNotContain("secret inside", text, StringComparison.Ordinal);
        Assert.Contains("request_id", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_unknown_members_do_not_make_a_long_answer()
    {
        await using var app = await OrdinautApp.Start();
        var body = "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{i}\":1")) + "}";

        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await app.Http.PostAsync(new Uri("/agents/auth/token", UriKind.Relative), content);

        var text = await OrdinautApp.Expect(answer, 400);
        Assert.InRange(text.Length, 1, 32_768);
    }
}
