using System.Collections.Frozen;
using System.Diagnostics;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tools;

/// <summary>
/// Every tool by its name, fixed when the process starts. A name is <c>provider.tool</c>: two parts of
/// lower-case letters, digits, '-' and '_', each starting with a letter.
/// </summary>
internal sealed class ToolCatalog
{
    /// <summary>The longest name in characters; 128.</summary>
    public const int MaxNameLength = 128;

    private readonly FrozenDictionary<string, Entry> _entries;

    /// <exception cref="Problem">
    /// A name is malformed or taken twice, or a schema does not compile; names every such tool.
    /// </exception>
    public ToolCatalog(IEnumerable<ITool> tools)
    {
        All = [.. tools.OrderBy(t => t.Description.Name, StringComparer.Ordinal)];
        Names = [.. All.Select(t => t.Description.Name)];
        var malformed = Names.Where(n => !IsName(n)).Select(Malformed);
        var doubled = Names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => Doubled(g.Key));
        var errors = malformed.Concat(doubled).ToArray();
        if (errors.Length > 0)
        {
            throw Problem.Invalid(errors);
        }

        _entries = All.ToFrozenDictionary(t => t.Description.Name, t => new Entry(t, Compile(t.Description)));
    }

    /// <summary>All tools in the order of their names, the same in every process.</summary>
    public IReadOnlyList<ITool> All { get; }

    /// <summary>Their names in that order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The tool of this exact name, or null.</summary>
    public ITool? Find(string name) => _entries.GetValueOrDefault(name)?.Tool;

    /// <summary>The schemas of a tool of this catalogue, compiled once when the process starts.</summary>
    public ToolSchemas SchemasOf(ITool tool) =>
        _entries.TryGetValue(tool.Description.Name, out var entry)
            ? entry.Schemas
            : throw new UnreachableException($"The tool '{tool.Description.Name}' is not in the catalogue.");

    private static ToolSchemas Compile(ToolDescription description)
    {
        try
        {
            return ToolSchemas.Compile(description);
        }
        catch (SchemaException e)
        {
            throw Problem.Invalid("", $"A schema of the tool '{description.Name}' does not compile: {e.Message}");
        }
    }

    private static FieldError Malformed(string name) =>
        new("", $"The tool name '{name}' is not provider.tool in lower-case letters, digits, '-' and '_'.");

    private static FieldError Doubled(string name) => new("", $"Two tools have the name '{name}'; rename one.");

    private static bool IsName(string name) =>
        name.Length <= MaxNameLength && name.Split('.') is [var provider, var tool] && IsPart(provider) && IsPart(tool);

    private static bool IsPart(string part) =>
        part.Length > 0
        && char.IsAsciiLetterLower(part[0])
        && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private sealed record Entry(ITool Tool, ToolSchemas Schemas);
}
