using System.Text;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class HttpBodyTests
{
    private static readonly string Deepest = Nested(HttpBody.MaxJsonDepth);
    private static readonly string Deeper = Nested(HttpBody.MaxJsonDepth + 1);

    /// <summary>Content type, body as Latin-1 text, what the pipeline sees.</summary>
    public static TheoryData<string?, string, string> Bodies { get; } =
        new()
        {
            { "application/json", """{"a": 1}""", """{"a":1}""" },
            { "Application/JSON; charset=UTF-8", "[1]", "[1]" },
            { "text/json", "true", "true" },
            { "application/problem+json", """{"title":"x"}""", """{"title":"x"}""" },
            { "application/json", "\u00ef\u00bb\u00bf[1]", "[1]" },
            { "application/json", "<html>", "\"<html>\"" },
            { "application/json", """{"a":1} x""", """ "{\"a\":1} x" """ },
            { "application/json", "\"\\ud800\"", """ "\"\\ud800\"" """ },
            { "application/json", Deepest, Deepest },
            { "application/json", Deeper, $"\"{Deeper}\"" },
            { "application/json; charset=iso-8859-1", "\"\u00fc\"", "\"ü\"" },
            { "text/plain", "", "null" },
            { "application/json", "", "null" },
            { null, "", "null" },
            { "text/plain", "hi", "\"hi\"" },
            { "text/html; charset=iso-8859-1", "gr\u00fcn", "\"grün\"" },
            { "text/html; charset=windows-1252", "\u0080 5", "\"€ 5\"" },
            { "text/plain; charset=\"utf-8\"", "\u00c3\u00bc", "\"ü\"" },
            { "text/plain; charset=utf-16le", "h\0i\0", "\"hi\"" },
            { "text/plain", "\u00c3\u00bc", "\"ü\"" },
            { "text/plain", "\u00fc", Bytes("/A==") },
            { "text/plain; charset=klingon", "hi", Bytes("aGk=") },
            { "text/plain; charset=utf-7", "hi", Bytes("aGk=") },
            { "image/svg+xml", "<svg/>", "\"<svg/>\"" },
            { "application/xml", "<a/>", "\"<a/>\"" },
            { "application/x-ndjson", "1\n2", "\"1\\n2\"" },
            { "application/octet-stream", "hi", Bytes("aGk=") },
            { "image/png", "\u0089PNG", Bytes("iVBORw==") },
            { "application/vnd.x; charset=utf-8", "hi", "\"hi\"" },
            { "application/vnd.x; charset=utf-8", "h\0", Bytes("aAA=") },
            { null, "hi", "\"hi\"" },
            { null, "h\0", Bytes("aAA=") },
            { null, "\u00ff", Bytes("/w==") },
            { "not a type", "hi", "\"hi\"" },
        };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_arrives_as_json_text_or_bytes(string? contentType, string body, string seen)
    {
        var header = contentType is null ? "" : $"Content-Type: {contentType}\r\n";
        await using var server = new FakeServer(_ => FakeServer.Answer(200, header, Encoding.Latin1.GetBytes(body)));

        var output = (await HttpRequestToolTests.Run(server, "")).Output();

        var encoding = output.TryGetProperty("body_encoding", out var e) ? $",{e.GetRawText()}" : "";
        Assert.Equal(seen.Trim(), output.GetProperty("body").GetRawText() + encoding);
    }

    [Fact]
    public void Text_for_an_error_is_null_when_there_is_none() =>
        Assert.Null(HttpBody.TextOf(new EgressResult.Answered(400, [new("content-type", "image/png")], [1, 2, 3])));

    private static string Bytes(string base64) => $"\"{base64}\",\"base64\"";

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
