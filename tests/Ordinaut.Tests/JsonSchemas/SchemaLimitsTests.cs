using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tests.JsonSchemas;

/// <summary>Each limit at its value and one beyond.</summary>
public sealed class SchemaLimitsTests
{
    [Fact]
    public void Text_size()
    {
        var frame = """{"const":""}""".Length;

        AssertLimit(n => $$"""{"const":"{{new string('a', n - frame)}}"}""", SchemaLimits.TextBytes, "bytes");
    }

    [Fact]
    public void Nested_subschemas() =>
        AssertLimit(
            n => Repeat("""{"not":""", n - 1) + "true" + Repeat("}", n - 1),
            SchemaLimits.SchemaDepth,
            "nested deeper than 32 levels"
        );

    [Fact]
    public void Number_of_subschemas() =>
        AssertLimit(
            n => $$"""{"anyOf":[{{string.Join(',', Enumerable.Repeat("true", n - 1))}}]}""",
            SchemaLimits.Subschemas,
            "more than 1000 subschemas"
        );

    [Fact]
    public void Nested_text() =>
        AssertLimit(
            n => """{"const":""" + Repeat("[", n - 1) + Repeat("]", n - 1) + "}",
            SchemaLimits.SchemaJsonDepth,
            "nested deeper than 128 levels"
        );

    [Fact]
    public void Length_of_a_pattern() =>
        AssertLimit(
            n => $$"""{"pattern":"[{{new string('a', n - 2)}}]"}""",
            SchemaLimits.PatternLength,
            "longer than 4096 characters"
        );

    [Fact]
    public void Size_of_a_pattern() =>
        AssertLimit(
            // One position more for the end.
            n => $$"""{"pattern":"{{new string('a', n - 1)}}"}""",
            SchemaLimits.PatternSize,
            "more than 1000 positions"
        );

    [Fact]
    public void Nested_groups_of_a_pattern() =>
        AssertLimit(
            n => $$"""{"pattern":"{{Repeat("(", n - 1)}}{{Repeat(")", n - 1)}}"}""",
            SchemaLimits.PatternDepth,
            "groups nested deeper than 32 levels"
        );

    [Fact]
    public void Nested_values()
    {
        var schema = JsonSchema.Compile(Json("""{"items":{"$ref":"#"}}"""));

        Assert.True(schema.IsValid(Json(Repeat("[", 65) + Repeat("]", 65))));
        AssertTooComplex(schema, Json(Repeat("[", 66) + Repeat("]", 66)));
    }

    [Fact]
    public void Work_of_a_validation()
    {
        // One unit for the array, one for each item.
        var schema = JsonSchema.Compile(Json("""{"items":{"type":"integer"}}"""));
        string Items(int n) => $"[{string.Join(',', Enumerable.Repeat("1", n))}]";

        Assert.True(schema.IsValid(Json(Items(SchemaLimits.Work - 1))));
        AssertTooComplex(schema, Json(Items(SchemaLimits.Work)));
    }

    [Fact]
    public void Subschemas_entered_at_once()
    {
        string Link(int i) => $"\"d{i}\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}";
        string Chain(int n) =>
            """{"$ref":"#/$defs/d0","$defs":{"""
            + string.Join(',', Enumerable.Range(0, n - 2).Select(Link).Append($"\"d{n - 2}\":{{}}"))
            + "}}";

        Assert.True(JsonSchema.Compile(Json(Chain(SchemaLimits.EvaluationDepth))).IsValid(Json("1")));
        AssertTooComplex(JsonSchema.Compile(Json(Chain(SchemaLimits.EvaluationDepth + 1))), Json("1"));
    }

    [Fact]
    public void Exact_digits_of_multiples()
    {
        // No integer; but as a double, which has sixteen digits, it is one.
        static string Value(int digits) => $"0.{new string('1', digits)}e300";
        var schema = JsonSchema.Compile(Json("""{"multipleOf":1}"""));

        Assert.False(schema.IsValid(Json(Value(SchemaLimits.ExactDigits))));
        Assert.True(schema.IsValid(Json(Value(SchemaLimits.ExactDigits + 1))));
    }

    [Fact]
    public void Shown_text()
    {
        var schema = JsonSchema.Compile(Json("""{"type":"null","const":null}"""));
        var value = Json($"\"{new string('a', 1_000)}\"");

        Assert.All(schema.Validate(value), e => Assert.True(e.Message.Length < 3 * SchemaLimits.ShownLength));
    }

    private static void AssertLimit(Func<int, string> schema, int limit, string said)
    {
        JsonSchema.Compile(Json(schema(limit)));
        var e = Assert.Throws<SchemaException>(() => JsonSchema.Compile(Json(schema(limit + 1))));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    private static void AssertTooComplex(JsonSchema schema, JsonElement value)
    {
        Assert.False(schema.IsValid(value));
        Assert.Equal("too_complex", schema.Validate(value)[^1].Keyword);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static JsonElement Json(string text) =>
        JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 20_000 }).RootElement;
}
