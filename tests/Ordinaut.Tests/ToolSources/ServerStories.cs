using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.ToolSources;

/// <summary>The sample server's tools in tasks, over both transports.</summary>
public sealed class ServerStories
{
    [Fact]
    public async Task A_server_of_the_catalogue_file_is_started_and_its_tools_do_the_steps_of_a_task()
    {
        var folder = OrdinautApp.NewFolder();
        var file = new ToolFile(new Dictionary<string, ToolServerInput> { ["weather"] = WeatherServer.Command() });
        await using (var app = await WeatherServer.StartApp(folder, file))
        {
            var admin = await app.AsAdmin();
            var server = await admin.Post<ToolServerView>("/tools/servers/weather/refresh", "");
            Assert.Equal((true, "up", null), (server.FromFile, server.State, server.Error));
            Assert.Equal(
                ["environment ready", "forecast ready", "radar ready", "station ready"],
                server.Tools.Select(tool => $"{tool.Tool} {tool.State}")
            );

            var tool = await admin.Get<ToolView>("/tools/weather.forecast");
            Assert.Equal(("weather", "keyed", 60), (tool.Source, tool.Effect, tool.TimeoutSeconds));
            Assert.Equal("Tells tomorrow's weather in a city.", tool.Description);
            var task = await admin.Post<TaskView>(
                "/tasks",
                WeatherServer.Task("weather.forecast", """{"city": "Chisinau"}"""),
                201
            );
            var step = await WeatherServer.Run(app, admin, task.Id);

            Assert.Equal("succeeded", step.GetProperty("state").GetString());
            Assert.Equal("sunny", step.GetProperty("output").GetProperty("summary").GetString());
            // Nothing of this process's environment is its business.
            Assert.Equal("""["DOTNET_ROOT"]""", await WeatherServer.Try(admin, "weather.environment"));
            Assert.Equal(
                "tool_failed: An error occurred invoking 'station': The station is out of order.",
                await WeatherServer.Try(admin, "weather.station")
            );
            Assert.Equal("\"3 pictures\"", await WeatherServer.Try(admin, "weather.radar", """{"pictures": 3}"""));
            Assert.StartsWith("input_invalid", await WeatherServer.Try(admin, "weather.forecast"));
            Assert.Contains(
                "catalogue file",
                (await admin.Refused(409, "PUT", "/tools/servers/weather", Json.Write(WeatherServer.Command()))).Detail
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_server_registered_by_API_is_called_over_HTTP_and_forgotten_when_deleted()
    {
        await using var weather = await WeatherServer.Listen();
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        var input = new ToolServerInput("weather", weather.Url, Effects: Unsafe("station"));

        var server = await admin.Post<ToolServerView>("/tools/servers", Json.Write(input), 201);

        Assert.Equal((false, "up", 4), (server.FromFile, server.State, server.Tools.Count));
        Assert.Contains("\"rain\"", await WeatherServer.Try(admin, "weather.forecast", """{"city": "Balti"}"""));
        Assert.Equal("unsafe", (await admin.Get<ToolView>("/tools/weather.station")).Effect);
        await admin.Refused(409, "POST", "/tools/servers", Json.Write(input));
        Assert.Equal("weather", Assert.Single((await admin.Get<Page<ToolServerView>>("/tools/servers")).Items).Name);
        await OrdinautApp.Expect(await admin.Send("DELETE", "/tools/servers/weather"), 204);

        await admin.Refused(404, "GET", "/tools/servers/weather");
        await admin.Refused(404, "GET", "/tools/weather.forecast");
        var audit = await admin.Get<Page<AuditView>>("/audit?noun=tool_server");
        Assert.Equal(["tool_server.deleted", "tool_server.saved"], audit.Items.Select(entry => entry.Action).Order());
    }

    [Fact]
    public async Task A_tool_that_changes_is_suspended_until_the_difference_is_accepted()
    {
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        await admin.Post<ToolServerView>(
            "/tools/servers",
            Json.Write(WeatherServer.Command() with { Name = "weather" }),
            201
        );
        var old = WeatherServer.Task("weather.forecast", """{"city": "Orhei"}""");
        var task = await admin.Post<TaskView>("/tasks", old, 201);

        // The same server a release later.
        var later = Json.Write(WeatherServer.Command("--edition", "2"));
        var server = Json.Read<ToolServerView>(
            await OrdinautApp.Expect(await admin.Send("PUT", "/tools/servers/weather", later), 200)
        );

        var forecast = Assert.Single(server.Tools, tool => tool.State != "ready");
        Assert.Equal(("forecast", "changed"), (forecast.Tool, forecast.State));
        Assert.Equal(["description", "inputSchema"], forecast.Changes.Select(change => change.Member));
        Assert.StartsWith("tool_suspended", await WeatherServer.Try(admin, "weather.forecast", """{"city": "x"}"""));
        var refused = await admin.Refused(422, "POST", "/tasks", old);
        Assert.Contains("suspended", Assert.Single(refused.Errors!).Detail);
        var step = await WeatherServer.Run(app, admin, task.Id);
        Assert.Equal("tool_suspended", step.GetProperty("error").GetProperty("code").GetString());
        // What a model reads of it is still what was accepted.
        Assert.Contains("tomorrow", (await admin.Get<ToolView>("/tools/weather.forecast")).Description);

        await admin.Refused(409, "POST", "/tools/servers/weather/accept", Accepted("forecast", forecast.PinnedHash));
        await admin.Refused(422, "POST", "/tools/servers/weather/accept", Accepted("radar", forecast.PinnedHash));
        server = await admin.Post<ToolServerView>(
            "/tools/servers/weather/accept",
            Accepted("forecast", forecast.OfferedHash!)
        );

        Assert.All(server.Tools, tool => Assert.Equal("ready", tool.State));
        await admin.Post<TaskView>("/tasks", old, 201);
        Assert.Contains(
            "\"temperatureC\":21",
            await WeatherServer.Try(admin, "weather.forecast", """{"city": "Orhei", "days": 6}""")
        );
    }

    [Fact]
    public async Task A_server_that_is_down_at_the_start_keeps_its_tools_known()
    {
        var folder = OrdinautApp.NewFolder();
        await using (var app = await WeatherServer.StartApp(folder))
        {
            var input = Json.Write(WeatherServer.Command() with { Name = "weather" });
            var server = await (await app.AsAdmin()).Post<ToolServerView>("/tools/servers", input, 201);
            Assert.Equal(("up", null), (server.State, server.Error));
        }

        // The operator has taken the program off the list.
        await using (var app = await OrdinautApp.Start(folder: folder))
        {
            var admin = await app.AsAdmin();
            await admin.Post<TaskView>("/tasks", WeatherServer.Task("weather.station"), 201);
            var server = await admin.Post<ToolServerView>("/tools/servers/weather/refresh", "");

            Assert.Equal(("down", 4), (server.State, server.Tools.Count));
            Assert.Contains("tools_commands", server.Error);
            Assert.StartsWith("server_unavailable", await WeatherServer.Try(admin, "weather.station"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_canceled_run_does_not_wait_for_the_server()
    {
        await using var app = await WeatherServer.StartApp();
        var admin = await app.AsAdmin();
        await admin.Post<ToolServerView>(
            "/tools/servers",
            Json.Write(WeatherServer.Command() with { Name = "weather" }),
            201
        );
        var slow = WeatherServer.Task("weather.radar", """{"pictures": 100000}""");
        var task = await admin.Post<TaskView>("/tasks", slow, 201);
        var run = await admin.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await app.When(admin, run.Id, seen => seen.GetProperty("state").GetString() == "running");

        await admin.Send("POST", $"/runs/{run.Id}/cancel");

        Assert.Equal("canceled", (await app.Finished(admin, run.Id)).GetProperty("state").GetString());
        // The server goes on for others.
        Assert.Equal("\"1 pictures\"", await WeatherServer.Try(admin, "weather.radar", """{"pictures": 1}"""));
    }

    private static string Accepted(string tool, string hash) => $$$"""{"tools": {"{{{tool}}}": "{{{hash}}}"}}""";

    private static Dictionary<string, string> Unsafe(string tool) => new() { [tool] = "unsafe" };
}
