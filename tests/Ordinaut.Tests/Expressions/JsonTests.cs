using System.Text.Json;
using CsCheck;
using Ordinaut.Expressions;

namespace Ordinaut.Tests.Expressions;

public sealed class JsonTests
{
    [Fact]
    public void A_value_is_itself_parsed_built_and_written() =>
        JsonBuilding.Text.Sample(
            text =>
            {
                var parsed = JsonBuilding.Parsed(text);
                var built = JsonBuilding.Rebuilt(parsed);
                return parsed.Equals(built)
                    && built.Equals(parsed)
                    && built.Equals(JsonBuilding.Rebuilt(built))
                    && parsed.GetHashCode() == built.GetHashCode()
                    && parsed.ToString() == built.ToString()
                    && JsonElement.DeepEquals(parsed.ToElement(), built.ToElement())
                    && parsed.IsTruthy == built.IsTruthy
                    && parsed.Count == built.Count
                    && parsed.Kind == built.Kind;
            },
            iter: 500
        );

    [Fact]
    public void Equality_agrees_with_that_of_the_platform() =>
        Gen.Select(JsonBuilding.Text, JsonBuilding.Text)
            .Sample(
                (left, right) =>
                {
                    var (a, b) = (JsonBuilding.Parsed(left), JsonBuilding.Parsed(right));
                    return a.Equals(b) == b.Equals(a)
                        && a.Equals(b) == JsonElement.DeepEquals(a.ToElement(), b.ToElement())
                        && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
                },
                iter: 500
            );

    [Theory]
    [InlineData("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true)]
    [InlineData("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":2}", false)]
    [InlineData("{\"a\":1}", "{\"b\":1}", false)]
    [InlineData("{\"a\":1}", "{\"a\":1,\"b\":1}", false)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("[1]", "[1,1]", false)]
    [InlineData("[]", "{}", false)]
    [InlineData("\"a\"", "\"\\u0061\"", true)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("true", "true", true)]
    [InlineData("true", "false", false)]
    [InlineData("null", "false", false)]
    [InlineData("null", "null", true)]
    public void Values_are_equal_as_JSON(string left, string right, bool expected)
    {
        var (a, b) = (JsonBuilding.Parsed(left), JsonBuilding.Parsed(right));

        Assert.Equal(expected, a.Equals(b));
        Assert.Equal(expected, a.Equals(JsonBuilding.Rebuilt(b)));
        Assert.Equal(expected, a.Equals((object)b));
        Assert.False(a.Equals("a"));
    }

    [Theory]
    [InlineData("0", "0", 0)]
    [InlineData("0", "-0", 0)]
    [InlineData("0", "0e999999999999999999999", 0)]
    [InlineData("0.000", "-0.0E-5", 0)]
    [InlineData("1", "1.0", 0)]
    [InlineData("1", "10e-1", 0)]
    [InlineData("1", "0.1e1", 0)]
    [InlineData("100", "1E+2", 0)]
    [InlineData("120.50", "1.205e2", 0)]
    [InlineData("0.001", "1e-3", 0)]
    [InlineData("0.0012", "0.12e-2", 0)]
    [InlineData("1", "2", -1)]
    [InlineData("-1", "1", -1)]
    [InlineData("-2", "-1", -1)]
    [InlineData("-1", "0", -1)]
    [InlineData("0", "0.5", -1)]
    [InlineData("9", "10", -1)]
    [InlineData("-10", "-9", -1)]
    [InlineData("0.09", "0.1", -1)]
    [InlineData("1.5", "1.50001", -1)]
    [InlineData("9007199254740992", "9007199254740993", -1)]
    [InlineData("-9007199254740993", "-9007199254740992", -1)]
    [InlineData("0.1", "0.10000000000000000000000001", -1)]
    [InlineData("1e999998", "1e999999", -1)]
    [InlineData("1e-999999", "1e-999998", -1)]
    [InlineData("0", "1e-999999", -1)]
    [InlineData("-1e999999", "1e999999", -1)]
    [InlineData("99e999998", "1e1000000", -1)]
    public void Numbers_are_compared_by_their_exact_value(string left, string right, int expected)
    {
        var (a, b) = (JsonBuilding.Parsed(left), JsonBuilding.Rebuilt(JsonBuilding.Parsed(right)));

        Assert.Equal(expected, Math.Sign(JsonOrder.CompareNumbers(a, b)));
        Assert.Equal(-expected, Math.Sign(JsonOrder.CompareNumbers(b, a)));
        Assert.Equal(expected, NumberText.Compare(a.NumberUtf8(), b.NumberUtf8()));
        Assert.Equal(-expected, NumberText.Compare(b.NumberUtf8(), a.NumberUtf8()));
        Assert.Equal(expected == 0, a.Equals(b));
    }

    [Fact]
    public void Decimals_are_compared_as_decimals() =>
        Gen.Select(Gen.Decimal, Gen.Decimal)
            .Sample(
                (left, right) =>
                    NumberText.Compare(Utf8(left), Utf8(right)) == left.CompareTo(right)
                    && NumberText.Compare(Utf8(left), Utf8(left * 1.0m)) == 0,
                iter: 500
            );

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "a", -1)]
    [InlineData("a", "ab", -1)]
    [InlineData("B", "a", -1)]
    [InlineData("ab", "b", -1)]
    [InlineData("\uff5e", "\ud83d\ude00", -1)]
    [InlineData("\ud83d\ude00", "\ud83d\ude01", -1)]
    [InlineData("\ud83d\ude00", "\ud83e\ude00", -1)]
    [InlineData("z", "\ud83d\ude00", -1)]
    [InlineData("\ue000", "\ud800\udc00", -1)]
    [InlineData("a\ud83d\ude00", "a\ud83d\ude00", 0)]
    [InlineData("\ud7ff", "\ud800\udc00", -1)]
    public void Strings_are_ordered_by_code_point(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(JsonOrder.CompareText(left, right)));
        Assert.Equal(-expected, Math.Sign(JsonOrder.CompareText(right, left)));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("-1", true)]
    [InlineData("0", true)]
    [InlineData("-0", true)]
    [InlineData("10.25", true)]
    [InlineData("1e5", true)]
    [InlineData("1E-5", true)]
    [InlineData("0.0e+00", true)]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("--1", false)]
    [InlineData("+1", false)]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData(".1", false)]
    [InlineData("1.", false)]
    [InlineData("1.e1", false)]
    [InlineData("1e", false)]
    [InlineData("1e-", false)]
    [InlineData("1e1.5", false)]
    [InlineData("1x", false)]
    [InlineData("1e1x", false)]
    [InlineData("1 ", false)]
    [InlineData("١", false)]
    public void A_number_is_what_JSON_says(string text, bool expected)
    {
        Assert.Equal(expected, NumberText.IsNumber(text));
        Assert.Equal(expected, !Json.NumberOrNull(text).IsNull);
    }

    [Fact]
    public void A_scope_is_put_together_without_copying_its_parts()
    {
        var output = JsonBuilding.Parsed("""{"x": [1.50]}""");
        var scope = Json.Object(("steps", Json.Object(("a", output))), ("now", Json.Of("t")), ("n", Json.Of(1.5)));

        Assert.True(scope.Member("steps").Member("a").IsParsed);
        Assert.False(scope.IsParsed);
        Assert.Equal("""{"steps":{"a":{"x":[1.50]}},"now":"t","n":1.5}""", scope.ToString());
        Assert.True(scope.Member("nothing").IsNull);
        Assert.True(scope.Member("now").Member("nothing").IsNull);
        Assert.Equal(scope.ToString().Length, scope.Size + output.ToString().Length - output.Size);
    }

    [Fact]
    public void The_size_of_built_values_is_that_of_their_JSON() =>
        JsonBuilding.Text.Sample(
            text =>
            {
                var built = JsonBuilding.Rebuilt(JsonBuilding.Parsed(text));
                return built.Size == System.Text.Encoding.UTF8.GetByteCount(built.ToString());
            },
            iter: 300
        );

    [Fact]
    public void Nothing_is_null()
    {
        Assert.Equal(JsonValueKind.Null, default(Json).Kind);
        Assert.Equal("null", default(Json).ToString());
        Assert.Equal(JsonValueKind.Null, default(Json).ToElement().ValueKind);
        Assert.Equal(4, default(Json).Size);
        Assert.Equal(0, default(Json).Count);
        Assert.False(default(Json).IsTruthy);
    }

    [Theory]
    [InlineData("[\"\\ud800\"]", "[0] == 'a'")]
    [InlineData("[\"\\ud800\"]", "length([0])")]
    [InlineData("[\"\\udc00\"]", "to_string(@)")]
    [InlineData("[\"\\ud800x\"]", "[0] < [0] || sort(@)")]
    [InlineData("{\"\\ud800\":1}", "keys(@)")]
    [InlineData("{\"\\ud800\":1}", "@ == `{\"a\":1}`")]
    [InlineData("{\"\\ud800\":1}", "abcdef || to_string(@)")]
    public void Half_a_surrogate_pair_in_data_is_an_error_not_a_crash(string data, string expression)
    {
        var path = JmesPath.Parse(expression);

        var problem = Assert.Throws<ExpressionException>(() => path.Evaluate(JsonBuilding.Parsed(data), new Fuel()));

        Assert.Equal(ExpressionErrorKind.InvalidValue, problem.Kind);
    }

    private static byte[] Utf8(decimal value) =>
        System.Text.Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
