using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ordinaut.Hosting;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Hosting;

/// <summary>
/// The table of <c>docs/configuration.md</c> as the program has it: names, ranges, units from <see cref="Settings"/>,
/// meanings from the doc comments of <see cref="OrdinautOptions"/>.
/// </summary>
internal static partial class ConfigurationPage
{
    public const string Path = "docs/configuration.md";

    private const string Begin =
        "<!-- What follows is written by a test, from the doc comments of OrdinautOptions. -->";
    private const string End = "<!-- What precedes is written by a test. -->";

    private static readonly OrdinautOptions Defaults = new();

    /// <summary>The page with its table as it must be.</summary>
    public static string Written(string page)
    {
        var from = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = page.IndexOf(End, StringComparison.Ordinal);
        return page[..from] + "\n\n" + Table() + "\n" + page[to..];
    }

    private static string Table()
    {
        var meanings = Meanings();
        var rows = Settings.All.Select(setting =>
        {
            var shown = setting.Show(Defaults);
            var start = shown.Length == 0 ? "" : $"`{shown}`";
            var meaning = meanings[PropertyOf(setting.Name)];
            return $"| `{setting.Name}` | `{setting.Variable}` | {start} | {setting.Wanted} | {meaning} |\n";
        });
        return "| setting | variable | default | must be | for |\n|---|---|---|---|---|\n" + string.Concat(rows);
    }

    private static string PropertyOf(string setting) =>
        string.Concat(setting.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static Dictionary<string, string> Meanings() =>
        Repository
            .Product.Single(file => file.Path.EndsWith("Hosting/OrdinautOptions.cs", StringComparison.Ordinal))
            .Root.DescendantNodes()
            .OfType<PropertyDeclarationSyntax>()
            .ToDictionary(property => property.Identifier.Text, Meaning);

    /// <summary>What a doc comment says, as a cell of a table; less its full stop.</summary>
    private static string Meaning(PropertyDeclarationSyntax property)
    {
        var comment = property.GetLeadingTrivia().ToString();
        var text = Summary().Match(Slashes().Replace(comment, " ")).Groups[1].Value.Trim();
        text = Code().Replace(text, "`$1`");
        text = Link().Replace(text, "[$2]($1)");
        var said = Blanks().Replace(text, " ").TrimEnd('.');
        return said.Length == 0 ? said : char.ToLowerInvariant(said[0]) + said[1..];
    }

    [GeneratedRegex("\r?\n *///|^ *///|///")]
    private static partial Regex Slashes();

    [GeneratedRegex("<summary>(.*?)</summary>", RegexOptions.Singleline)]
    private static partial Regex Summary();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex("<see href=\"(.*?)\">(.*?)</see>")]
    private static partial Regex Link();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
