using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Ordinaut.Tests.Mcp.Suite;

/// <summary>What the suite calls, gets and reads under fixed names, one for each kind of content.</summary>
internal static class SuiteTools
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
    );

    // A header and no sample.
    private static readonly byte[] Wav = Convert.FromBase64String(
        "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="
    );

    private static ContentBlock Image => ImageContentBlock.FromBytes(Png, "image/png");

    public static IEnumerable<McpServerTool> Tools() =>
        [
            Tool("test_simple_text", () => "This is a simple text response for testing."),
            Tool("test_image_content", () => Image),
            Tool("test_audio_content", () => AudioContentBlock.FromBytes(Wav, "audio/wav")),
            Tool("test_embedded_resource", () => Embedded("test://embedded-resource", "This is an embedded resource.")),
            Tool(
                "test_multiple_content_types",
                () => new[] { Text("Several kinds:"), Image, Embedded("test://mixed-content-resource", "{}") }
            ),
            Tool("test_error_handling", Fail),
            Tool("test_tool_with_progress", Progress),
            Tool("test_missing_capability", Sample),
            Tool("test_streaming_elicitation", () => "done"),
            Tool("test_logging_tool", () => "done"),
            Tool("test_x_mcp_header", (string region) => $"In {region}.", HeaderSchema),
            Tool("json_schema_2020_12_tool", () => "done", FullSchema),
            Tool("greet", (string name) => $"Hello, {name}!"),
        ];

    public static IEnumerable<McpServerPrompt> Prompts() =>
        [
            Prompt("test_simple_prompt", () => Message(Text("This is a simple prompt for testing."))),
            Prompt(
                "test_prompt_with_arguments",
                (string arg1, string arg2) => Message(Text($"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"))
            ),
            Prompt(
                "test_prompt_with_embedded_resource",
                (string resourceUri) => Message(Embedded(resourceUri, "Embedded resource content for testing."))
            ),
            Prompt("test_prompt_with_image", () => Message(Image)),
        ];

    public static IEnumerable<McpServerResource> Resources() =>
        [
            Resource("test://static-text", "text/plain", () => "This is the content of the static text resource."),
            Resource(
                "test://static-binary",
                "image/png",
                () => BlobResourceContents.FromBytes(Png, "test://static-binary", "image/png")
            ),
            Resource(
                "test://template/{id}/data",
                "application/json",
                (string id) => $$"""{"id": "{{id}}", "templateTest": true, "data": "Data for ID: {{id}}"}"""
            ),
        ];

    public static McpServerTool Tool(string name, Delegate does, string? schema = null)
    {
        var tool = McpServerTool.Create(does, new() { Name = name, Description = "For the conformance suite." });
        tool.ProtocolTool.InputSchema = schema is null ? tool.ProtocolTool.InputSchema : Json.Parse(schema);
        return tool;
    }

    public static McpServerPrompt Prompt(string name, Delegate does) =>
        McpServerPrompt.Create(does, new() { Name = name, Description = "For the conformance suite." });

    private static McpServerResource Resource(string uri, string type, Delegate does) =>
        McpServerResource.Create(
            does,
            new()
            {
                UriTemplate = uri,
                Name = uri,
                MimeType = type,
            }
        );

    private static TextContentBlock Text(string text) => new() { Text = text };

    private static EmbeddedResourceBlock Embedded(string uri, string text) =>
        new()
        {
            Resource = new TextResourceContents
            {
                Uri = uri,
                MimeType = "text/plain",
                Text = text,
            },
        };

    private static PromptMessage Message(ContentBlock content) => new() { Role = Role.User, Content = content };

    private static string Fail() => throw new McpException("This tool intentionally returns an error for testing");

    private static string Sample(RequestContext<CallToolRequestParams> request) =>
        request.JsonRpcRequest.Context?.ClientCapabilities?.Sampling is null
            ? throw new MissingRequiredClientCapabilityException(new() { Sampling = new() }, "Sampling is needed.")
            : "done";

    private static async Task<string> Progress(RequestContext<CallToolRequestParams> request, CancellationToken ct)
    {
        foreach (var step in new[] { 0, 50, 100 })
        {
            if (request.Params.ProgressToken is { } token)
            {
                var value = new ProgressNotificationValue { Progress = step, Total = 100 };
                await request.Server.NotifyProgressAsync(token, value, cancellationToken: ct);
            }
        }

        return "done";
    }

    private const string HeaderSchema = """
        {"type": "object", "required": ["region"],
         "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}}
        """;

    private const string FullSchema = """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
         "$defs": {"address": {"$anchor": "addressDef", "type": "object",
           "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
         "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
           "contactMethod": {"type": "string", "enum": ["phone", "email"]},
           "phone": {"type": "string"}, "email": {"type": "string"}},
         "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
         "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
         "then": {"required": ["phone"]}, "else": {"required": ["email"]}, "additionalProperties": false}
        """;
}
