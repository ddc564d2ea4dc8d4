using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools;

public sealed class ToolCatalogTests
{
    [Fact]
    public void Tools_are_found_by_exact_name_and_listed_in_order()
    {
        var catalog = new ToolCatalog([Named("b.two"), Named("a.one"), Named("weather-mcp.get_forecast_2")]);

        Assert.Equal("a.one", catalog.Find("a.one")!.Description.Name);
        Assert.Null(catalog.Find("A.one"));
        Assert.Null(catalog.Find("a.on"));
        Assert.Equal(["a.one", "b.two", "weather-mcp.get_forecast_2"], catalog.All.Select(t => t.Description.Name));
    }

    [Fact]
    public void A_name_taken_twice_refuses_to_start()
    {
        var problem = Assert.Throws<Problem>(() => new ToolCatalog([Named("a.one"), Named("b.two"), Named("a.one")]));

        Assert.Contains("'a.one'", Assert.Single(problem.Errors).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("one")]
    [InlineData("a.")]
    [InlineData(".b")]
    [InlineData("A.b")]
    [InlineData("a.b/c")]
    [InlineData("1a.b")]
    [InlineData("a.-b")]
    [InlineData("a b.c")]
    [InlineData("a.1b")]
    [InlineData("ä.b")]
    public void A_malformed_name_refuses_to_start(string name)
    {
        var problem = Assert.Throws<Problem>(() => new ToolCatalog([Named(name)]));

        Assert.Contains($"'{name}'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.B")]
    [InlineData("a.getForecast")]
    [InlineData("a-1_b.c.d-e_1")]
    public void A_tool_may_be_called_what_MCP_servers_call_theirs(string name) =>
        Assert.NotNull(new ToolCatalog([Named(name)]).Find(name));

    [Fact]
    public void Tools_from_outside_come_and_go_beside_its_own()
    {
        var catalog = new ToolCatalog([Named("a.one")]);
        var (guest, next) = (Named("b.guest"), Named("b.next"));

        catalog.Replace([guest]);
        Assert.Equal(["a.one", "b.guest"], catalog.Names);
        catalog.Replace([next]);

        Assert.Equal(["a.one", "b.next"], catalog.Names);
        Assert.Null(catalog.Find("b.guest"));
        Assert.Equal(["a"], catalog.OwnProviders);
        // Whoever is calling it at this moment can still check what comes back.
        Assert.NotNull(catalog.SchemasOf(guest));
        Assert.Throws<Problem>(() => catalog.Replace([Named("a.one")]));
        Assert.Equal(["a.one", "b.next"], catalog.Names);
    }

    [Fact]
    public void A_schema_that_does_not_compile_refuses_to_start()
    {
        var tool = new ScriptedTool(_ => throw new InvalidOperationException())
        {
            OutputSchema = JsonElement.Parse("""{"type":"nonsense"}"""),
        };

        var problem = Assert.Throws<Problem>(() => new ToolCatalog([tool]));

        Assert.Contains("'test.scripted'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("/type", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_may_have_128_characters_and_not_one_more()
    {
        var longest = "a." + new string('b', ToolCatalog.MaxNameLength - 2);

        Assert.NotNull(new ToolCatalog([Named(longest)]).Find(longest));
        Assert.Throws<Problem>(() => new ToolCatalog([Named(longest + "b")]));
    }

    [Fact]
    public void The_built_in_tools_make_a_catalogue_and_explain_themselves()
    {
        using var egress = new Egress(
            EgressAllow.Nothing,
            EgressNetwork.Real,
            TimeProvider.System,
            NullLogger<Egress>.Instance
        );

        var catalog = new ToolCatalog(BuiltInTools.All(egress, TimeProvider.System));

        Assert.All(catalog.All, t => Assert.Matches(@"^[A-Z][^\n]{20,160}\.$", t.Description.Summary));
        Assert.All(catalog.All, t => Assert.InRange(t.Description.Title.Length, 4, 40));
        Assert.All(catalog.All, t => Assert.Equal(JsonValueKind.Object, t.Description.OutputSchema.ValueKind));
        Assert.All(
            catalog.All.Where(t => t.Description.Name != "debug.echo"),
            t => Assert.False(t.Description.InputSchema.GetProperty("additionalProperties").GetBoolean())
        );
        Assert.Equal(
            ["http.request", "webhook.send"],
            catalog.All.Where(t => t.Description.Effect == Effect.Keyed).Select(t => t.Description.Name)
        );
    }

    private static ScriptedTool Named(string name) => new(_ => throw new InvalidOperationException()) { Name = name };
}
