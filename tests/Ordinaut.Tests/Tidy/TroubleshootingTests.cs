using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Tidy;

/// <summary><c>docs/troubleshooting.md</c> is about what the program says, all of it, and nothing else.</summary>
public sealed partial class TroubleshootingTests
{
    /// <summary>What is read and opened at a start, and what the verbs for backups say.</summary>
    private static readonly string[] Starting =
    [
        "src/Ordinaut/Hosting/",
        "src/Ordinaut/Backups/",
        "src/Ordinaut/Secrets/Key",
        "src/Ordinaut/Store/Migrator.cs",
        "src/Ordinaut/Store/PostgresFaults.cs",
        "src/Ordinaut/Store/PostgresSettings.cs",
        "src/Ordinaut/Store/SqliteConnections.cs",
    ];

    private static readonly Lazy<TextFile> LazyPage = new(() =>
        Repository.Texts.Single(file => file.Path == "docs/troubleshooting.md")
    );

    private static string[] Lines => LazyPage.Value.Lines;

    private static IEnumerable<string> Quotes => Lines.Where(line => line.StartsWith("> ")).Select(line => line[2..]);

    [Fact]
    public void Every_message_of_the_page_is_one_that_the_program_says()
    {
        var said = Messages.All.ToHashSet();

        Assert.All(Quotes, quote => Assert.Contains(quote, said));
        Assert.True(Quotes.Count() > 80, "The page has lost its messages.");
    }

    [Fact]
    public void Every_refusal_to_start_is_in_the_page()
    {
        var files = Repository.Product.Where(file => Starting.Any(place => file.Path.StartsWith(place)));
        var quotes = Quotes.ToHashSet();

        Assert.All(Messages.Refusals(files), refusal => Assert.Contains(refusal, quotes));
    }

    /// <summary>In the order of their statuses.</summary>
    [Fact]
    public void Every_type_of_problem_has_its_section()
    {
        var types = Repository
            .Product.Where(file => file.Path is "src/Ordinaut/ProblemViews.cs" or "src/Ordinaut/Http/Problems.cs")
            .SelectMany(file => Shape().Matches(file.Root.ToFullString()))
            .Select(match => (Status: match.Groups[2].Value, Type: "### /problems/" + match.Groups[1].Value))
            .Distinct()
            .OrderBy(shape => shape.Status, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(types.Select(shape => shape.Type), Lines.Where(line => line.StartsWith("### /problems/")));
        Assert.All(types, shape => Assert.StartsWith(shape.Status + ". ", Lines[Array.IndexOf(Lines, shape.Type) + 2]));
        Assert.True(types.Count > Enum.GetValues<ProblemKind>().Length, "Some problems have no kind of their own.");
    }

    [Fact]
    public void Every_code_of_a_failure_has_its_row()
    {
        var rows = Lines.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups[1].Value);

        Assert.Equal(Messages.Codes().Distinct().Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    /// <summary>What the search must see: branches, sums, holes, and a code by its constant.</summary>
    [Fact]
    public void What_is_said_in_parts_is_put_together()
    {
        var file = SourceFile.Parse(
            "src/Ordinaut/Hosting/U.cs",
            """
            class U { IEnumerable<string> F(int n) { yield return n > 1 ? $"{n} are " + "too many." : "None is" + n; } }
            """
        );

        Assert.Equal(["… are too many.", "None is…"], Messages.Refusals([file]));
    }

    [GeneratedRegex("new(?: ProblemShape)?\\(\"([a-z-]+)\", \"[^\"]+\", (\\d{3})\\)")]
    private static partial Regex Shape();

    [GeneratedRegex("^\\| `([a-z_…]+)` \\|")]
    private static partial Regex Row();
}
