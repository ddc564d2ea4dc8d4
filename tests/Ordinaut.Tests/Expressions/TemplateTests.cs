using System.Text.Json;
using CsCheck;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

public sealed class TemplateTests
{
    private static readonly Json Scope = JsonBuilding.Parsed(
        """
        {
          "params": {"n": 1.50, "big": 12345678901234567890, "s": "text", "t": true, "nul": null, "list": [1, {"a": 2}],
                     "obj": {"k": "v"}, "odd name": 1, "list of": {"x": [10, 20]}},
          "steps": {"weather": {"temperature": 27}},
          "now": "2027-01-01T08:30:00Z"
        }
        """
    );

    [Theory]
    // A whole string keeps the type and the text of numbers.
    [InlineData("${params.n}", "1.50")]
    [InlineData("${params.big}", "12345678901234567890")]
    [InlineData("${params.s}", "\"text\"")]
    [InlineData("${params.t}", "true")]
    [InlineData("${params.nul}", "null")]
    [InlineData("${params.list}", "[1,{\"a\":2}]")]
    [InlineData("${params.obj}", "{\"k\":\"v\"}")]
    [InlineData("${ params.s }", "\"text\"")]
    [InlineData("${steps.weather.temperature > 25}", "true")]
    [InlineData("${params.{a: n, b: s}}", "{\"a\":1.50,\"b\":\"text\"}")]
    [InlineData("${'}'}", "\"}\"")]
    [InlineData("${'{'}", "\"{\"")]
    [InlineData("${`{\"a\": \"}\"}`}", "{\"a\":\"}\"}")]
    [InlineData("${params.\"odd name\"}", "1")]
    [InlineData("${'a\\'}'}", "\"a'}\"")]
    [InlineData("${now+24h}", "\"2027-01-02T08:30:00Z\"")]
    [InlineData("${3}", "3")]
    [InlineData("${'$' && '${x}'}", "\"${x}\"")]
    // In text every value is written.
    [InlineData("n=${params.n}", "\"n=1.50\"")]
    [InlineData("${params.n} ", "\"1.50 \"")]
    [InlineData("status ${params.s}, ${params.t}", "\"status text, true\"")]
    [InlineData("${params.s}${params.s}", "\"texttext\"")]
    [InlineData("[${params.nul}]", "\"[]\"")]
    [InlineData("x${params.list}", "\"x[1,{\\u0022a\\u0022:2}]\"")]
    [InlineData("x${params.obj}y", "\"x{\\u0022k\\u0022:\\u0022v\\u0022}y\"")]
    [InlineData("é${params.s}☃", "\"étext☃\"")]
    // Escapes and things that only look like templates.
    [InlineData("$${params.n}", "\"${params.n}\"")]
    [InlineData("$${", "\"${\"")]
    [InlineData("a$${b}c", "\"a${b}c\"")]
    [InlineData("$${a}${params.s}", "\"${a}text\"")]
    [InlineData("${params.s}$${a}", "\"text${a}\"")]
    [InlineData("$$${params.s}", "\"$${params.s}\"")]
    [InlineData("${params.s}$${params.s}", "\"text${params.s}\"")]
    [InlineData("$", "\"$\"")]
    [InlineData("$params", "\"$params\"")]
    [InlineData("{params}", "\"{params}\"")]
    [InlineData("}$ {", "\"}$ {\"")]
    [InlineData("", "\"\"")]
    [InlineData("100$ {x}", "\"100$ {x}\"")]
    // What may be missing.
    [InlineData("${params.x || 'none'}", "\"none\"")]
    [InlineData("${default(params.x, 7)}", "7")]
    [InlineData("${default(params.nul, 7)}", "7")]
    [InlineData("${params.x || params.y}", "null")]
    [InlineData("<${params.x || ''}>", "\"<>\"")]
    [InlineData("${params.x == 'a'}", "false")]
    [InlineData("${params.list[?a == `9`] | [0]}", "null")]
    public void A_string_is_rendered(string text, string expected)
    {
        var result = Template.Parse(Element(text)).Render(Scope, new Fuel());

        Assert.Equal(JsonBuilding.Parsed(expected).ToString(), result.ToString());
    }

    [Theory]
    [InlineData("${params.x}", "params.x", 2)]
    [InlineData("${steps.wether.temperature}", "steps.wether", 2)]
    [InlineData("at ${ stepz.weather}", "stepz", 6)]
    [InlineData("${params.s} and ${params.s.length}", "params.s.length", 18)]
    [InlineData("${params.list[2]}", "params.list[2]", 2)]
    [InlineData("${params.list[-3].a}", "params.list[-3]", 2)]
    [InlineData("${params.nul.x}", "params.nul.x", 2)]
    [InlineData("${params.\"odd nam\".x}", "params.\"odd nam\"", 2)]
    [InlineData("${params.\"a\\\"b\"}", "params.\"a\\\"b\"", 2)]
    [InlineData("${params.x[*].y}", "params.x", 2)]
    [InlineData("${params.x | [0]}", "params.x", 2)]
    [InlineData("${params.x.{a: b}}", "params.x", 2)]
    public void A_path_that_leads_nowhere_is_an_error_that_names_it(string text, string path, int position)
    {
        var template = Template.Parse(JsonElement.Parse($$"""{"a": [{{Element(text).GetRawText()}}]}"""));

        var problem = Assert.Throws<ExpressionException>(() => template.Render(Scope, new Fuel()));

        Assert.Equal(ExpressionErrorKind.MissingPath, problem.Kind);
        Assert.Equal((path, "/a/0", position), (problem.Path, problem.Pointer, problem.Position));
        Assert.StartsWith($"There is no {path};", problem.Message);
    }

    [Fact]
    public void A_tree_is_rendered_string_by_string_and_its_names_stay()
    {
        var template = Template.Parse(
            JsonElement.Parse(
                """{"${params.s}": "${params.s}", "fixed": {"x": [1.0, "a"]}, "deep": [{"t": "<${params.t}>"}, 1e2]}"""
            )
        );

        var result = template.Render(Scope, new Fuel());

        Assert.Equal(
            """{"${params.s}":"text","fixed":{"x":[1.0,"a"]},"deep":[{"t":"<true>"},1e2]}""",
            result.ToString()
        );
    }

    [Fact]
    public void An_escaped_template_in_JSON_is_one_too()
    {
        var template = Template.Parse(JsonElement.Parse("""["\u0024{params.s}", "$\u007bparams.t}", "\u0024"]"""));

        Assert.Equal("""["text",true,"$"]""", template.Render(Scope, new Fuel()).ToString());
    }

    [Fact]
    public void All_wrong_strings_are_found_at_once_and_each_says_where_it_stands()
    {
        var findings = new List<ExpressionException>();
        var tree = JsonElement.Parse(
            """{"a": "${", "b/c": ["ok", {"~": "x ${a.} y"}], "d": "${params.s}", "e": "${nope(@)}"}"""
        );

        var template = Template.Parse(tree, findings);

        Assert.Null(template);
        Assert.Equal(["/a", "/b~1c/1/~0", "/e"], findings.Select(finding => finding.Pointer));
        Assert.Equal([0, 6, 2], findings.Select(finding => finding.Position));
        Assert.Equal("/a", Assert.Throws<ExpressionException>(() => Template.Parse(tree)).Pointer);
    }

    [Fact]
    public void An_error_while_rendering_says_where_it_stands()
    {
        var template = Template.Parse(JsonElement.Parse("""{"x": ["a ${ abs(params.s) }"]}"""));

        var problem = Assert.Throws<ExpressionException>(() => template.Render(Scope, new Fuel()));

        Assert.Equal(("/x/0", 5), (problem.Pointer, problem.Position));
        Assert.Equal(ExpressionErrorKind.InvalidType, problem.Kind);
    }

    [Fact]
    public void The_paths_that_it_reads_are_known_with_their_strings()
    {
        var template = Template.Parse(
            JsonElement.Parse("""{"a": "x ${steps.b.c} ${params.d}", "e": ["${now+1h}", "$${f}"]}""")
        );

        Assert.Equal(
            ["/a 4 steps.b.c", "/a 17 params.d", "/e/0 2 now"],
            template.RootPaths.Select(path => $"{path.Pointer} {path.Position} {path}")
        );
    }

    [Fact]
    public void A_tree_without_templates_is_passed_on_as_it_was_parsed()
    {
        var tree = JsonElement.Parse("""{"a": [1.0, "\u0041", {}]}""");

        var result = Template.Parse(tree).Render(Json.Null, new Fuel(0));

        Assert.True(result.IsParsed);
        Assert.Equal(tree.GetRawText(), result.ToElement().GetRawText());
    }

    [Fact]
    public void Rendering_a_tree_without_templates_is_identity() =>
        JsonBuilding.Text.Sample(
            text =>
            {
                var tree = JsonElement.Parse(text);
                var result = Template.Parse(tree).Render(Scope, new Fuel()).ToElement();
                return JsonElement.DeepEquals(tree, result);
            },
            iter: 500
        );

    [Fact]
    public void A_whole_template_gives_the_value_itself_and_text_gives_its_text() =>
        JsonBuilding.Text.Sample(
            text =>
            {
                var value = JsonBuilding.Parsed(text);
                var scope = Json.Object(("v", value));
                var whole = Template.Parse(Element("${v}")).Render(scope, new Fuel(100_000));
                var within = Template.Parse(Element("<${v}>")).Render(scope, new Fuel(100_000));
                var written = value.Kind switch
                {
                    JsonValueKind.String => value.Text(),
                    JsonValueKind.Null => "",
                    _ => value.ToString(),
                };
                return whole.Kind == value.Kind && whole.Equals(value) && within.Text() == $"<{written}>";
            },
            iter: 500
        );

    [Fact]
    public void One_template_serves_many_threads()
    {
        var template = Template.Parse(Element("${params.s} ${sum(params.list[0:1])}"));

        var results = new string[200];
        Parallel.For(0, results.Length, i => results[i] = template.Render(Scope, new Fuel()).Text());

        Assert.All(results, result => Assert.Equal("text 1", result));
    }

    private static JsonElement Element(string text) => Json.Of(text).ToElement();
}
