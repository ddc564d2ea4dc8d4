namespace Ordinaut.Bench;

/// <summary>What the HTTP face carries: create one by one, at once and in bulk; read.</summary>
/// <param name="isShared">Whether the database is PostgreSQL, whose goals are lower.</param>
internal sealed class HttpBench(HttpLoad load, BenchSize size, bool isShared)
{
    private const int Connections = 64;
    private const int BulkSize = 1_000;

    private const string Task = """
        {"title":"bench","schedule_kind":"cron","schedule_expr":"0 0 1 1 *",
         "payload":{"pipeline":[{"id":"a","uses":"debug.echo","with":{}}]}}
        """;

    public async Task<IReadOnlyList<Measure>> Run(Guid taskId)
    {
        await load.Run(Connections, size.Requests / 10, _ => ($"GET /tasks/{taskId}", null));
        var single = await load.Run(1, size.Requests / 20, _ => ("POST /tasks", Task));
        var many = await load.Run(Connections, size.Requests, _ => ("POST /tasks", Task));
        var bulks = Math.Max(4, size.Requests / 4 / BulkSize);
        var bulkBody = $$"""{"create":[{{string.Join(',', Enumerable.Repeat(Task, BulkSize))}}]}""";
        var bulk = await load.Run(2, bulks, _ => ("POST /tasks:bulk", bulkBody));
        var get = await load.Run(Connections, size.Requests, _ => ($"GET /tasks/{taskId}", null));
        return
        [
            new Measure("create task, one connection", size.Requests / 20 / single, "req/s"),
            new Measure("create task, 64 connections", size.Requests / many, "req/s", isShared ? 6_000 : 8_000),
            new Measure("create tasks, bulk of 1,000", bulks * BulkSize / bulk, "tasks/s", 40_000),
            new Measure("get task, 64 connections", size.Requests / get, "req/s", isShared ? 15_000 : 25_000),
        ];
    }
}
