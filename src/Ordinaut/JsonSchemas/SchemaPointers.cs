using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ordinaut.JsonSchemas;

/// <summary>Finds the schema a JSON Pointer fragment means.</summary>
internal static class SchemaPointers
{
    /// <summary>The schema at the pointer below the resource's root; null when nothing is there.</summary>
    public static IndexedSchema? Follow(SchemaResource resource, string pointer)
    {
        var document = resource.Document;
        var element = resource.Root.Element;
        var nearest = resource.Root;
        var place = nearest.Place;
        foreach (var token in pointer.Split('/').Skip(1))
        {
            if (!TryStep(document, element, JsonPointers.Unescape(token), out element))
            {
                return null;
            }

            place = place.Then(JsonPointers.Unescape(token));
            if (document.Find(element) is { } schema)
            {
                nearest = schema;
                place = schema.Place;
            }
        }

        // A place that is not a known keyword's may still be meant as a schema; its base is the nearest schema's.
        return document.At(element, nearest.Resource, place.Below());
    }

    private static bool TryStep(SchemaDocument document, JsonElement element, string token, out JsonElement next)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return document.TryGetMember(element, Encoding.UTF8.GetBytes(token), out next);
        }

        next = default;
        var isIndex = int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        if (!isIndex || index >= element.GetArrayLength())
        {
            return false;
        }

        next = element[index];
        return true;
    }
}
