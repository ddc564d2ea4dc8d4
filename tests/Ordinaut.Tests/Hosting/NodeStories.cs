using System.Net;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Store;

namespace Ordinaut.Tests.Hosting;

/// <summary>Processes that share the work on one PostgreSQL database.</summary>
public sealed class NodeStories
{
    private const string Hello = """
        {
          "title": "Hello", "schedule_kind": "cron", "schedule_expr": "0 0 1 1 *",
          "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"hello": "world"}}]}
        }
        """;

    [Fact]
    public async Task What_one_node_is_asked_for_another_carries_out()
    {
        var database = PostgresServer.NewDatabase();
        await using var api = await Node(database, Role.Api);
        await using var worker = await Node(database, Role.Scheduler | Role.Worker);
        var client = await api.AsAdmin();

        var task = await client.Post<TaskView>("/tasks", Hello, 201);
        var run = await client.Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);

        var ended = await worker.Finished(client, run.Id);
        Assert.Equal("succeeded", ended.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_node_without_the_api_answers_for_its_health_and_nothing_else()
    {
        await using var worker = await Node(PostgresServer.NewDatabase(), Role.Worker);

        Assert.Equal(HttpStatusCode.OK, (await worker.Http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await worker.Http.GetAsync("/tasks")).StatusCode);
    }

    [Fact]
    public async Task Nothing_of_the_database_lies_in_the_data_folder_of_a_node()
    {
        await using var node = await Node(PostgresServer.NewDatabase(), Role.All);

        var names = Directory.GetFiles(node.Options.Data).Select(Path.GetFileName).Order();
        Assert.Equal(["admin.json", "ordinaut.lock"], names);
    }

    private static Task<OrdinautApp> Node(string database, Role role) =>
        OrdinautApp.Start(configure: options => options with { PostgresUrl = database, Role = role });
}
