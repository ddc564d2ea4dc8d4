using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Tidy;

/// <summary>The documents speak of files that exist, and the walks stay short.</summary>
public sealed partial class DocumentTests
{
    private const int FilesInWalk = 10;

    /// <summary>The documents whose backticked paths must exist; decisions may name what was rejected.</summary>
    private static readonly string[] Guides = ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"];

    [Fact]
    public void A_link_leads_to_a_file() => Finding.None(Documents.SelectMany(BrokenLinks));

    [Fact]
    public void A_path_in_backticks_exists() =>
        Finding.None(Documents.Where(document => Guides.Contains(document.Path)).SelectMany(MissingPaths));

    [Fact]
    public void A_walk_passes_through_at_most_10_files() => Finding.None(Documents.SelectMany(LongWalks));

    [Fact]
    public void The_architecture_names_every_folder() =>
        Assert.DoesNotContain(Folders, folder => !Architecture.Text.Contains($"`{folder}/`"));

    [Fact]
    public void Every_decision_has_a_number_of_its_own_and_tells_its_consequences()
    {
        var decisions = Documents.Where(document => document.Path.StartsWith("docs/decisions/")).ToList();
        Assert.NotEmpty(decisions);
        Assert.Equal(decisions.Count, decisions.DistinctBy(document => Path.GetFileName(document.Path)[..4]).Count());
        Assert.All(decisions, document => Assert.Contains("\n## Consequences\n", document.Text));
    }

    [Theory]
    [InlineData("see [it](LICENSE) and [web](https://example.org/x)", 0)]
    [InlineData("see [it](CONTRIBUTING.md#budgets) and [below](#here)", 0)]
    [InlineData("see [it](docs/nowhere.md)", 1)]
    [InlineData("![picture](nowhere.png)", 1)]
    [InlineData("```\n[it](nowhere.md)\n```", 0)]
    public void A_broken_link_is_found(string text, int findings) =>
        Assert.Equal(findings, BrokenLinks(new TextFile("Bad.md", text)).Count());

    [Theory]
    [InlineData("`Tools/ITool.cs` `ITool.cs` `src/Ordinaut/` `Tools/` `tests/Ordinaut.Tests/Tidy`", 0)]
    [InlineData("`/tasks/{id}` `application/json` `.data/` `./check` `Tools/*.cs`", 0)]
    [InlineData("`Tasks/Nowhere.cs`", 1)]
    [InlineData("`Nowhere.cs`", 1)]
    [InlineData("`src/Nowhere`", 1)]
    [InlineData("`Nowhere/`", 1)]
    public void A_missing_path_is_found(string text, int findings) =>
        Assert.Equal(findings, MissingPaths(new TextFile("Bad.md", text)).Count());

    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    [InlineData(0, 1)]
    public void A_longer_walk_is_found(int files, int findings)
    {
        var steps = string.Concat(Enumerable.Range(1, files).Select(n => $"{n}. `A{n}.cs` does, then `A1.cs`.\n"));
        var text = $"### Walk (a)\n\n{steps}\n### Other\n\n1. `B1.cs`\n";
        Assert.Equal(findings, LongWalks(new TextFile("Bad.md", text)).Count());
    }

    private static IEnumerable<TextFile> Documents => Repository.Texts.Where(file => file.Path.EndsWith(".md"));

    private static TextFile Architecture => Documents.Single(document => document.Path == "ARCHITECTURE.md");

    private static IEnumerable<string> Folders =>
        Repository
            .Product.Select(file => file.Path.Split('/'))
            .Where(parts => parts.Length > 3 && parts[1] == "Ordinaut")
            .Select(parts => parts[2])
            .Distinct();

    private static IEnumerable<Finding> BrokenLinks(TextFile document) =>
        from line in Prose(document)
        from Match link in Link().Matches(line.Text)
        let target = Path.Combine(Path.GetDirectoryName(document.Path)!, link.Groups["target"].Value)
        where !Repository.Exists(target)
        select new Finding(document.Path, line.Number, $"the link leads to '{target}', which does not exist");

    private static IEnumerable<Finding> MissingPaths(TextFile document) =>
        from line in Prose(document)
        from path in PathsIn(line.Text)
        where !IsFile(path)
        select new Finding(document.Path, line.Number, $"'{path}' does not exist");

    private static IEnumerable<Finding> LongWalks(TextFile document)
    {
        var sections = Section().Split(document.Text).Where(section => section.StartsWith("### Walk"));
        return from section in sections
            let files = PathsIn(section).Where(path => Path.HasExtension(path)).Distinct().Count()
            where files is 0 or > FilesInWalk
            let line = document.Text[..document.Text.IndexOf(section, StringComparison.Ordinal)].Count(c => c == '\n')
            select new Finding(
                document.Path,
                line + 1,
                $"the walk names {files} files; 1 to {FilesInWalk} are allowed"
            );
    }

    /// <summary>The lines outside fenced blocks.</summary>
    private static IEnumerable<(int Number, string Text)> Prose(TextFile document)
    {
        var fenced = false;
        foreach (var (index, line) in document.Lines.Index())
        {
            var isFence = line.TrimStart().StartsWith("```");
            fenced ^= isFence;
            if (!fenced && !isFence)
            {
                yield return (index + 1, line);
            }
        }
    }

    private static IEnumerable<string> PathsIn(string text) =>
        Backticked().Matches(text).Select(match => match.Groups["path"].Value);

    /// <summary>A path starts at the root, at the program or at its tests; a bare file name may be anywhere.</summary>
    private static bool IsFile(string path) =>
        Repository.Exists(path)
        || Repository.Exists($"src/Ordinaut/{path}")
        || Repository.Exists($"tests/Ordinaut.Tests/{path}")
        || (!path.Contains('/') && Repository.Texts.Any(file => file.Path.EndsWith("/" + path)));

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)(?<target>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    // A path ends like a file of ours, or lies under a folder of ours, or is a folder with a capital.
    [GeneratedRegex(
        @"`(?<path>[A-Za-z][\w./-]*\.(cs|md|sql|props|slnx|csproj)|(src|tests|docs|samples)/[\w./-]*|[A-Z][\w/]*/)`"
    )]
    private static partial Regex Backticked();

    [GeneratedRegex("^(?=#{1,3} )", RegexOptions.Multiline)]
    private static partial Regex Section();
}
