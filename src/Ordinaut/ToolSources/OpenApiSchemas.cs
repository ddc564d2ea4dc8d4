using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ordinaut.ToolSources;

/// <summary>
/// Schemas of an OpenAPI document as JSON Schemas that stand alone: what they refer to goes along in <c>$defs</c>, and
/// what OpenAPI 3.0 says in words of its own (<c>nullable</c>, boolean <c>exclusiveMinimum</c>) is said in those of
/// JSON Schema.
/// </summary>
internal sealed class OpenApiSchemas(JsonElement document)
{
    /// <summary>The most schemas that one tool's schema may refer to; 100.</summary>
    public const int MaxReferred = 100;

    private const string Components = "#/components/schemas/";

    /// <summary>Their values are data and not schemas.</summary>
    private static readonly string[] Data = ["enum", "const", "default", "required", "type", "examples"];

    /// <summary>Their members are schemas by names of the author's.</summary>
    private static readonly string[] Maps = ["properties", "patternProperties", "dependentSchemas", "$defs"];

    /// <summary>They say nothing that a value could be checked by.</summary>
    private static readonly string[] Superfluous = ["example", "xml", "externalDocs", "discriminator", "nullable"];

    private readonly JsonObject _defs = [];
    private readonly Queue<string> _missing = new();
    private readonly HashSet<string> _named = [];
    private int _bytes;

    /// <summary>A parameter, body or answer itself, where a reference to one in the document may stand.</summary>
    public static JsonElement Resolve(JsonElement document, JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty("$ref", out var reference))
        {
            return given;
        }

        var at = document;
        foreach (var part in Local(reference.GetString() ?? "").Split('/'))
        {
            at =
                at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var next)
                    ? next
                    : throw Problem.Invalid("", $"It refers to '{reference}', which is not in the document.");
        }

        return at;
    }

    /// <summary>A schema that stands alone.</summary>
    public JsonObject Closed(JsonElement schema) => With(Convert(schema));

    /// <summary>Adds what the converted schemas in it refer to.</summary>
    public JsonObject With(JsonObject schema)
    {
        while (_missing.TryDequeue(out var name))
        {
            var referred = Resolve(document, Json.OfNode(new JsonObject { ["$ref"] = Components + name }));
            _defs[name] = Convert(referred);
        }

        if (_defs.Count > 0)
        {
            schema["$defs"] = _defs;
        }

        return schema;
    }

    public JsonObject Convert(JsonElement schema)
    {
        // Counted before it is copied: many operations may refer to one that is large.
        _bytes += schema.GetRawText().Length;
        if (_bytes > HttpToolCheck.MaxBytes)
        {
            throw Problem.Invalid("", $"Its schemas are larger than {HttpToolCheck.MaxBytes} bytes.");
        }

        return schema.ValueKind switch
        {
            JsonValueKind.Object => ConvertObject(schema),
            JsonValueKind.False => new JsonObject { ["not"] = new JsonObject() },
            _ => [],
        };
    }

    private JsonObject ConvertObject(JsonElement schema)
    {
        var converted = new JsonObject();
        foreach (var member in schema.EnumerateObject().Where(member => !Superfluous.Contains(member.Name)))
        {
            converted[member.Name] =
                member.Name == "$ref" ? Refer(member.Value.GetString() ?? "")
                : Maps.Contains(member.Name) ? ConvertMembers(member.Value)
                : Data.Contains(member.Name) ? Copy(member.Value)
                : ConvertAny(member.Value);
        }

        SayExclusive(converted, "exclusiveMinimum", "minimum");
        SayExclusive(converted, "exclusiveMaximum", "maximum");
        return IsTrue(schema, "nullable") ? Nullable(converted) : converted;
    }

    private JsonNode? ConvertAny(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => ConvertObject(value),
            JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(ConvertAny)]),
            _ => Copy(value),
        };

    private JsonNode? ConvertMembers(JsonElement map) =>
        map.ValueKind == JsonValueKind.Object
            ? new JsonObject(map.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, ConvertAny(m.Value))))
            : Copy(map);

    private JsonNode Refer(string reference)
    {
        if (!reference.StartsWith(Components, StringComparison.Ordinal))
        {
            throw Problem.Invalid("", $"A schema refers to '{reference}'; only {Components}… can be followed.");
        }

        var name = reference[Components.Length..];
        if (_named.Add(name))
        {
            _missing.Enqueue(name);
        }

        return _named.Count <= MaxReferred
            ? $"#/$defs/{name}"
            : throw Problem.Invalid("", $"Its schemas refer to more than {MaxReferred} others.");
    }

    private static JsonObject Nullable(JsonObject schema)
    {
        if (schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.DeepClone(), "null");
            (schema["enum"] as JsonArray)?.Add((JsonNode?)null);
            return schema;
        }

        return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    private static void SayExclusive(JsonObject schema, string exclusive, string limit)
    {
        if (schema[exclusive]?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            return;
        }

        if (schema[exclusive]!.GetValue<bool>() && schema[limit] is { } value)
        {
            schema[exclusive] = value.DeepClone();
            schema.Remove(limit);
        }
        else
        {
            schema.Remove(exclusive);
        }
    }

    private static bool IsTrue(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static JsonNode? Copy(JsonElement value) => JsonNode.Parse(value.GetRawText());

    private static string Local(string reference) =>
        reference.StartsWith("#/", StringComparison.Ordinal)
            ? reference[2..]
            : throw Problem.Invalid("", $"It refers to '{reference}', which is not in the document.");
}
