using System.Text.Json;
using Ordinaut.Expressions;
using Ordinaut.Tools;
using Ordinaut.Tools.BuiltIn;

namespace Ordinaut.Tests.Tools.BuiltIn;

public sealed class JsonTransformToolTests
{
    [Theory]
    [InlineData("""{"a":{"b":[1,2]}}""", "a.b", "[1,2]")]
    [InlineData("""{"items":[{"n":"x","p":5},{"n":"y","p":15}]}""", "items[?p > 10].{name: n}", """[{"name":"y"}]""")]
    [InlineData("""{"a":1.50}""", "a", "1.50")]
    [InlineData("""{"a":1}""", "missing", "null")]
    [InlineData("null", "@", "null")]
    [InlineData("[3,1,2]", "sort(@)", "[1,2,3]")]
    [InlineData("\"ü\"", "length(@)", "1")]
    [InlineData("""{"t":"${params.x}"}""", "t", "\"${params.x}\"")]
    public async Task An_expression_gives_a_result(string data, string expression, string result)
    {
        var output = (await Transform(data, expression)).Output();

        Assert.Equal(result, output.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("a[")]
    [InlineData("no_such_function(@)")]
    [InlineData("length(`1`)")]
    [InlineData("abs('x')")]
    public async Task A_wrong_expression_is_a_failure_that_explains_itself(string expression)
    {
        var failure = (await Transform("{}", expression)).Failure();

        Assert.Equal(("expression_failed", false), (failure.Code, failure.Retryable));
        Assert.True(failure.Message.Length > 10, failure.Message);
    }

    [Theory]
    [InlineData(9_000, true)]
    [InlineData(11_000, false)]
    public async Task An_expression_has_fuel(int items, bool suffices)
    {
        var data = $"[{string.Join(',', Enumerable.Repeat("1", items))}]";

        // One visit an item, and a few for the expression itself.
        Assert.InRange(ExpressionLimits.Fuel, 9_000, 11_000);
        Assert.Equal(suffices, await Transform(data, "[*]") is ToolResult.Ok);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task An_expression_may_have_4_KiB_and_not_one_byte_more(int characters, bool fits) =>
        Assert.Equal(fits, await Transform("{}", "a".PadRight(characters)) is ToolResult.Ok);

    [Fact]
    public async Task The_deepest_value_passes()
    {
        var data = new string('[', ExpressionLimits.ValueDepth - 1) + new string(']', ExpressionLimits.ValueDepth - 1);
        var call = ToolCalls.With("{}") with
        {
            Input = JsonElement.Parse(
                $$"""{"data":{{data}},"expression":"@"}""",
                new JsonDocumentOptions { MaxDepth = 100 }
            ),
        };

        var result = await new JsonTransformTool().Run(call, TimeProvider.System);

        Assert.Equal(data, result.Output().GetProperty("result").GetRawText());
    }

    private static Task<ToolResult> Transform(string data, string expression) =>
        new JsonTransformTool().Run($$"""{"data":{{data}},"expression":{{JsonSerializer.Serialize(expression)}}}""");
}
