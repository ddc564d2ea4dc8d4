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

    private static readonly LoadRequest Create = new("POST /tasks", Task);

    /// <summary>A call over MCP to the same request over HTTP, one after the other on one connection.</summary>
    public async Task<IReadOnlyList<Measure>> Mcp(Guid taskId)
    {
        const string Revision = "2026-07-28";
        const string Headers = $"""
            Accept: application/json, text/event-stream
            MCP-Protocol-Version: {Revision}
            Mcp-Method: tools/call
            Mcp-Name: get_task

            """;
        var call = $$$"""
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_task",
             "arguments":{"task_id":"{{{taskId}}}"},"_meta":{"io.modelcontextprotocol/protocolVersion":"{{{Revision}}}",
             "io.modelcontextprotocol/clientCapabilities":{} } } }
            """;
        var mcpCall = new LoadRequest("POST /mcp", call, Headers.ReplaceLineEndings("\r\n"));
        var read = new LoadRequest($"GET /tasks/{taskId}");
        var count = size.Requests / 5;
        var seconds = (Http: 0.0, Mcp: 0.0);
        for (var round = 0; round < 3; round++)
        {
            // The first round warms up.
            var http = await load.Run(1, count, read);
            var mcp = await load.Run(1, count, mcpCall);
            seconds = round == 0 ? seconds : (seconds.Http + http, seconds.Mcp + mcp);
        }

        return
        [
            new Measure("get a task over HTTP, one connection", 2 * count / seconds.Http, "req/s"),
            new Measure("get a task over MCP, one connection", 2 * count / seconds.Mcp, "req/s"),
            new Measure("MCP to HTTP", seconds.Mcp / seconds.Http, "times", 2, LowerIsBetter: true),
        ];
    }

    public async Task<IReadOnlyList<Measure>> Run(Guid taskId)
    {
        var read = new LoadRequest($"GET /tasks/{taskId}");
        await load.Run(Connections, size.Requests / 10, read);
        var single = await load.Run(1, size.Requests / 20, Create);
        var many = await load.Run(Connections, size.Requests, Create);
        var bulks = Math.Max(4, size.Requests / 4 / BulkSize);
        var body = $$"""{"create":[{{string.Join(',', Enumerable.Repeat(Task, BulkSize))}}]}""";
        var bulkCreate = new LoadRequest("POST /tasks:bulk", body);
        var bulk = await load.Run(2, bulks, bulkCreate);
        var get = await load.Run(Connections, size.Requests, read);
        return
        [
            new Measure("create task, one connection", size.Requests / 20 / single, "req/s"),
            new Measure("create task, 64 connections", size.Requests / many, "req/s", isShared ? 6_000 : 8_000),
            new Measure("create tasks, bulk of 1,000", bulks * BulkSize / bulk, "tasks/s", 40_000),
            new Measure("get task, 64 connections", size.Requests / get, "req/s", isShared ? 15_000 : 25_000),
        ];
    }
}
