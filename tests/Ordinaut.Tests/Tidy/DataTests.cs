using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Tidy;

/// <summary><c>docs/data.md</c> classes every table and names every use of cryptography.</summary>
public sealed partial class DataTests
{
    private static readonly string Page = Repository.Texts.Single(file => file.Path == "docs/data.md").Text;

    [Fact]
    public void Every_table_is_of_one_class()
    {
        var schema = Repository.Texts.Single(file => file.Path.EndsWith("Migrations/Sqlite/0001_foundation.sql")).Text;
        var tables = Table().Matches(schema).Select(match => match.Groups["name"].Value).ToList();

        Assert.Equal(tables.Order(), Named("## Classes of data", column: 1).Order());
        Assert.True(tables.Count > 40, "The schema has lost its tables.");
    }

    [Fact]
    public void Every_class_that_uses_cryptography_is_in_the_inventory()
    {
        var users = Repository
            .Product.Where(file => Import().IsMatch(file.Root.ToFullString()))
            .Select(file => Path.GetFileNameWithoutExtension(file.Path))
            .ToList();

        Assert.Equal(users.Order(), Named("## Cryptography", column: 2).Order());
        Assert.True(users.Count > 25, "The imports are not found any more.");
    }

    [Theory]
    [InlineData("using System.Security.Cryptography;\n", true)]
    [InlineData("using NSec.Cryptography;\n", true)]
    [InlineData("using Microsoft.IdentityModel.Tokens;\n", true)]
    [InlineData("using System.Net.Security;\n", true)]
    [InlineData("using System.Text;\n", false)]
    public void An_import_is_found(string source, bool isUse) => Assert.Equal(isUse, Import().IsMatch(source));

    /// <summary>What one column of a section's table has in backticks.</summary>
    private static IEnumerable<string> Named(string heading, int column) =>
        Page.Split("\n## ")
            .Single(section => ("## " + section).StartsWith(heading + "\n"))
            .Split('\n')
            .Where(line => line.StartsWith("| "))
            .SelectMany(line => Quoted().Matches(line.Split('|')[column + 1]))
            .Select(match => match.Groups["name"].Value);

    [GeneratedRegex("^create table (?<name>[a-z_]+)", RegexOptions.Multiline)]
    private static partial Regex Table();

    [GeneratedRegex(
        @"^using (NSec|Microsoft\.IdentityModel|System\.(Security\.(Cryptography|Authentication)|Net\.Security))\b",
        RegexOptions.Multiline
    )]
    private static partial Regex Import();

    [GeneratedRegex("`(?<name>[A-Za-z0-9_]+)`")]
    private static partial Regex Quoted();
}
