using System.Text.RegularExpressions;

namespace Ordinaut.Tests.Tidy;

/// <summary>Nothing in the repository knows the machine it was written on (docs/decisions/0008).</summary>
public sealed partial class PortabilityTests
{
    // Written apart, so that this list is not what it looks for.
    private static readonly string[] PackageHosts =
    [
        "nuget" + ".org",
        "npmjs" + ".org",
        "npmjs" + ".com/package",
        "pypi" + ".org",
        "crates" + ".io",
        "debian" + ".org",
        "pkgs.dev.azure" + ".com",
    ];

    [Fact]
    public void No_file_names_a_path_of_one_machine() => Finding.None(Repository.Texts.SelectMany(MachinePaths));

    [Fact]
    public void No_file_names_a_package_feed() => Finding.None(Repository.Texts.SelectMany(PackageFeeds));

    [Fact]
    public void The_feed_is_the_machines_choice() =>
        Assert.DoesNotContain(
            Repository.Texts,
            file => Path.GetFileName(file.Path).Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
        );

    [Theory]
    [InlineData("/home", "/anna/x", 1)]
    [InlineData("/root", "/x", 1)]
    [InlineData("file:///work", "/x", 1)]
    [InlineData("C:", @"\Users", 1)]
    [InlineData("https://example.org/home", "/x", 0)]
    [InlineData("/work", "ers", 0)]
    [InlineData("src/work", "/x", 0)]
    public void A_machine_path_is_found(string first, string second, int findings) =>
        Assert.Equal(findings, MachinePaths(new TextFile("bad.txt", $"see {first}{second}")).Count());

    [Fact]
    public void A_package_feed_is_found() =>
        Assert.All(
            PackageHosts,
            host => Assert.Single(PackageFeeds(new TextFile("bad.txt", $"https://api.{host}/v3")))
        );

    private static IEnumerable<Finding> MachinePaths(TextFile file) =>
        FindLines(file, MachinePath().IsMatch, "an absolute path of one machine");

    private static IEnumerable<Finding> PackageFeeds(TextFile file) =>
        FindLines(
            file,
            line => PackageHosts.Any(line.Contains),
            "a package feed; which one to ask is the machine's choice"
        );

    private static IEnumerable<Finding> FindLines(TextFile file, Func<string, bool> isBad, string message) =>
        file
            .Lines.Index()
            .Where(line => isBad(line.Item))
            .Select(line => new Finding(file.Path, line.Index + 1, message));

    [GeneratedRegex(@"((?<![\w./}-])|(?<=file://))/(home|root|work)/\w|\b[A-Z]:\\[A-Z]")]
    private static partial Regex MachinePath();
}
