using System.Text.Json;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tools;

/// <summary>The compiled contract of a tool: what goes in and what comes out.</summary>
internal sealed record ToolSchemas(JsonSchema Input, JsonSchema Output)
{
    /// <summary>How many findings about one value a failure names; 5.</summary>
    public const int MaxFindings = 5;

    /// <exception cref="SchemaException">One of the two is not a schema, or exceeds a limit.</exception>
    public static ToolSchemas Compile(ToolDescription description) =>
        new(JsonSchema.Compile(description.InputSchema), JsonSchema.Compile(description.OutputSchema));

    /// <summary>What is wrong with the value in one sentence per finding, or null when it meets the schema.</summary>
    public static string? Describe(JsonSchema schema, JsonElement value)
    {
        var errors = schema.Validate(value, MaxFindings);
        return errors.Count == 0
            ? null
            : string.Join(
                ' ',
                errors.Select(e => $"{(e.InstancePointer.Length == 0 ? "It" : e.InstancePointer)} {e.Message}.")
            );
    }
}
