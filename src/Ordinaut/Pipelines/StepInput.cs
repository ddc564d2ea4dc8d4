using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>Checks a step's <c>with</c> against the tool's input schema, so far as it is known at save time.</summary>
internal static class StepInput
{
    // What holds of an object or array whatever its templates turn out to be.
    private static readonly HashSet<string> OfTheWhole =
    [
        .. "required additionalProperties minProperties maxProperties minItems maxItems type".Split(' '),
    ];

    private static readonly HashSet<string> Structural = ["properties", "items", "prefixItems", "additionalProperties"];

    public static void Check(JsonElement input, string pointer, ToolDescription tool, Findings findings)
    {
        var (schema, problem) = ToolLookup.InputOf(tool);
        if (problem is not null)
        {
            findings.Add(pointer, $"the input schema of {tool.Name} cannot be used: {problem}");
        }

        if (schema is null)
        {
            return;
        }

        var templates = new List<string>();
        FindTemplates(input, "", templates);
        foreach (var error in schema.Validate(input))
        {
            if (templates.Count == 0 || IsCertain(error, templates))
            {
                findings.Add(pointer + error.InstancePointer, $"{Subject(error)} {error.Message}");
            }
        }
    }

    private static string Subject(SchemaError error) =>
        "with" + JsonText.Shorten(error.InstancePointer.Replace('/', '.'));

    /// <summary>
    /// Whether the error stays whatever the templates give. Only keywords met on the straight way through members and
    /// items count: an alternative or a condition may turn out otherwise.
    /// </summary>
    private static bool IsCertain(SchemaError error, List<string> templates)
    {
        if (!IsStraight(error.SchemaPointer))
        {
            return false;
        }

        var isTemplate = templates.Contains(error.InstancePointer);
        var holdsTemplates = templates.Exists(t => t.StartsWith(error.InstancePointer + "/", StringComparison.Ordinal));
        return error.Keyword switch
        {
            "additionalProperties" => true,
            _ when isTemplate => false,
            var keyword => !holdsTemplates || OfTheWhole.Contains(keyword),
        };
    }

    /// <summary><c>/properties/name/items/…/keyword</c>.</summary>
    private static bool IsStraight(string schemaPointer)
    {
        var tokens = schemaPointer.Split('/')[1..^1];
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!Structural.Contains(tokens[i]))
            {
                return false;
            }

            i += tokens[i] is "properties" or "prefixItems" ? 1 : 0;
        }

        return schemaPointer.Length > 0;
    }

    /// <summary>The places of strings with templates. <c>with</c> is not deeper than its limit.</summary>
    private static void FindTemplates(JsonElement value, string pointer, List<string> found)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        if (json.IndexOf("${"u8) < 0 && json.IndexOf("\\u00"u8) < 0)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var name = JsonPointers.Escape(JsonText.ToText(JsonText.Name(member)));
                    FindTemplates(member.Value, $"{pointer}/{name}", found);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    FindTemplates(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}"), found);
                }

                break;
            case JsonValueKind.String when JsonText.Content(value).IndexOf("${"u8) >= 0:
                found.Add(pointer);
                break;
        }
    }
}
