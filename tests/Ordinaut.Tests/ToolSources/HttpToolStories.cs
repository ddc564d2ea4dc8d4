using System.Text.Json;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tools;

namespace Ordinaut.Tests.ToolSources;

/// <summary>HTTP APIs as tools: declared by API and by file, and imported.</summary>
public sealed class HttpToolStories
{
    private const string JsonType = "Content-Type: application/json\r\n";

    [Fact]
    public async Task A_declared_tool_fills_in_its_request_and_gives_back_the_body()
    {
        await using var crm = new FakeServer(_ => FakeServer.Answer(200, JsonType, """{"id": 7}"""));
        await using var app = await WeatherServer.StartApp();
        await Secret(app, "crm", "s3cret");
        var admin = await app.AsAdmin();
        var tool = $$$"""
            {"name": "crm.add_note", "method": "POST", "url": "{{{crm.Url}}}people/{id}/notes",
             "token_from": "file:crm", "token_header": "X-Api-Key", "query": {"lang": "{lang}", "draft": false},
             "headers": {"X-Trace": "t-{id}"},
             "body": {"text": "{text}", "tags": "{tags}"}, "cost": 0.002,
             "output_schema": {"type": "object", "required": ["id"]}}
            """;
        await admin.Post<HttpToolView>("/tools/http", tool, 201);

        var output = await WeatherServer.Try(admin, "crm.add_note", """{"id": "a/b", "text": "hi", "tags": [1, 2]}""");

        Assert.Equal("""{"id":7}""", output.Replace(" ", ""));
        var request = crm.Only;
        Assert.Equal(("POST", "/people/a%2Fb/notes?draft=false"), (request.Method, request.Target));
        Assert.Equal("""{"text":"hi","tags":[1,2]}""", request.Text);
        Assert.Equal(("s3cret", "t-a/b"), (request.Headers["X-Api-Key"], request.Headers["X-Trace"]));
        Assert.NotEmpty(request.Headers["Idempotency-Key"]);
        var view = await admin.Get<ToolView>("/tools/crm.add_note");
        Assert.Equal(("http", "keyed", 0.002m), (view.Source, view.Effect, view.Cost));
        Assert.Equal("""["id"]""", view.InputSchema.GetProperty("required").GetRawText());
        Assert.StartsWith(
            "input_invalid: The address",
            await WeatherServer.Try(admin, "crm.add_note", """{"id": []}""")
        );
        Assert.StartsWith("input_invalid", await WeatherServer.Try(admin, "crm.add_note", """{"id": 1, "x": 1}"""));
        Assert.DoesNotContain("s3cret", (await admin.Get<JsonElement>("/tools/http")).GetRawText());
    }

    [Fact]
    public async Task A_tool_is_changed_by_the_agent_that_registered_it_or_an_admin_and_nobody_else()
    {
        await using var app = await WeatherServer.StartApp();
        var keeper = await app.AsAgent("tools:manage");
        var other = await app.AsAgent("tools:manage");
        const string Tool = """{"name": "crm.find", "url": "https://crm.example/"}""";
        await keeper.Post<HttpToolView>("/tools/http", Tool, 201);

        var refused = await other.Refused(403, "PUT", "/tools/http/crm.find", Tool);
        Assert.Contains("another agent", refused.Detail, StringComparison.Ordinal);
        await other.Refused(403, "DELETE", "/tools/http/crm.find");
        await other.Get<HttpToolView>("/tools/http/crm.find");

        await OrdinautApp.Expect(await keeper.Send("PUT", "/tools/http/crm.find", Tool), 200);
        await OrdinautApp.Expect(await (await app.AsAdmin()).Send("DELETE", "/tools/http/crm.find"), 204);
    }

    [Fact]
    public async Task A_tool_may_use_a_stored_secret_of_the_agent_that_registered_it()
    {
        await using var crm = new FakeServer(r =>
            FakeServer.Answer(200, JsonType, $"\"{r.Headers["Authorization"]}\"")
        );
        await using var app = await WeatherServer.StartApp();
        var keeper = await app.AsAgent("tools:manage", "tools:use");
        var user = await app.AsAgent("tools:use");
        var tool = Json.Write(new HttpToolInput("crm.find", Url: crm.Url, TokenFrom: "secret:crm"));
        await keeper.Post<HttpToolView>("/tools/http", tool, 201);
        Assert.StartsWith(
            "unavailable: The secret 'secret:crm' is not there",
            await WeatherServer.Try(user, "crm.find", "{}")
        );

        await Put(keeper, new SecretInput("correct-horse", ["crm.*"], ["127.0.0.1"]));

        Assert.Equal("\"Bearer [secret:crm]\"", await WeatherServer.Try(user, "crm.find", "{}"));
        Assert.Equal("Bearer correct-horse", crm.Only.Headers["Authorization"]);
        await Put(keeper, new SecretInput("correct-horse", ["http.request"]));
        Assert.StartsWith("unavailable", await WeatherServer.Try(user, "crm.find", "{}"));
        await Put(keeper, new SecretInput("correct-horse", null, ["crm.example"]));
        Assert.StartsWith("unavailable", await WeatherServer.Try(user, "crm.find", "{}"));
        await Put(user, new SecretInput("correct-horse"));
        Assert.StartsWith("unavailable", await WeatherServer.Try(user, "crm.find", "{}"));
    }

    private static async Task Put(OrdinautApp.Client who, SecretInput secret) =>
        await OrdinautApp.Expect(await who.Send("PUT", "/secrets/crm", Json.Write(secret)), 200);

    [Theory]
    [InlineData(302, "Location: http://127.0.0.1/\r\n", "", "http_status: The answer has status 302;")]
    [InlineData(404, "", "", "http_status")]
    [InlineData(200, JsonType, "[]", "output_invalid")]
    [InlineData(
        200,
        "Content-Type: application/octet-stream\r\n",
        "\0",
        """{"body":"AA==","body_encoding":"base64"}"""
    )]
    public async Task An_answer_that_is_not_as_declared_is_a_failure(
        int status,
        string headers,
        string body,
        string expected
    )
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(status, headers, body));
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        var tool = new HttpToolInput(Url: server.Url, OutputSchema: Json.Parse("""{"type": "object"}"""));
        await OrdinautApp.Expect(await admin.Send("PUT", "/tools/http/a.b", Json.Write(tool)), 200);

        Assert.StartsWith(expected, await WeatherServer.Try(admin, "a.b"));
    }

    [Fact]
    public async Task A_tool_without_its_secret_asks_nobody_and_may_be_tried_again()
    {
        await using var server = new FakeServer(_ => FakeServer.Answer(200));
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        var tool = Json.Write(new HttpToolInput("a.b", Url: server.Url, TokenFrom: "file:absent"));
        await admin.Post<HttpToolView>("/tools/http", tool, 201);

        Assert.Equal("unavailable: The secret 'file:absent' is not there.", await WeatherServer.Try(admin, "a.b"));
        Assert.Equal(0, server.Connections);
        await Secret(app, "absent", "found\n");
        Assert.Equal("null", await WeatherServer.Try(admin, "a.b"));
        Assert.Equal("Bearer found", server.Only.Headers["Authorization"]);
    }

    [Theory]
    [InlineData("PUT", "/tools/http/http.mine", """{"url": "https://a.example"}""", 422, "built-in")]
    [InlineData("PUT", "/tools/http/weather.mine", """{"url": "https://a.example"}""", 422, "tool server")]
    [InlineData("PUT", "/tools/servers/task", """{"url": "https://a.example"}""", 422, "built-in")]
    [InlineData("PUT", "/tools/servers/crm", """{"url": "https://a.example"}""", 422, "tool server")]
    [InlineData("PUT", "/tools/servers/a", """{"name": "b", "url": "https://a.example"}""", 422, "as in the path")]
    [InlineData("POST", "/tools/servers", """{"url": "https://a.example"}""", 422, "name is required")]
    [InlineData("POST", "/tools/http", """{"url": "https://a.example"}""", 422, "name is required")]
    [InlineData("POST", "/tools/http", """{"name": "crm.find", "url": "https://a.example"}""", 409, "already")]
    [InlineData("PUT", "/tools/http/crm.find", """{"url": "https://a.example", "token": "x"}""", 400, "token")]
    [InlineData("DELETE", "/tools/http/crm.other", null, 404, "HTTP tool")]
    [InlineData("POST", "/tools/servers/weather/accept", "{}", 422, "tools is required")]
    [InlineData("POST", "/tools/import", """{"provider": "a", "file": "b.json"}""", 422, "catalogue file")]
    public async Task What_cannot_be_registered_is_refused(
        string method,
        string path,
        string? body,
        int status,
        string expected
    )
    {
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        await admin.Post<HttpToolView>("/tools/http", """{"name": "crm.find", "url": "https://a.example"}""", 201);
        // Port 9 of loopback: nobody is there, and it is registered all the same.
        var down = await admin.Post<ToolServerView>(
            "/tools/servers",
            """{"name": "weather", "url": "http://127.0.0.1:9/"}""",
            201
        );
        Assert.Equal("down", down.State);

        Assert.Contains(expected, (await admin.Refused(status, method, path, body)).Detail);
    }

    [Fact]
    public async Task What_the_file_no_longer_names_is_gone_at_the_next_start_and_the_rest_stays()
    {
        var folder = OrdinautApp.NewFolder();
        var find = new HttpToolInput(Url: "https://a.example/{id}");
        var file = new ToolFile(Http: new Dictionary<string, HttpToolInput> { ["a.find"] = find, ["a.other"] = find });
        await using (var app = await WeatherServer.StartApp(folder, file))
        {
            var admin = await app.AsAdmin();
            await admin.Post<HttpToolView>("/tools/http", """{"name": "b.find", "url": "https://b.example"}""", 201);
            Assert.Equal(["a.find True", "a.other True", "b.find False"], await Declared(admin));
        }

        file = new ToolFile(Http: new Dictionary<string, HttpToolInput> { ["a.find"] = find with { Cost = 1 } });
        await using (var app = await WeatherServer.StartApp(folder, file))
        {
            var admin = await app.AsAdmin();
            Assert.Equal(["a.find True", "b.find False"], await Declared(admin));
            Assert.Equal(1, (await admin.Get<ToolView>("/tools/a.find")).Cost);
            await admin.Refused(409, "PUT", "/tools/http/a.find", Json.Write(find));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_imported_operation_is_a_tool_like_any_other()
    {
        await using var shop = new FakeServer(_ => FakeServer.Answer(200, JsonType, """{"id": 1, "name": "Rex"}"""));
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        var request = new ImportTools("shop", Json.Parse(OpenApiImportTests.Shop), Url: shop.Url);

        var made = await admin.Post<ImportedTools>("/tools/import", Json.Write(request));

        Assert.Equal(["shop.listPets", "shop.addPet", "shop.getPet"], made.Tools);
        Assert.Equal("/paths/~1pets~1{id}~1photo/post", made.Findings[0].Pointer.Replace("/requestBody", ""));
        var task = await admin.Post<TaskView>("/tasks", WeatherServer.Task("shop.getPet", """{"id": 1}"""), 201);
        var step = await WeatherServer.Run(app, admin, task.Id);
        Assert.Equal("Rex", step.GetProperty("output").GetProperty("name").GetString());
        Assert.Equal("/pets/1", shop.Only.Target);
        await OrdinautApp.Expect(await admin.Send("DELETE", "/tools/http/shop.getPet"), 204);
        await admin.Refused(404, "GET", "/tools/shop.getPet");
        await admin.Refused(404, "GET", "/tools/http/shop.getPet");
    }

    private static async Task<IEnumerable<string>> Declared(OrdinautApp.Client admin) =>
        (await admin.Get<Page<HttpToolView>>("/tools/http")).Items.Select(tool => $"{tool.Name} {tool.FromFile}");

    private static async Task Secret(OrdinautApp app, string name, string value)
    {
        var folder = Directory.CreateDirectory(Path.Combine(app.Options.Data, "secrets"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), value);
    }
}
