using System.Text.Json;
using System.Text.Json.Nodes;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tasks;

/// <summary>JSON Merge Patch (RFC 7396): null removes a member, objects merge, everything else replaces.</summary>
internal static class MergePatch
{
    public static TaskInput Apply(TaskInput current, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            throw Problem.Invalid("", "A patch is a JSON object with the members to change.");
        }

        var merged = Merge(JsonNode.Parse(Json.Write(current)), patch);
        try
        {
            return merged.Deserialize(Json.Info<TaskInput>())!;
        }
        catch (JsonException failure)
        {
            throw Problem.Invalid("", $"The patch does not make a task: {failure.Message}");
        }
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
