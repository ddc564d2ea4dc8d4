using System.Collections.Frozen;

namespace Ordinaut.Tools;

/// <summary>
/// Every tool by its name, fixed when the process starts. A name is <c>provider.tool</c>: two parts of
/// lower-case letters, digits, '-' and '_', each starting with a letter.
/// </summary>
internal sealed class ToolCatalog
{
    /// <summary>The longest name in characters; 128.</summary>
    public const int MaxNameLength = 128;

    private readonly FrozenDictionary<string, ITool> _tools;

    /// <exception cref="Problem">A name is malformed or taken twice; names every such tool.</exception>
    public ToolCatalog(IEnumerable<ITool> tools)
    {
        All = [.. tools.OrderBy(t => t.Description.Name, StringComparer.Ordinal)];
        var names = All.Select(t => t.Description.Name).ToArray();
        var malformed = names.Where(n => !IsName(n)).Select(Malformed);
        var doubled = names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => Doubled(g.Key));
        var errors = malformed.Concat(doubled).ToArray();
        if (errors.Length > 0)
        {
            throw Problem.Invalid(errors);
        }

        _tools = All.ToFrozenDictionary(t => t.Description.Name);
    }

    /// <summary>All tools in the order of their names, the same in every process.</summary>
    public IReadOnlyList<ITool> All { get; }

    /// <summary>The tool of this exact name, or null.</summary>
    public ITool? Find(string name) => _tools.GetValueOrDefault(name);

    private static FieldError Malformed(string name) =>
        new("", $"The tool name '{name}' is not provider.tool in lower-case letters, digits, '-' and '_'.");

    private static FieldError Doubled(string name) => new("", $"Two tools have the name '{name}'; rename one.");

    private static bool IsName(string name) =>
        name.Length <= MaxNameLength && name.Split('.') is [var provider, var tool] && IsPart(provider) && IsPart(tool);

    private static bool IsPart(string part) =>
        part.Length > 0
        && char.IsAsciiLetterLower(part[0])
        && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}
