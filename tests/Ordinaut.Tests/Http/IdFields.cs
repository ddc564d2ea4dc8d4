using System.Text.Json;

namespace Ordinaut.Tests.Http;

/// <summary>The fields of requests, beside the path, that hold an id, as the API document has them.</summary>
internal static class IdFields
{
    public static IEnumerable<string> In(JsonElement document)
    {
        var shapes = document.GetProperty("components").GetProperty("schemas");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name.ToUpperInvariant()} {path.Name}";
                var fields = Queries(operation.Value).Concat(Bodies(operation.Value, shapes));
                foreach (var field in fields.Distinct())
                {
                    yield return $"{name} {field}";
                }
            }
        }
    }

    private static IEnumerable<string> Queries(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters
                .EnumerateArray()
                .Where(each => each.GetProperty("in").GetString() == "query" && IsId(each.GetProperty("schema")))
                .Select(each => $"?{each.GetProperty("name").GetString()}")
            : [];

    private static IEnumerable<string> Bodies(JsonElement operation, JsonElement shapes) =>
        operation.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content")
                .EnumerateObject()
                .Where(type => type.Value.TryGetProperty("schema", out _))
                .SelectMany(type => Ids(type.Value.GetProperty("schema"), "", shapes, []))
            : [];

    private static IEnumerable<string> Ids(JsonElement schema, string at, JsonElement shapes, string[] above)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            return above.Contains(name) ? [] : Ids(shapes.GetProperty(name), at, shapes, [.. above, name]);
        }

        var own = IsId(schema) ? [at] : Enumerable.Empty<string>();
        string[] choices = ["anyOf", "oneOf", "allOf"];
        var inner = choices
            .Where(word => schema.TryGetProperty(word, out _))
            .SelectMany(word => schema.GetProperty(word).EnumerateArray())
            .SelectMany(each => Ids(each, at, shapes, above));
        var members = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().SelectMany(each => Ids(each.Value, $"{at}/{each.Name}", shapes, above))
            : [];
        var items = schema.TryGetProperty("items", out var item) ? Ids(item, at + "[]", shapes, above) : [];
        return own.Concat(inner).Concat(members).Concat(items);
    }

    private static bool IsId(JsonElement schema) =>
        schema.TryGetProperty("format", out var format) && format.GetString() == "uuid";
}
