using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Keywords for strings other than their length.</summary>
internal static class StringKeywords
{
    public static void Read(KeywordReader reader, Action<Keyword?> add)
    {
        if (reader.TryGet("pattern", out var pattern))
        {
            add(
                new PatternKeyword(reader.Site("pattern"), Compile(reader, "pattern", reader.Text("pattern", pattern)))
            );
        }
    }

    public static SchemaPattern Compile(KeywordReader reader, string keyword, string pattern)
    {
        try
        {
            return new SchemaPattern(pattern);
        }
        catch (EcmaRegexException e)
        {
            throw reader.Wrong(keyword, $"the pattern '{JsonText.Shorten(pattern)}' {e.Message}");
        }
    }
}

/// <summary><c>pattern</c> (validation 2020-12, section 6.3.3); not anchored.</summary>
internal sealed class PatternKeyword(KeywordSite site, SchemaPattern pattern) : Assertion(site)
{
    protected override bool Holds(JsonElement value, WorkMeter meter) =>
        value.ValueKind != JsonValueKind.String || pattern.IsMatch(JsonText.Content(value), meter);

    protected override string Describe(JsonElement value) =>
        $"must match the pattern {JsonText.Shorten(pattern.Source)}, but is {JsonText.Show(value)}";
}

/// <summary><c>format</c>, where it asserts. What is not in <see cref="Formats"/> permits everything.</summary>
internal sealed class FormatKeyword(KeywordSite site, string name, Func<string, bool> isOfFormat) : Assertion(site)
{
    private const int BytesPerUnit = 16;

    public static FormatKeyword? Read(KeywordReader reader)
    {
        if (!reader.TryGet("format", out var value))
        {
            return null;
        }

        var name = reader.Text("format", value);
        return Formats.Find(name) is { } isOfFormat ? new FormatKeyword(reader.Site("format"), name, isOfFormat) : null;
    }

    protected override bool Holds(JsonElement value, WorkMeter meter)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return true;
        }

        var text = JsonText.Content(value);
        return meter.Spend(1 + text.Length / BytesPerUnit) && isOfFormat(JsonText.ToText(text));
    }

    protected override string Describe(JsonElement value) =>
        $"must be of the format {name}, but is {JsonText.Show(value)}";
}
