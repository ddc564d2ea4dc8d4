using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.ToolSources;

/// <summary>Processes on one database that share what is registered, and each connect by themselves.</summary>
public sealed class NodeStories
{
    [Fact]
    public async Task What_one_node_registers_and_accepts_another_knows_within_seconds()
    {
        var database = PostgresServer.NewDatabase();
        await using var weather = await WeatherServer.Listen();
        await using var api = await Node(database, Role.Api);
        await using var worker = await Node(database, Role.All);
        var client = await api.AsAdmin();
        var other = new OrdinautApp.Client(worker, client.Token, client.AgentId);

        await client.Post<ToolServerView>("/tools/servers", Registration(weather), 201);
        await Until(() => Sees(other, 200));
        var with = """{"city": "Balti"}""";
        var task = await client.Post<TaskView>("/tasks", WeatherServer.Task("weather.forecast", with), 201);
        var step = await WeatherServer.Run(worker, client, task.Id);
        Assert.Equal("succeeded", step.GetProperty("state").GetString());

        // The server is replaced by its next release, at the same address.
        await weather.Stop();
        await using var later = await WeatherServer.Listen("2", new Uri(weather.Url).Port);
        var seen = await client.Post<ToolServerView>("/tools/servers/weather/refresh", "");
        var changed = Assert.Single(seen.Tools, tool => tool.State == "changed");
        await Until(async () => (await Forecast(other)).Suspended is not null);
        var accept = $$$"""{"tools": {"forecast": "{{{changed.OfferedHash}}}"}}""";
        await client.Post<ToolServerView>("/tools/servers/weather/accept", accept);
        await Until(async () => (await Forecast(other)).Suspended is null);

        await OrdinautApp.Expect(await client.Send("DELETE", "/tools/servers/weather"), 204);
        await Until(() => Sees(other, 404));
    }

    private static string Registration(WeatherServer weather) =>
        Json.Write(new ToolServerInput("weather", weather.Url));

    private static Task<ToolView> Forecast(OrdinautApp.Client client) =>
        client.Get<ToolView>("/tools/weather.forecast");

    private static async Task<bool> Sees(OrdinautApp.Client client, int status) =>
        (int)(await client.Send("GET", "/tools/weather.forecast")).StatusCode == status;

    private static async Task Until(Func<Task<bool>> condition)
    {
        // The promise is five seconds; the machine that tests may be slow.
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static Task<OrdinautApp> Node(string database, Role role) =>
        OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = database,
                Role = role,
                EgressAllow = "127.0.0.1",
                DrainSeconds = 1,
            }
        );
}
