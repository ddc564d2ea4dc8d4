using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>The program in memory, and assistants that talk to it through the official client.</summary>
internal static class McpApp
{
    /// <summary>A task that does nothing by itself.</summary>
    public const string Quiet = """
        {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z",
         "payload": {"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"value": 1}}]}}
        """;

    public static async Task<McpClient> Connect(
        this OrdinautApp app,
        OrdinautApp.Client who,
        McpClientOptions? options = null
    )
    {
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = new Uri(app.Http.BaseAddress!, "mcp"),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {who.Token}" },
            }
        );
        return await McpClient.CreateAsync(transport, options);
    }

    /// <summary>Calls a tool with arguments as JSON text.</summary>
    public static async Task<CallToolResult> Call(
        this McpClient client,
        string tool,
        string arguments = "{}",
        IProgress<ModelContextProtocol.ProgressNotificationValue>? progress = null
    )
    {
        var given = Json.Parse(arguments)
            .EnumerateObject()
            .ToDictionary(member => member.Name, member => (object?)member.Value);
        return await client.CallToolAsync(tool, given, progress, new() { JsonSerializerOptions = Json.Options });
    }

    /// <summary>Calls what must succeed.</summary>
    public static async Task<T> Ask<T>(this McpClient client, string tool, string arguments = "{}")
    {
        var result = await client.Call(tool, arguments);
        Assert.True(result.IsError != true, TextOf(result));
        Assert.True(JsonElement.DeepEquals(Json.Parse(TextOf(result)), result.StructuredContent!.Value));
        return Json.Read<T>(TextOf(result));
    }

    /// <summary>Calls what must fail.</summary>
    public static async Task<ProblemView> Refused(this McpClient client, string tool, string arguments = "{}")
    {
        var result = await client.Call(tool, arguments);
        Assert.True(result.IsError == true, TextOf(result));
        Assert.Null(result.StructuredContent);
        return Json.Read<ProblemView>(TextOf(result));
    }

    public static string TextOf(CallToolResult result) =>
        Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
}
