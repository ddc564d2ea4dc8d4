using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Ordinaut.ToolSources;

namespace Ordinaut.Tests.ToolSources;

public sealed class OfferTests
{
    private const string Plain =
        """{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}}""";

    [Theory]
    [InlineData("""{"inputSchema": {"x": [1, 2], "type": "object"}, "description": "d", "name": "a"}""")]
    [InlineData(
        """{"name": "\u0061", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}, "title": null}"""
    )]
    [InlineData(
        """{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}, "_meta": {"n": 1}}"""
    )]
    public void The_same_said_in_another_way_has_the_same_hash(string tool) =>
        Assert.Equal(Of(Plain).Hash, Of(tool).Hash);

    [Theory]
    [InlineData("""{"name": "b", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}}""", "name")]
    [InlineData("""{"name": "a", "description": "e", "inputSchema": {"type": "object", "x": [1, 2]}}""", "description")]
    [InlineData("""{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [2, 1]}}""", "inputSchema")]
    [InlineData(
        """{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [1, 2], "y": 0}}""",
        "inputSchema"
    )]
    [InlineData("""{"name": "a", "inputSchema": {"type": "object", "x": [1, 2]}}""", "description")]
    [InlineData(
        """{"name": "a", "description": "d", "title": "t", "inputSchema": {"type": "object", "x": [1, 2]}}""",
        "title"
    )]
    [InlineData(
        """{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}, "outputSchema": true}""",
        "outputSchema"
    )]
    [InlineData(
        """{"name": "a", "description": "d", "inputSchema": {"type": "object", "x": [1, 2]}, "annotations": {}}""",
        "annotations"
    )]
    public void A_difference_changes_the_hash_and_is_named(string tool, string member)
    {
        Assert.NotEqual(Of(Plain).Hash, Of(tool).Hash);
        Assert.Equal(member, Assert.Single(Of(Plain).ChangesTo(Of(tool))).Member);
    }

    [Fact]
    public void What_is_kept_is_read_back_as_it_was()
    {
        var offer = Offer.Parse(Of(Plain).Text);

        Assert.Equal(Of(Plain).Hash, offer.Hash);
        Assert.Equal(("a", "a", "d"), (offer.Tool, offer.Title, offer.Summary));
        Assert.Equal("object", offer.Input.GetProperty("type").GetString());
        Assert.Equal("{}", offer.Output.GetRawText());
        Assert.Matches("^[0-9a-f]{64}$", offer.Hash);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_description_may_be_as_large_as_the_limit_and_not_one_byte_more(int more, bool fits)
    {
        var tool = new Tool { Name = "a", Description = "" };
        var rest = Offer.Read(tool, "s").Offer!.Text.Length;
        tool.Description = new string('x', Offer.MaxBytes - rest + more);

        Assert.Equal(fits, Offer.Read(tool, "s").Offer is not null);
    }

    [Fact]
    public void The_title_may_stand_in_the_annotations()
    {
        var tool = """{"name": "a", "inputSchema": {"type": "object"}, "annotations": {"title": "Alpha"}}""";
        var parsed = JsonSerializer.Deserialize<Tool>(tool, McpJsonUtilities.DefaultOptions)!;

        Assert.Equal("Alpha", Offer.Read(parsed, "s").Offer!.Title);
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_a_finding()
    {
        var tool = new Tool { Name = "a", InputSchema = Json.Parse("""{"type": "object", "const": "\ud800"}""") };

        Assert.Contains("not Unicode", Offer.Read(tool, "s").Fault);
    }

    private static Offer Of(string tool) => Offer.Of(Json.Parse(tool));
}
