using System.Text.Json;
using Ordinaut.Sdk.Wire;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("\"{a}\"", "1")]
    [InlineData("\"{list}\"", "[1, 2]")]
    [InlineData("\"a is {a}, b is {b}\"", "\"a is 1, b is two\"")]
    [InlineData("\"{{a}} {yes}\"", "\"{a} true\"")]
    [InlineData("\"{tricky}\"", "\"{a}\"")]
    [InlineData("\"<{tricky}>\"", "\"<{a}>\"")]
    [InlineData(
        """{"x": "{a}", "y": {"z": "{b}"}, "n": null, "k": 7}""",
        """{"x": 1, "y": {"z": "two"}, "n": null, "k": 7}"""
    )]
    [InlineData("""{"x": "{absent}", "y": "{none}", "z": "a{absent}"}""", "{}")]
    [InlineData("""["{a}", "{absent}", "{b}"]""", """[1, "two"]""")]
    [InlineData("\"{a.b[]}\"", "5")]
    public void A_template_is_filled_in_once_and_keeps_the_types(string template, string expected)
    {
        var input = """
            {"a": 1, "b": "two", "yes": true, "none": null, "list": [1, 2], "tricky": "{a}", "a.b[]": 5}
            """;

        var filled = Placeholders.Fill(Json.Parse(template), Json.Parse(input));

        Assert.True(JsonElement.DeepEquals(Json.Parse(expected), Json.OfNode(filled!)), filled!.ToJsonString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{}")]
    [InlineData("{a")]
    [InlineData("a}")]
    [InlineData("{a b}")]
    [InlineData("{a{b}}")]
    [InlineData("{ä}")]
    public void What_is_no_placeholder_is_found(string template) =>
        Assert.NotNull(Placeholders.FaultIn(Json.ToElement(template)));

    [Theory]
    [InlineData("a", "https://api.example/v/a?q=a")]
    [InlineData("a/b?c#d&e", "https://api.example/v/a%2Fb%3Fc%23d%26e?q=a%2Fb%3Fc%23d%26e")]
    [InlineData("%2e%2e", "https://api.example/v/%252e%252e?q=%252e%252e")]
    [InlineData("a\\b", "https://api.example/v/a%5Cb?q=a%5Cb")]
    [InlineData("@evil.example", "https://api.example/v/%40evil.example?q=%40evil.example")]
    [InlineData(".", null)]
    [InlineData("..", null)]
    [InlineData("...", "https://api.example/v/...?q=...")]
    public void A_value_stays_in_its_part_of_the_address(string value, string? expected)
    {
        var tool = new HttpToolInput(Url: "https://api.example/v/{id}?q={id}");
        var input = Json.Parse($$"""{"id": {{Json.ToElement(value).GetRawText()}}}""");

        var (request, fault) = HttpTemplate.Fill(tool, input);

        Assert.Equal(expected, request?["url"]?.GetValue<string>());
        Assert.Equal(expected is null, fault is not null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id": null}""")]
    [InlineData("""{"id": [1]}""")]
    [InlineData("""{"id": {}}""")]
    public void An_address_that_lacks_something_is_refused(string input)
    {
        var (_, fault) = HttpTemplate.Fill(new HttpToolInput(Url: "https://api.example/{id}"), Json.Parse(input));

        Assert.Equal("The address needs words or numbers as 'id'.", fault);
    }
}
