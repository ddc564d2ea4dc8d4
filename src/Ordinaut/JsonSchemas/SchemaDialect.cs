using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Which keywords mean something in a schema: its draft, and for 2020-12 the vocabularies in force.</summary>
internal sealed record SchemaDialect(bool IsDraft7)
{
    public const string Draft202012Uri = "https://json-schema.org/draft/2020-12/schema";
    public const string Draft7Uri = "http://json-schema.org/draft-07/schema";

    public static readonly SchemaDialect Draft202012 = new(IsDraft7: false);
    public static readonly SchemaDialect Draft7 = new(IsDraft7: true);

    private const string VocabularyPrefix = "https://json-schema.org/draft/2020-12/vocab/";

    public bool HasApplicators { get; init; } = true;

    public bool HasUnevaluated { get; init; } = true;

    public bool HasValidation { get; init; } = true;

    /// <summary>Whether <c>format</c> refuses values unasked (the format-assertion vocabulary).</summary>
    public bool AssertsFormats { get; init; }

    /// <summary>What <c>$schema</c> names: a draft, or a registered metaschema with <c>$vocabulary</c>.</summary>
    public static SchemaDialect Named(string uri, SchemaRegistry registry)
    {
        switch (uri.TrimEnd('#'))
        {
            case Draft202012Uri:
                return Draft202012;
            case Draft7Uri or "https://json-schema.org/draft-07/schema":
                return Draft7;
        }

        if (!registry.TryFind(SchemaUris.Absolute(uri), out var metaschema))
        {
            throw new SchemaException(
                "/$schema",
                $"the dialect '{JsonText.Shorten(uri)}' is not known; use '{Draft202012Uri}' or '{Draft7Uri}#'"
            );
        }

        return JsonText.TryGetMember(metaschema, "$vocabulary"u8, out var vocabularies)
            ? FromVocabularies(vocabularies)
            : Draft202012;
    }

    private static SchemaDialect FromVocabularies(JsonElement vocabularies)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var vocabulary in vocabularies.EnumerateObject())
        {
            var uri = JsonText.ToText(JsonText.Name(vocabulary));
            if (vocabulary.Value.ValueKind == JsonValueKind.True && !IsKnown(uri))
            {
                throw new SchemaException("/$schema", $"its metaschema requires the unknown vocabulary '{uri}'");
            }

            named.Add(uri);
        }

        return new SchemaDialect(IsDraft7: false)
        {
            HasApplicators = named.Contains(VocabularyPrefix + "applicator"),
            HasUnevaluated = named.Contains(VocabularyPrefix + "unevaluated"),
            HasValidation = named.Contains(VocabularyPrefix + "validation"),
            AssertsFormats = named.Contains(VocabularyPrefix + "format-assertion"),
        };
    }

    private static bool IsKnown(string uri) =>
        uri.StartsWith(VocabularyPrefix, StringComparison.Ordinal)
        && uri[VocabularyPrefix.Length..]
            is "core"
                or "applicator"
                or "unevaluated"
                or "validation"
                or "meta-data"
                or "format-annotation"
                or "format-assertion"
                or "content";
}
