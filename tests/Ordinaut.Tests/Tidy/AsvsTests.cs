using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Tidy;

/// <summary>docs/asvs.md speaks of every requirement of levels 1 and 2 once, and of tests that exist.</summary>
public sealed partial class AsvsTests
{
    /// <summary>
    /// How many requirements of these levels each section of ASVS 5.0.0 has; they are numbered from 1, and those of
    /// level 3 come last.
    /// </summary>
    private static readonly string Sections = """
        1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
        5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2
        8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4
        11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1
        16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
        """;

    /// <summary>Those of level 3 that are spoken of as well.</summary>
    private static readonly string[] Third = ["1.3.12", "8.3.2", "10.3.5", "13.1.2", "13.1.3", "16.5.4"];

    private static readonly string Text = Repository.Texts.Single(file => file.Path == "docs/asvs.md").Text;

    [Fact]
    public void Every_requirement_of_levels_1_and_2_is_spoken_of_once()
    {
        var wanted = Sections
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(section => section.Split(':'))
            .SelectMany(parts => Enumerable.Range(1, int.Parse(parts[1])).Select(n => $"{parts[0]}.{n}"))
            .ToList();
        Assert.Equal(70 + 183, wanted.Count);

        var spoken = Rows(Text).SelectMany(row => Ids(row[0])).ToList();

        Assert.Equal(wanted.Concat(Third).Order(), spoken.Order());
        Assert.All(Third, id => Assert.Contains($"\n| {id} (L3) |", Text));
    }

    [Fact]
    public void What_is_held_names_tests_that_exist_and_what_is_not_gives_a_reason() => Assert.Empty(Faults(Text));

    [Theory]
    [InlineData("## Held\n\n| 1.1.1 | asks | here | `AsvsTests` |\n", 0)]
    [InlineData("## Held\n\n| 1.1.1 | asks | here | `NowhereTests` |\n", 1)]
    [InlineData("## Held\n\n| 1.1.1 | asks | here | trust us |\n", 1)]
    [InlineData("## Not held\n\n| 1.1.1 | asks | no time |\n", 0)]
    [InlineData("## Not held\n\n| 1.1.1 | asks |  |\n", 1)]
    public void A_row_without_its_proof_is_found(string text, int faults) => Assert.Equal(faults, Faults(text).Count);

    private static List<string> Faults(string text)
    {
        var classes = Repository
            .Sources.Where(file => !file.IsProduct)
            .Select(file => Path.GetFileNameWithoutExtension(file.Path))
            .ToHashSet();
        var faults = new List<string>();
        foreach (var section in text.Split("\n## ").Prepend(text.StartsWith("## ") ? text[3..] : ""))
        {
            foreach (var row in Rows(section))
            {
                var names = Named().Matches(row[^1]).Select(match => match.Groups["name"].Value).ToList();
                var isFine = section.StartsWith("Held")
                    ? row.Length == 4 && names.Count > 0 && names.All(classes.Contains)
                    : row[^1].Length > 0;
                if (!isFine)
                {
                    faults.Add(string.Join(" | ", row));
                }
            }
        }

        return [.. faults.Distinct()];
    }

    private static IEnumerable<string[]> Rows(string text) =>
        text.Split('\n')
            .Where(line => line.StartsWith("| ") && char.IsAsciiDigit(line[2]))
            .Select(line =>
                line.Trim('|', ' ').Length == 0 ? [] : line[1..^1].Split('|').Select(c => c.Trim()).ToArray()
            );

    private static IEnumerable<string> Ids(string cell) => Number().Matches(cell).Select(match => match.Value);

    [GeneratedRegex("`(?<name>[A-Za-z]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex Number();
}
