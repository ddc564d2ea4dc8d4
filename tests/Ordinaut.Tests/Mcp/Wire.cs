using System.Net.Http.Headers;
using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.Mcp;

/// <summary>MCP messages as they cross the wire, for what no well-meaning client would send.</summary>
internal static class Wire
{
    public const string Current = "2026-07-28";

    public static Request Call(string tool, string arguments = "{}") =>
        new("tools/call", $"\"name\": \"{tool}\", \"arguments\": {arguments}") { Name = tool };

    public static Task<HttpResponseMessage> Send(OrdinautApp app, string? token, Request message) =>
        Send(app, token, message, HttpCompletionOption.ResponseContentRead);

    /// <summary>For an answer that is a stream.</summary>
    public static Task<HttpResponseMessage> Begin(OrdinautApp app, string token, Request message) =>
        Send(app, token, message, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>The next message of a stream.</summary>
    public static async Task<JsonElement> Next(StreamReader stream)
    {
        while (true)
        {
            var line = await stream.ReadLineAsync().WaitAsync(OrdinautApp.Patience);
            if (line!.StartsWith("data:"))
            {
                return Json.Parse(line["data:".Length..]);
            }
        }
    }

    private static async Task<HttpResponseMessage> Send(
        OrdinautApp app,
        string? token,
        Request message,
        HttpCompletionOption until
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Content = OrdinautApp.Body(message.Json);
        foreach (var (name, value) in message.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await app.Http.SendAsync(request, until);
    }

    /// <summary>The one message that answers.</summary>
    public static async Task<JsonElement> Message(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return text.StartsWith('{')
            ? Json.Parse(text)
            : Json.Parse(text.Split('\n').Last(line => line.StartsWith("data:"))["data:".Length..]);
    }

    public static async Task<JsonElement> Result(HttpResponseMessage answer)
    {
        var message = await Message(answer);
        return message.TryGetProperty("result", out var result)
            ? result
            : throw new InvalidOperationException(message.GetRawText());
    }

    public static ProblemView Problem(JsonElement result) =>
        Json.Read<ProblemView>(result.GetProperty("content")[0].GetProperty("text").GetString()!);

    /// <param name="Params">The members of the params.</param>
    internal sealed record Request(string Method, string Params)
    {
        /// <summary>What is called, got or read.</summary>
        public string? Name { get; init; }

        public string Revision { get; init; } = Current;

        /// <summary>What the client says that it can do.</summary>
        public string Capabilities { get; init; } = "{}";

        /// <summary>Members of <c>_meta</c> beside those of the protocol, each with its comma.</summary>
        public string Meta { get; init; } = "";

        /// <summary>Headers in place of those the message itself asks for.</summary>
        public (string Name, string Value)[]? Lies { get; init; }

        public string Json =>
            $$$"""
                {"jsonrpc": "2.0", "id": 1, "method": "{{{Method}}}", "params": { {{{Params}}}{{{(
                    Params.Length > 0 ? "," : ""
                )}}}
                 "_meta": { {{{Meta}}}"io.modelcontextprotocol/protocolVersion": "{{{Revision}}}",
                  "io.modelcontextprotocol/clientCapabilities": {{{Capabilities}}} } } }
                """;

        public IEnumerable<(string Name, string Value)> Headers =>
            Lies
            ?? (
                Revision != Current ? [("MCP-Protocol-Version", Revision)]
                : Name is null ? [("MCP-Protocol-Version", Revision), ("Mcp-Method", Method)]
                : [("MCP-Protocol-Version", Revision), ("Mcp-Method", Method), ("Mcp-Name", Name)]
            );
    }
}
