using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Keywords for numbers (validation 2020-12, section 6.2). All compare the numbers as written.</summary>
internal static class NumberKeywords
{
    public static void Read(KeywordReader reader, Action<Keyword?> add)
    {
        add(Bound(reader, "minimum", "must be at least", order => order >= 0));
        add(Bound(reader, "maximum", "must be at most", order => order <= 0));
        add(Bound(reader, "exclusiveMinimum", "must be greater than", order => order > 0));
        add(Bound(reader, "exclusiveMaximum", "must be less than", order => order < 0));
        if (Number(reader, "multipleOf") is { } divisor)
        {
            add(
                JsonNumber.Compare(divisor, "0"u8) > 0
                    ? new MultipleOfKeyword(reader.Site("multipleOf"), divisor)
                    : throw reader.Wrong("multipleOf", "must be greater than 0")
            );
        }
    }

    private static BoundKeyword? Bound(KeywordReader reader, string name, string rule, Func<int, bool> permits) =>
        Number(reader, name) is { } bound ? new BoundKeyword(reader.Site(name), bound, rule, permits) : null;

    private static byte[]? Number(KeywordReader reader, string name)
    {
        if (!reader.TryGet(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number
            ? JsonMarshal.GetRawUtf8Value(value).ToArray()
            : throw reader.Wrong(name, "must be a number");
    }
}

/// <summary>An upper or lower bound.</summary>
internal sealed class BoundKeyword(KeywordSite site, byte[] bound, string rule, Func<int, bool> permits)
    : Assertion(site)
{
    protected override bool Holds(JsonElement value, WorkMeter meter) =>
        value.ValueKind != JsonValueKind.Number
        || permits(JsonNumber.Compare(JsonMarshal.GetRawUtf8Value(value), bound));

    protected override string Describe(JsonElement value) =>
        $"{rule} {JsonText.Shorten(Encoding.ASCII.GetString(bound))}, but is {JsonText.Show(value)}";
}

/// <summary><c>multipleOf</c>, exact in decimal.</summary>
internal sealed class MultipleOfKeyword(KeywordSite site, byte[] divisor) : Assertion(site)
{
    private const int DigitsPerUnit = 2;

    protected override bool Holds(JsonElement value, WorkMeter meter)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return true;
        }

        var text = JsonMarshal.GetRawUtf8Value(value);
        return meter.Spend((text.Length + divisor.Length) / DigitsPerUnit) && JsonNumber.IsMultiple(text, divisor);
    }

    protected override string Describe(JsonElement value) =>
        $"must be a multiple of {JsonText.Shorten(Encoding.ASCII.GetString(divisor))}, but is {JsonText.Show(value)}";
}
