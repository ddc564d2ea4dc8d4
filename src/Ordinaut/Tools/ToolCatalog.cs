using System.Collections.Frozen;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ordinaut.JsonSchemas;

namespace Ordinaut.Tools;

/// <summary>
/// Every tool by its name: the program's own, fixed when the process starts, and those from outside, which come and go.
/// A name is <c>provider.tool</c>. The provider is lower-case letters, digits, '-' and '_'; the tool is letters,
/// digits, '-', '_' and '.', as MCP servers name theirs. Each starts with a letter.
/// </summary>
internal sealed class ToolCatalog
{
    /// <summary>The longest name in characters; 128.</summary>
    public const int MaxNameLength = 128;

    // A tool that is replaced while it is called keeps its schemas until the call has ended.
    private readonly ConditionalWeakTable<ITool, ToolSchemas> _schemas = [];
    private readonly IReadOnlyList<ITool> _own;
    private volatile Shelf _shelf;

    /// <exception cref="Problem">
    /// A name is malformed or taken twice, or a schema does not compile; names every such tool.
    /// </exception>
    public ToolCatalog(IEnumerable<ITool> tools)
    {
        _own = [.. tools];
        _shelf = Arrange(_own);
        OwnProviders = _own.Select(tool => ProviderOf(tool.Description.Name)).ToFrozenSet();
    }

    /// <summary>All tools in the order of their names, the same in every process.</summary>
    public IReadOnlyList<ITool> All => _shelf.All;

    /// <summary>Their names in that order.</summary>
    public IReadOnlyList<string> Names => _shelf.Names;

    /// <summary>The first parts of the names that the program's own tools have.</summary>
    public IReadOnlySet<string> OwnProviders { get; }

    /// <summary>The tool of this exact name, or null.</summary>
    public ITool? Find(string name) => _shelf.ByName.GetValueOrDefault(name);

    /// <summary>The schemas of a tool that is or was in this catalogue, compiled once.</summary>
    public ToolSchemas SchemasOf(ITool tool) =>
        _schemas.TryGetValue(tool, out var schemas)
            ? schemas
            : throw new UnreachableException($"The tool '{tool.Description.Name}' is not in the catalogue.");

    /// <summary>From now on these are the tools from outside, and no others.</summary>
    /// <exception cref="Problem">As for the constructor; nothing has changed then.</exception>
    public void Replace(IReadOnlyList<ITool> outside) => _shelf = Arrange([.. _own, .. outside]);

    public static string ProviderOf(string name) => name.Split('.')[0];

    public static bool IsName(string name) =>
        name.Length <= MaxNameLength
        && name.Split('.', 2) is [var provider, var tool]
        && IsProvider(provider)
        && tool.Length > 0
        && char.IsAsciiLetter(tool[0])
        && tool.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    public static bool IsProvider(string part) =>
        part.Length > 0
        && char.IsAsciiLetterLower(part[0])
        && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private Shelf Arrange(IReadOnlyList<ITool> tools)
    {
        IReadOnlyList<ITool> all = [.. tools.OrderBy(t => t.Description.Name, StringComparer.Ordinal)];
        IReadOnlyList<string> names = [.. all.Select(t => t.Description.Name)];
        var malformed = names.Where(n => !IsName(n)).Select(Malformed);
        var doubled = names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => Doubled(g.Key));
        Problem.Refuse([.. malformed, .. doubled]);
        foreach (var tool in all)
        {
            _schemas.GetValue(tool, Compile);
        }

        return new Shelf(all, names, all.ToFrozenDictionary(t => t.Description.Name));
    }

    private static ToolSchemas Compile(ITool tool)
    {
        var description = tool.Description;
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
        new(
            "",
            $"The tool name '{name}' is not provider.tool: the provider lower-case letters, digits, '-' and '_', the "
                + "tool letters, digits, '-', '_' and '.', each starting with a letter."
        );

    private static FieldError Doubled(string name) => new("", $"Two tools have the name '{name}'; rename one.");

    /// <summary>The catalogue at one moment.</summary>
    private sealed record Shelf(
        IReadOnlyList<ITool> All,
        IReadOnlyList<string> Names,
        FrozenDictionary<string, ITool> ByName
    );
}
