using System.Runtime.CompilerServices;
using System.Text.Json;
using Ordinaut.JsonSchemas;
using Ordinaut.Tools;

namespace Ordinaut.Pipelines;

/// <summary>The tools a pipeline may use.</summary>
internal sealed class ToolLookup(Func<string, ToolDescription?> find, IEnumerable<string> names)
{
    // Compiling a schema costs far more than checking a step; a description is immutable and lives long.
    private static readonly ConditionalWeakTable<ToolDescription, CompiledInput> Compiled = [];

    public ToolDescription? Find(string name) => find(name);

    public string Hint(string name) => Nearest.Hint(name, names);

    /// <summary>The tool's input schema, or why it cannot be used.</summary>
    public static CompiledInput InputOf(ToolDescription tool) => Compiled.GetValue(tool, Compile);

    private static CompiledInput Compile(ToolDescription tool)
    {
        if (tool.InputSchema.ValueKind == JsonValueKind.Undefined)
        {
            return new CompiledInput(null, null);
        }

        try
        {
            return new CompiledInput(JsonSchema.Compile(tool.InputSchema), null);
        }
        catch (SchemaException e)
        {
            return new CompiledInput(null, e.Message);
        }
    }
}

/// <summary>A tool's input schema; no schema permits everything.</summary>
internal sealed record CompiledInput(JsonSchema? Schema, string? Problem);
