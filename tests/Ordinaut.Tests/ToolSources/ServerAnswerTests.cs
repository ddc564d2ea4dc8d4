using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Ordinaut.Tools;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

public sealed class ServerAnswerTests
{
    [Theory]
    [InlineData("""{"content": [{"type": "text", "text": "x"}], "structuredContent": {"a": 1}}""", """{"a": 1}""")]
    [InlineData("""{"content": [{"type": "text", "text": "{\"a\": 1}"}]}""", """{"a": 1}""")]
    [InlineData("""{"content": [{"type": "text", "text": "21.5"}]}""", "21.5")]
    [InlineData("""{"content": [{"type": "text", "text": "rain at 8"}]}""", "\"rain at 8\"")]
    [InlineData("""{"content": [{"type": "text", "text": ""}]}""", "\"\"")]
    [InlineData("""{"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}""", "\"a\\nb\"")]
    [InlineData("""{"content": []}""", "null")]
    [InlineData(
        """{"content": [{"type": "image", "data": "AAAA", "mimeType": "image/png"}]}""",
        """{"content":[{"type":"image","data":"AAAA","mimeType":"image/png"}]}"""
    )]
    public void An_answer_is_its_structure_or_else_its_text(string answer, string expected)
    {
        var output = Assert.IsType<ToolResult.Ok>(ServerAnswers.Read(Parse(answer), Effect.Keyed)).Output;

        Assert.True(JsonElement.DeepEquals(Json.Parse(expected), output), output.GetRawText());
    }

    [Fact]
    public void JSON_deeper_than_may_be_kept_stays_text()
    {
        var deep = new string('[', ServerAnswers.MaxJsonDepth + 1) + new string(']', ServerAnswers.MaxJsonDepth + 1);

        Assert.Equal(JsonValueKind.Array, Output(deep[1..^1]).ValueKind);
        Assert.Equal(JsonValueKind.String, Output(deep).ValueKind);
    }

    [Theory]
    [InlineData("keyed", true)]
    [InlineData("unsafe", false)]
    public void Its_own_word_that_it_failed_is_final_of_a_tool_that_is_not_repeated(string effect, bool retryable)
    {
        var answer = Parse("""{"isError": true, "content": []}""");

        var failure = Assert.IsType<ToolResult.Failed>(ServerAnswers.Read(answer, Word<Effect>.Parse(effect)));

        Assert.Equal(("tool_failed", retryable), (failure.Code, failure.Retryable));
    }

    [Fact]
    public void What_it_says_of_its_failure_is_quoted_up_to_a_limit()
    {
        var text = new string('x', ServerAnswers.MaxQuotedCharacters + 1);
        var answer = Parse($$$"""{"isError": true, "content": [{"type": "text", "text": "{{{text}}}"}]}""");

        var failure = Assert.IsType<ToolResult.Failed>(ServerAnswers.Read(answer, Effect.Keyed));

        Assert.Equal(text[1..], failure.Message);
    }

    private static JsonElement Output(string text)
    {
        var answer = new CallToolResult { Content = [new TextContentBlock { Text = text }] };
        return Assert.IsType<ToolResult.Ok>(ServerAnswers.Read(answer, Effect.Keyed)).Output;
    }

    private static CallToolResult Parse(string json) =>
        JsonSerializer.Deserialize<CallToolResult>(json, McpJsonUtilities.DefaultOptions)!;
}
