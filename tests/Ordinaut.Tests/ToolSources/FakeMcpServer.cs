using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Sdk.Wire;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

/// <summary>An MCP server over HTTP that says what it is told to, however wrong that is.</summary>
internal sealed class FakeMcpServer : IAsyncDisposable
{
    private const string Hello = """
        {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "fake", "version": "1"}}
        """;

    private readonly Egress _egress = new(
        EgressAllow.Parse("127.0.0.1"),
        EgressNetwork.Real,
        TimeProvider.System,
        NullLogger<Egress>.Instance
    );

    public FakeMcpServer() => Server = new FakeServer(Answer);

    public FakeServer Server { get; }

    /// <summary>The result of <c>tools/list</c>, given its params.</summary>
    public Func<JsonElement, string> List { get; set; } = _ => """{"tools": []}""";

    /// <summary>The result of <c>tools/call</c>, given its params.</summary>
    public Func<JsonElement, string> Call { get; set; } = _ => """{"content": []}""";

    /// <summary>The method it answers with an error of the protocol.</summary>
    public string? Refuses { get; set; }

    /// <summary>Answers in place of all that, if it wants to: bytes of HTTP.</summary>
    public Func<Received, byte[]?> Instead { get; set; } = _ => null;

    /// <summary>It offers these tools, each as JSON.</summary>
    public FakeMcpServer Offers(params string[] tools)
    {
        List = _ => $$"""{"tools": [{{string.Join(", ", tools)}}]}""";
        return this;
    }

    public static string Tool(string name, string members = "") =>
        $$$"""{"name": "{{{name}}}", "inputSchema": {"type": "object"}{{{members}}}}""";

    /// <summary>Secrets in variables, and nowhere else.</summary>
    public static SecretReferences Secrets(Func<string, string?> variable) =>
        new("none", variable, (_, _) => new((string?)null), new Redactor());

    /// <summary>The server as a process of ours has it.</summary>
    public LiveServer Live(TimeProvider? clock = null, ToolServerInput? settings = null)
    {
        clock ??= TimeProvider.System;
        var source = ToolSource.Of(ToolSource.Server, "fake", "{}");
        var server = new ToolServer("fake", (settings ?? new ToolServerInput()) with { Url = Server.Url });
        var secrets = Secrets(name => name == "ORDINAUT_SECRET_FAKE" ? "s3cret" : null);
        var dialer = new ServerDialer(_egress, secrets, [], NullLogger<ServerDialer>.Instance);
        return new LiveServer(source, server, new ServerLink(server, dialer, clock), new Signal(clock), clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _egress.Dispose();
    }

    private byte[] Answer(Received request)
    {
        if (Instead(request) is { } bytes)
        {
            return bytes.Length > 0 ? bytes : throw new IOException("It hangs up.");
        }

        if (request.Method != "POST")
        {
            return FakeServer.Answer(405);
        }

        var message = Json.Parse(request.Text);
        if (!message.TryGetProperty("id", out var id))
        {
            return FakeServer.Answer(202);
        }

        var given = message.TryGetProperty("params", out var p) ? p : Json.Parse("{}");
        var method = message.GetProperty("method").GetString();
        var result = method switch
        {
            _ when method == Refuses => "\"error\": {\"code\": -32600, \"message\": \"no\"}",
            "initialize" => $"\"result\": {Hello}",
            "tools/list" => Result(List(given)),
            "tools/call" => Result(Call(given)),
            _ => "\"error\": {\"code\": -32601, \"message\": \"unknown\"}",
        };
        var body = $$"""{"jsonrpc": "2.0", "id": {{id.GetRawText()}}, {{result}}}""";
        return FakeServer.Answer(200, "Content-Type: application/json\r\n", body);
    }

    /// <summary>A text that begins with an error is one.</summary>
    private static string Result(string text) => text.StartsWith("\"error\"") ? text : $"\"result\": {text}";
}
