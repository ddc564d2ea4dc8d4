using System.Collections.Frozen;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>How a keyword holds subschemas.</summary>
internal enum SubschemaShape
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It is one.</summary>
    Single,

    /// <summary>An array of them.</summary>
    List,

    /// <summary>An object of them.</summary>
    Map,

    /// <summary>Draft-07's <c>dependencies</c>: an object of them and of arrays of names.</summary>
    Dependencies,
}

/// <summary>Where each draft has subschemas.</summary>
internal static class SubschemaKeywords
{
    // "definitions" is not a keyword of 2020-12 any more, but its metaschema still describes it.
    private static readonly FrozenDictionary<string, SubschemaShape> Draft202012 = Table(
        "additionalProperties propertyNames contains not if then else items unevaluatedItems unevaluatedProperties "
            + "contentSchema",
        "allOf anyOf oneOf prefixItems",
        "properties patternProperties $defs definitions dependentSchemas"
    );

    private static readonly FrozenDictionary<string, SubschemaShape> Draft7 = Table(
        "additionalProperties propertyNames contains not if then else items additionalItems",
        "allOf anyOf oneOf",
        "properties patternProperties definitions"
    );

    public static SubschemaShape ShapeOf(SchemaDialect dialect, string keyword, JsonElement value) =>
        (dialect.IsDraft7, keyword) switch
        {
            (true, "items") when value.ValueKind == JsonValueKind.Array => SubschemaShape.List,
            (true, "dependencies") => SubschemaShape.Dependencies,
            var (isDraft7, _) => (isDraft7 ? Draft7 : Draft202012).GetValueOrDefault(keyword),
        };

    private static FrozenDictionary<string, SubschemaShape> Table(string single, string list, string map) =>
        single
            .Split(' ')
            .Select(name => KeyValuePair.Create(name, SubschemaShape.Single))
            .Concat(list.Split(' ').Select(name => KeyValuePair.Create(name, SubschemaShape.List)))
            .Concat(map.Split(' ').Select(name => KeyValuePair.Create(name, SubschemaShape.Map)))
            .ToFrozenDictionary(StringComparer.Ordinal);
}
