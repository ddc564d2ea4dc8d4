using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ordinaut;

/// <summary>JSON Merge Patch (RFC 7396): null removes a member, objects merge, everything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>A wire record with the patch laid over it.</summary>
    public static T Apply<T>(T current, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            throw Problem.Invalid("", "A patch is a JSON object with the members to change.");
        }

        var merged = Merge(JsonNode.Parse(Json.Write(current)), patch)!;
        return Json.Read<T>(Json.OfNode(merged));
    }

    internal static JsonNode? Merge(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return JsonNode.Parse(patch.GetRawText());
        }

        var merged = target as JsonObject ?? [];
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                merged.Remove(member.Name);
            }
            else
            {
                var inner = merged[member.Name];
                merged.Remove(member.Name);
                merged[member.Name] = Merge(inner, member.Value);
            }
        }

        return merged;
    }
}
