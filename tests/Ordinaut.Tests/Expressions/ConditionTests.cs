using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

public sealed class ConditionTests
{
    private static readonly JsonValue Scope = JsonBuilding.Parsed(
        """
        {
          "params": {"limit": 10, "name": "x", "flag": false, "list": [1, 5, 9]},
          "steps": {"weather": {"temperature": 27.5}, "approval": {"status": "approved"},
                    "a": {"count": 3, "text": ""}},
          "now": "2027-01-01T08:30:00Z"
        }
        """
    );

    [Theory]
    [InlineData("${steps.approval.status == 'approved'}", true)]
    [InlineData("steps.approval.status == 'approved'", true)]
    [InlineData("  ${ steps.approval.status != 'approved' }  ", false)]
    [InlineData("steps.weather.temperature > 25", true)]
    [InlineData("steps.weather.temperature > `25`", true)]
    [InlineData("${steps.weather.temperature > 27.5}", false)]
    [InlineData("steps.weather.temperature >= 27.5", true)]
    [InlineData("steps.weather.temperature>=275e-1", true)]
    [InlineData("steps.weather.temperature < 2.76E+1", true)]
    [InlineData("steps.a.count >= 3", true)]
    [InlineData("steps.a.count > 3", false)]
    [InlineData("steps.a.count == 3.0", true)]
    [InlineData("steps.a.count > -1", true)]
    [InlineData("-1 < steps.a.count", true)]
    [InlineData("-0.5 > steps.a.count", false)]
    [InlineData("params.list[?@ > 4] | length(@) == 2", true)]
    [InlineData("params.list[0] == 1", true)]
    [InlineData("params.list[-1] == 9", true)]
    [InlineData("params.list[0:1] == [1, 5][0:1]", true)]
    [InlineData("contains([1, steps.a.count], 3)", true)]
    [InlineData("max([7, params.limit]) == 10", true)]
    [InlineData("0", true)]
    [InlineData("params.flag", false)]
    [InlineData("!params.flag", true)]
    [InlineData("params.missing", false)]
    [InlineData("params.missing.deeper > 3", false)]
    [InlineData("!params.missing", true)]
    [InlineData("steps.a.text", false)]
    [InlineData("default(params.missing, 3) == 3", true)]
    [InlineData("default(params.flag, 3) == 3", false)]
    [InlineData("'${x}' == '${x}'", true)]
    [InlineData("${'}' == \"now\" || `\"}\"` == '}'}", true)]
    [InlineData("${params.{a: limit}.a == 10}", true)]
    [InlineData("now == '2027-01-01T08:30:00Z'", true)]
    [InlineData("now+24h == '2027-01-02T08:30:00Z'", true)]
    [InlineData("now - 1h == '2027-01-01T07:30:00Z'", true)]
    public void A_condition_holds_or_not(string text, bool expected) =>
        Assert.Equal(expected, Condition.Parse(text).Evaluate(Scope, new Fuel()));

    [Theory]
    [InlineData("", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("${}", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("${a", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("  ${a", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("${'a}", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("${a} == 'x'", nameof(ExpressionErrorKind.Syntax), 4)]
    [InlineData(" ${a ==}", nameof(ExpressionErrorKind.Syntax), 7)]
    [InlineData("a == ${b}", nameof(ExpressionErrorKind.Syntax), 5)]
    [InlineData("a = 1", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("a > 01", nameof(ExpressionErrorKind.Syntax), 4)]
    [InlineData("a > 1.", nameof(ExpressionErrorKind.Syntax), 6)]
    [InlineData("a > 1e", nameof(ExpressionErrorKind.Syntax), 5)]
    [InlineData("a > - 1", nameof(ExpressionErrorKind.Syntax), 4)]
    [InlineData("a > 1 2", nameof(ExpressionErrorKind.Syntax), 6)]
    [InlineData("a[1.5]", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("a[1e3]", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("a.1", nameof(ExpressionErrorKind.Syntax), 2)]
    [InlineData("a-1", nameof(ExpressionErrorKind.Syntax), 1)]
    [InlineData("a+1", nameof(ExpressionErrorKind.Syntax), 1)]
    [InlineData("now+", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+24", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+24x", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+24hours", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+1h1d", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+1h2h", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+36526d", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("now+99999999999s", nameof(ExpressionErrorKind.Syntax), 0)]
    [InlineData("nowhere+24h", nameof(ExpressionErrorKind.Syntax), 7)]
    [InlineData("nope(a)", nameof(ExpressionErrorKind.UnknownFunction), 0)]
    [InlineData("${ nope(a) }", nameof(ExpressionErrorKind.UnknownFunction), 3)]
    [InlineData("default(a)", nameof(ExpressionErrorKind.InvalidArity), 0)]
    [InlineData("format_time(a)", nameof(ExpressionErrorKind.InvalidArity), 0)]
    [InlineData("format_time(a, 'b', 'c', 'd')", nameof(ExpressionErrorKind.InvalidArity), 0)]
    public void A_wrong_condition_is_refused_where_it_is_wrong(string text, string kind, int position)
    {
        var problem = Assert.Throws<ExpressionException>(() => Condition.Parse(text));

        Assert.Equal((kind, position), (problem.Kind.ToString(), problem.Position));
    }

    [Fact]
    public void The_message_says_what_the_arity_is()
    {
        var problem = Assert.Throws<ExpressionException>(() => Condition.Parse("format_time(a)"));
        var variadic = Assert.Throws<ExpressionException>(() => Condition.Parse("not_null()"));
        var plain = Assert.Throws<ExpressionException>(() => Condition.Parse("default(a)"));

        Assert.Equal("format_time() takes 2 to 3 arguments, not 1.", problem.Message);
        Assert.Equal("not_null() takes at least 1 arguments, not 0.", variadic.Message);
        Assert.Equal("default() takes 2 arguments, not 1.", plain.Message);
    }

    [Fact]
    public void The_paths_of_a_wrapped_condition_stand_in_its_text()
    {
        var paths = Condition.Parse(" ${ steps.a && params.b}").RootPaths;

        Assert.Equal(["steps.a", "params.b"], paths.Select(path => path.ToString()));
        Assert.Equal([4, 15], paths.Select(path => path.Position));
    }
}
