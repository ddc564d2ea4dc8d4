using System.Text.Json.Nodes;

namespace Ordinaut.Mcp;

/// <summary>
/// The API document (OpenAPI 3.1) as a source of JSON Schemas that stand alone: what they refer to comes along under
/// <c>$defs</c>.
/// </summary>
internal sealed class ApiSchemas(JsonObject document)
{
    private const string Components = "#/components/schemas/";
    private const string Definitions = "#/$defs/";

    public (string Path, JsonObject Operation) Operation(string id) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(method => (path.Key, (JsonObject)method.Value!)))
            .First(entry => entry.Item2["operationId"]?.GetValue<string>() == id);

    /// <summary>A record a client writes.</summary>
    /// <param name="definitions">Takes what it refers to.</param>
    /// <param name="nullable">Whether null means something, as in a merge patch.</param>
    public JsonObject Input(JsonObject reference, JsonObject definitions, bool nullable)
    {
        var schema = Component(Name(reference)!, definitions, (name, copy) => Refine(name, copy, nullable));
        schema["additionalProperties"] = false;
        schema.Remove("required");
        return schema;
    }

    /// <summary>A record the server writes.</summary>
    public JsonObject Output(JsonObject reference)
    {
        var definitions = new JsonObject();
        var schema = Component(Name(reference)!, definitions, (_, _) => { });
        if (definitions.Count > 0)
        {
            schema["$defs"] = definitions;
        }

        return schema;
    }

    /// <summary>A copy of a named schema; what it refers to is put among the definitions.</summary>
    private JsonObject Component(string name, JsonObject definitions, Action<string, JsonObject> refine)
    {
        var copy = (JsonObject)document["components"]!["schemas"]![name]!.DeepClone();
        Simplify(copy);
        refine(name, copy);
        foreach (var reference in References(copy).ToList())
        {
            var target = Name(reference)!;
            if (!definitions.ContainsKey(target))
            {
                definitions[target] = null;
                definitions[target] = Component(target, definitions, refine);
            }

            reference["$ref"] = Definitions + target;
        }

        return copy;
    }

    /// <summary>Any JSON at all is said by naming no type, not by a reference to a schema that says nothing.</summary>
    private static void Simplify(JsonObject schema)
    {
        foreach (var (_, value) in schema["properties"]?.AsObject() ?? [])
        {
            var property = (JsonObject)value!;
            var choices = property["oneOf"]?.AsArray().OfType<JsonObject>().ToList();
            var any = choices?.Find(choice => Name(choice) == "JsonElement") ?? property;
            if (Name(any) == "JsonElement")
            {
                var description = any["description"]?.DeepClone();
                property.Clear();
                if (description is not null)
                {
                    property["description"] = description;
                }
            }
        }
    }

    /// <summary>Says more exactly what the records' types cannot say.</summary>
    private static void Refine(string component, JsonObject schema, bool nullable)
    {
        foreach (var (name, value) in schema["properties"]!.AsObject())
        {
            var property = (JsonObject)value!;
            if (!nullable && property["type"] is JsonArray types)
            {
                property["type"] = types.First(type => type!.GetValue<string>() != "null")!.DeepClone();
            }

            foreach (var (keyword, better) in Refinements.Of(component, name, nullable))
            {
                property[keyword] = better?.DeepClone();
            }
        }
    }

    private static IEnumerable<JsonObject> References(JsonNode? node) =>
        node switch
        {
            JsonObject schema when Name(schema) is not null => [schema],
            JsonObject schema => schema.SelectMany(member => References(member.Value)),
            JsonArray schemas => schemas.SelectMany(References),
            _ => [],
        };

    private static string? Name(JsonObject schema) =>
        schema["$ref"] is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith(Components)
            ? text[Components.Length..]
            : null;
}
