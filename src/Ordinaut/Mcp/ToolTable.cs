using System.Collections.Frozen;

namespace Ordinaut.Mcp;

/// <summary>Every tool there is, in the order clients see.</summary>
internal sealed class ToolTable
{
    private readonly FrozenDictionary<string, McpTool> _byName;

    /// <exception cref="InvalidOperationException">A tool of which something is missing.</exception>
    public ToolTable(params IReadOnlyList<IEnumerable<McpTool>> nouns)
    {
        All = [.. nouns.SelectMany(tools => tools)];
        var undeclared = All.Where(tool => tool.Scope is null || tool.Run is null).Select(tool => tool.Name).ToList();
        if (undeclared.Count > 0)
        {
            throw new InvalidOperationException(
                $"These tools declare no scope, or nothing to do: {string.Join(", ", undeclared)}."
            );
        }

        // Throws for a name that is taken.
        _byName = All.ToDictionary(tool => tool.Name).ToFrozenDictionary();
    }

    public IReadOnlyList<McpTool> All { get; }

    public McpTool? Find(string? name) => name is null ? null : _byName.GetValueOrDefault(name);
}
