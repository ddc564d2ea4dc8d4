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

    /// <summary>What runs as handles need of retention was there only where there was a worker.</summary>
    [Fact]
    public async Task A_node_that_is_only_the_api_serves_assistants()
    {
        await using var api = await Node(PostgresServer.NewDatabase(), Role.Api);
        var client = await api.AsAdmin();

        var answer = await client.Send(
            "POST",
            "/mcp",
            """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
            ("Accept", "application/json, text/event-stream")
        );

        Assert.Contains("create_task", await OrdinautApp.Expect(answer, 200), StringComparison.Ordinal);
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

        // Heads of the audit log come with its first block, sooner or later.
        var names = Directory
            .GetFiles(node.Options.Data)
            .Select(Path.GetFileName)
            .Except(["audit-heads.jsonl"])
            .Order();
        Assert.Equal(["admin.json", "ordinaut.lock"], names);
    }

    [Fact]
    public async Task A_node_of_the_next_version_takes_over_from_one_that_is_told_to_stop()
    {
        const string Long = """
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
             "payload": {"pipeline": [{"id": "a", "uses": "debug.sleep", "with": {"seconds": 60}}]}}
            """;
        var database = PostgresServer.NewDatabase();
        var old = await Node(database, Role.All, version: "1.0.0");
        var task = await (await old.AsAdmin()).Post<TaskView>("/tasks", Long, 201);
        var run = await (await old.AsAdmin()).Post<RunView>($"/tasks/{task.Id}/run_now", "", 202);
        await old.When(await old.AsAdmin(), run.Id, seen => seen.GetProperty("state").GetString() == "running");
        await using var next = await Node(database, Role.All, version: "2.0.0");
        var admin = new OrdinautApp.Client(next, (await old.AsAdmin()).Token, Guid.Parse(old.Admin.AgentId));

        Assert.Equal(["1.0.0 active 1", "2.0.0 active 0"], await Workers(admin));
        var stopping = old.DisposeAsync();
        await Until(async () => (await Workers(admin))[0] == "1.0.0 draining 1");
        await stopping;

        await Until(async () => (await Workers(admin)).SequenceEqual(["2.0.0 active 1"]));
        var taken = await admin.Get<RunView>($"/runs/{run.Id}");
        Assert.Equal(("running", 1), (taken.State, taken.Attempt));
        await admin.Post<RunView>($"/runs/{run.Id}/cancel", "");
    }

    private static async Task<List<string>> Workers(OrdinautApp.Client client) =>
        [
            .. (await client.Get<Page<WorkerView>>("/workers")).Items.Select(node =>
                $"{node.Version} {node.State} {node.Running}"
            ),
        ];

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(OrdinautApp.Patience);
        while (!await condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static Task<OrdinautApp> Node(string database, Role role, string version = "1.0.0") =>
        OrdinautApp.Start(configure: options =>
            options with
            {
                PostgresUrl = database,
                Role = role,
                Version = version,
                DrainSeconds = 1,
            }
        );
}
