using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests;

public sealed class JsonDifferenceTests
{
    [Theory]
    [InlineData("{}", "{}", "")]
    [InlineData("""{"a": 1, "b": 2}""", """{"b": 2, "a": 1.0}""", "")]
    [InlineData("""{"a": 1}""", """{"a": 2}""", "replace /a 1 2")]
    [InlineData("""{"a": 1}""", """{"b": 1}""", "remove /a 1 -|add /b - 1")]
    [InlineData("""{"a": null}""", "{}", "remove /a null -")]
    [InlineData("""{"a": {"b": {"c": 1}}}""", """{"a": {"b": {"c": "1"}}}""", """replace /a/b/c 1 "1" """)]
    [InlineData("""{"a/b": 1, "c~d": 1}""", """{"a/b": 2, "c~d": 2}""", "replace /a~1b 1 2|replace /c~0d 1 2")]
    [InlineData("""{"a": [1, 2]}""", """{"a": {"0": 1}}""", """replace /a [1, 2] {"0": 1}""")]
    [InlineData("[1, 2, 3]", "[1, 2, 3, 4]", "add /3 - 4")]
    [InlineData("[1, 2, 3]", "[0, 1, 2, 3]", "add /0 - 0")]
    [InlineData("[1, 2, 3]", "[1, 3]", "remove /1 2 -")]
    [InlineData("[1, 2, 3]", "[1, 5, 3]", "replace /1 2 5")]
    [InlineData("[1, 1, 1]", "[1, 1]", "remove /2 1 -")]
    [InlineData("[]", "[1]", "add /0 - 1")]
    [InlineData("""[{"id": "a", "n": 1}, {"id": "b"}]""", """[{"id": "a", "n": 2}, {"id": "b"}]""", "replace /0/n 1 2")]
    [InlineData("1", "2", "replace  1 2")]
    public void What_differs_is_told_by_place(string before, string after, string expected)
    {
        var found = JsonDifference.Of(Json.Parse(before), Json.Parse(after)).Select(Short);

        Assert.Equal(expected.Trim(), string.Join('|', found));
    }

    [Theory]
    [InlineData(JsonDifference.Max, JsonDifference.Max)]
    [InlineData(JsonDifference.Max + 1, 1)]
    public void So_many_are_told_one_by_one(int differences, int told)
    {
        var (ones, twos) = (Enumerable.Repeat(1, differences), Enumerable.Repeat(2, differences));

        var found = JsonDifference.Of(
            Json.Parse($"[{string.Join(',', ones)}]"),
            Json.Parse($"[{string.Join(',', twos)}]")
        );

        Assert.Equal(told, found.Count);
    }

    private static string Short(ProposedChange change) =>
        $"{change.Op} {change.Path} {change.Before?.GetRawText() ?? "-"} {change.After?.GetRawText() ?? "-"}";
}
