using System.Text.Json;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

/// <summary>Each limit, at it and one beyond it.</summary>
public sealed class ExpressionLimitsTests
{
    [Fact]
    public void Length_of_an_expression()
    {
        Accepted(Text("x", ExpressionLimits.ExpressionBytes - 2));
        Refused(Text("x", ExpressionLimits.ExpressionBytes - 1));

        // In bytes, not in characters.
        Accepted(Text("é", ExpressionLimits.ExpressionBytes / 2 - 1));
        Refused(Text("é", ExpressionLimits.ExpressionBytes / 2));

        static string Text(string character, int count) => $"'{Repeat(character, count)}'";
    }

    [Theory]
    [InlineData("!", "")]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("to_array(", ")")]
    [InlineData("to_array(a)[?", "]")]
    [InlineData("map(&", ",a)")]
    public void Nesting_of_brackets_and_operators(string open, string close)
    {
        var deepest = 0;
        while (Parses(Nested(deepest + 1)))
        {
            deepest++;
        }

        Assert.InRange(deepest, ExpressionLimits.ExpressionDepth / 2 - 1, ExpressionLimits.ExpressionDepth);
        Refused(Nested(deepest + 1));
        Refused(Nested(1_000 / open.Length));

        string Nested(int levels) => Repeat(open, levels) + "a" + Repeat(close, levels);
    }

    [Fact]
    public void Nesting_of_parentheses_and_of_operators_exactly()
    {
        // The expression itself is the first level; so is the path inside.
        Accepted(
            Repeat("(", ExpressionLimits.ExpressionDepth - 1) + "a" + Repeat(")", ExpressionLimits.ExpressionDepth - 1)
        );
        Refused(Repeat("(", ExpressionLimits.ExpressionDepth) + "a" + Repeat(")", ExpressionLimits.ExpressionDepth));
        Accepted(Repeat("!", ExpressionLimits.ExpressionDepth - 1) + "@");
        Refused(Repeat("!", ExpressionLimits.ExpressionDepth) + "@");
        Accepted("@" + Repeat("==@", ExpressionLimits.ExpressionDepth - 1));
        Refused("@" + Repeat("==@", ExpressionLimits.ExpressionDepth));
        Accepted("@" + Repeat("[*]", ExpressionLimits.ExpressionDepth - 1));
        Refused("@" + Repeat("[*]", ExpressionLimits.ExpressionDepth));
    }

    [Fact]
    public void What_does_not_nest_is_not_limited_by_depth()
    {
        Accepted("a" + Repeat(".a", 1_000));
        Accepted("a" + Repeat("||a", 1_000));
        Accepted("a" + Repeat("&&a", 1_000));
        Accepted("a" + Repeat("|a", 1_000));
        Accepted("a" + Repeat("[]", 1_000));
        Accepted("a" + Repeat("[0]", 1_000));
    }

    [Fact]
    public void Fuel()
    {
        // A path is two visits: the field and each element, one each.
        var path = JmesPath.Parse("@[*]");
        var items = JsonValue.Array([.. Enumerable.Range(0, 100).Select(i => JsonValue.Of((long)i))]);
        var fuel = new Fuel();
        path.Evaluate(items, fuel);
        var needed = ExpressionLimits.Fuel - fuel.Left;

        Assert.InRange(needed, 100, 110);
        Assert.Equal(100, path.Evaluate(items, new Fuel(needed)).Count);
        var problem = Assert.Throws<ExpressionException>(() => path.Evaluate(items, new Fuel(needed - 1)));
        Assert.Equal(ExpressionErrorKind.Limit, problem.Kind);
        Assert.Contains($"more than {needed - 1} steps", problem.Message);
    }

    [Fact]
    public void Fuel_is_shared_by_those_who_are_given_the_same()
    {
        var fuel = new Fuel(3);
        var path = JmesPath.Parse("a");

        path.Evaluate(JsonValue.Null, fuel);

        Assert.Throws<ExpressionException>(() => path.Evaluate(JsonValue.Null, fuel));
    }

    [Theory]
    [InlineData("length(@)")]
    [InlineData("reverse(@)")]
    [InlineData("to_number(@)")]
    [InlineData("starts_with(@, 'a')")]
    [InlineData("starts_with('a', @)")]
    [InlineData("contains(@, 'a')")]
    [InlineData("join(@, `[]`)")]
    [InlineData("join('', [@])")]
    [InlineData("@ == 'a'")]
    [InlineData("sort([@])")]
    [InlineData("to_string([@])")]
    [InlineData("[@] == ['a']")]
    public void Text_costs_fuel_by_its_length(string expression)
    {
        var path = JmesPath.Parse(expression);

        Assert.True(Cost(Repeat("x", 256 * 100)) - Cost("x") >= 100);

        long Cost(string text)
        {
            var fuel = new Fuel();
            path.Evaluate(JsonValue.Of(text), fuel);
            return ExpressionLimits.Fuel - fuel.Left;
        }
    }

    [Theory]
    [InlineData("@[0]", true)]
    [InlineData("@[*]", true)]
    [InlineData("@[:1]", true)]
    [InlineData("@[]", true)]
    [InlineData("[@][]", true)]
    [InlineData("@[?`false`]", true)]
    [InlineData("reverse(@)", true)]
    [InlineData("sort(@)", true)]
    [InlineData("max(@)", true)]
    [InlineData("sum(@)", true)]
    [InlineData("map(&@, @)", true)]
    [InlineData("sort_by(@, &@)", true)]
    [InlineData("contains(@, 'x')", true)]
    [InlineData("@ == @", true)]
    [InlineData("@.x", false)]
    [InlineData("@.*", false)]
    [InlineData("keys(@)", false)]
    [InlineData("values(@)", false)]
    [InlineData("merge(@)", false)]
    [InlineData("@ == @", false)]
    public void Elements_and_members_cost_fuel(string expression, bool isArray)
    {
        var path = JmesPath.Parse(expression);
        var members = Enumerable.Range(0, 1_000).Select(i => ($"n{i}", JsonValue.Of((long)i))).ToArray();
        var data = isArray ? JsonValue.Array([.. members.Select(member => member.Item2)]) : JsonValue.Object(members);
        var fuel = new Fuel(100_000);

        path.Evaluate(data, fuel);

        Assert.True(100_000 - fuel.Left >= 1_000 / ExpressionLimits.LookupPerFuel, $"only {100_000 - fuel.Left}");
    }

    [Fact]
    public void Size_of_a_built_value()
    {
        var text = new string('x', ExpressionLimits.OutputBytes - 4);
        var path = JmesPath.Parse("[@]");

        Assert.Equal(ExpressionLimits.OutputBytes, path.Evaluate(JsonValue.Of(text), new Fuel()).Size);
        Exceeds(() => path.Evaluate(JsonValue.Of(text + "x"), new Fuel()));
        Exceeds(() => JmesPath.Parse("join('', [@, 'xxxxx'])").Evaluate(JsonValue.Of(text), new Fuel()));
        Exceeds(() => JmesPath.Parse("{a: @}").Evaluate(JsonValue.Of(text), new Fuel()));
        Exceeds(() => Template.Parse(JsonValue.Of("<<<<<${@}").ToElement()).Render(JsonValue.Of(text), new Fuel()));
        Exceeds(() =>
            Template
                .Parse(JsonValue.Array(JsonValue.Of("${@}"), JsonValue.Of("x")).ToElement())
                .Render(JsonValue.Of(text), new Fuel())
        );
    }

    [Fact]
    public void A_value_that_is_only_passed_on_may_be_larger()
    {
        var data = JsonBuilding.Parsed($"{{\"a\": [\"{new string('x', ExpressionLimits.OutputBytes)}\"]}}");

        Assert.True(JmesPath.Parse("a").Evaluate(data, new Fuel()).Size > ExpressionLimits.OutputBytes);
        Assert.True(Template.Parse(JsonValue.Of("${a}").ToElement()).Render(data, new Fuel()).Count == 1);
        Exceeds(() => JmesPath.Parse("to_string(a)").Evaluate(data, new Fuel()));
        Exceeds(() => JmesPath.Parse("[a]").Evaluate(data, new Fuel()));
        Exceeds(() => Template.Parse(JsonValue.Of("x${a}").ToElement()).Render(data, new Fuel()));
    }

    [Fact]
    public void Depth_of_a_built_value()
    {
        var deepest = JsonBuilding.Parsed(Repeat("[", 63) + "\"a]]\\\"]\"" + Repeat("]", 63));
        var tooDeep = JsonBuilding.Parsed(Repeat("[", 64) + Repeat("]", 64));

        Assert.Equal(1, JmesPath.Parse("[@]").Evaluate(deepest, new Fuel()).Count);
        Exceeds(() => JmesPath.Parse("[@]").Evaluate(tooDeep, new Fuel()));
        Exceeds(() => JmesPath.Parse("{a: @}").Evaluate(tooDeep, new Fuel()));
        Exceeds(() => JmesPath.Parse("[`1`, [@]]").Evaluate(deepest, new Fuel()));
        Assert.Equal(64, JmesPath.Parse("@").Evaluate(tooDeep, new Fuel()).ToString().Length / 2);
        Assert.Equal(1, JmesPath.Parse("@" + Repeat("|[@]", 64)).Evaluate(JsonValue.Of(1L), new Fuel()).Count);
        Exceeds(() => JmesPath.Parse("@" + Repeat("|[@]", 65)).Evaluate(JsonValue.Of(1L), new Fuel()));
        Exceeds(() => Template.Parse(JsonElement.Parse("[\"${@}\"]")).Render(tooDeep, new Fuel()));
    }

    [Fact]
    public void Depth_of_a_template()
    {
        var options = new JsonDocumentOptions { MaxDepth = 100 };
        var deepest = JsonElement.Parse(Repeat("[", 64) + "\"${@}\"" + Repeat("]", 64), options);
        var tooDeep = JsonElement.Parse(Repeat("[", 65) + "\"${@}\"" + Repeat("]", 65), options);
        var tooDeepObject = JsonElement.Parse(Repeat("[", 64) + "{\"a\":\"${@}\"}" + Repeat("]", 64), options);

        Assert.Equal(64, Template.Parse(deepest).Render(JsonValue.Null, new Fuel()).BuiltDepth);
        Assert.Equal(ExpressionErrorKind.Limit, Assert.Throws<ExpressionException>(() => Template.Parse(tooDeep)).Kind);
        Assert.Equal(
            Repeat("/0", 64) + "/a",
            Assert.Throws<ExpressionException>(() => Template.Parse(tooDeepObject)).Pointer
        );
    }

    [Fact]
    public void Expressions_of_a_template()
    {
        var most = Strings("${n}", ExpressionLimits.TemplateExpressions);
        var tooMany = Strings("${n}", ExpressionLimits.TemplateExpressions + 1);
        var tooManyEscapes = Strings("$${", ExpressionLimits.TemplateExpressions + 1);
        var findings = new List<ExpressionException>();

        Assert.Equal(ExpressionLimits.TemplateExpressions, Template.Parse(most).RootPaths.Count);
        Assert.Null(Template.Parse(tooMany, findings));
        Assert.Null(Template.Parse(tooManyEscapes, findings));
        Assert.Equal(["/1000", "/1000"], findings.Select(finding => finding.Pointer));
        Assert.All(findings, finding => Assert.Equal(ExpressionErrorKind.Limit, finding.Kind));
    }

    [Fact]
    public void Text_of_the_expressions_of_a_template()
    {
        var expression = "'" + new string('x', 1_022) + "'";
        var most = Strings("${" + expression + "}", ExpressionLimits.TemplateExpressionText / 1_024);
        var tooMuch = JsonElement.Parse(most.GetRawText().Replace("]", ",\"${1}\",\"${\"]"));
        var findings = new List<ExpressionException>();

        Assert.NotNull(Template.Parse(most));
        Assert.Null(Template.Parse(tooMuch, findings));
        Assert.Equal("/64", Assert.Single(findings).Pointer);
    }

    [Fact]
    public void Findings_of_a_template()
    {
        var findings = new List<ExpressionException>();

        Template.Parse(Strings("${", ExpressionLimits.TemplateFindings + 1), findings);

        Assert.Equal(ExpressionLimits.TemplateFindings, findings.Count);
    }

    [Fact]
    public void Durations()
    {
        Accepted($"now+{ExpressionLimits.DurationDays}d");
        Assert.Throws<ExpressionException>(() => Condition.Parse($"now+{ExpressionLimits.DurationDays}d1s"));
    }

    private static JsonElement Strings(string text, int count) =>
        JsonValue.Array([.. Enumerable.Repeat(JsonValue.Of(text), count)]).ToElement();

    private static void Accepted(string expression) => Assert.NotNull(JmesPath.Parse(expression, Dialect.Condition));

    private static bool Parses(string expression)
    {
        try
        {
            JmesPath.Parse(expression);
            return true;
        }
        catch (ExpressionException)
        {
            return false;
        }
    }

    private static void Refused(string expression)
    {
        var problem = Assert.Throws<ExpressionException>(() => JmesPath.Parse(expression, Dialect.Condition));
        Assert.Equal(ExpressionErrorKind.Limit, problem.Kind);
    }

    private static void Exceeds(Action act) =>
        Assert.Equal(ExpressionErrorKind.Limit, Assert.Throws<ExpressionException>(act).Kind);

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
