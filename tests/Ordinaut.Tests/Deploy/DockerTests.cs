using System.Text.RegularExpressions;
using Ordinaut.Hosting;
using Ordinaut.Tests.JavaScript;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>The Dockerfile, as far as it can be judged without an engine; and the scripts beside it.</summary>
public sealed partial class DockerTests
{
    private static readonly string Dockerfile = Path.Combine(Repository.Root, "deploy", "docker", "Dockerfile");

    public static TheoryData<string> Scripts =>
        ["check", "ordinaut", ".ci/run", "deploy/oci/build", "deploy/compose/replication.sh"];

    [Fact]
    public async Task It_has_no_fault_that_a_linter_knows()
    {
        Assert.Contains("Issues: None found", await Lint(Dockerfile), StringComparison.Ordinal);

        // The mutants: the newest image of that day, and a word that is none.
        var copy = Path.GetTempFileName();
        var text = await File.ReadAllTextAsync(Dockerfile);
        await File.WriteAllTextAsync(copy, text.Replace(":10.0.12-noble-chiseled", ":latest"));
        Assert.Contains("Base Image Latest", await Lint(copy), StringComparison.Ordinal);
        await File.WriteAllTextAsync(copy, text.Replace("WORKDIR", "WOKDIR"));
        Assert.Contains("Invalid Command", await Lint(copy), StringComparison.Ordinal);
        File.Delete(copy);
    }

    [Fact]
    public async Task Each_image_it_makes_is_nobodys_and_tells_how_it_is()
    {
        var stages = Regex.Split(await File.ReadAllTextAsync(Dockerfile), "^FROM ", RegexOptions.Multiline)[2..];

        Assert.Equal(2, stages.Length);
        Assert.All(
            stages,
            stage =>
            {
                Assert.Contains("\nUSER 1654:1654\n", stage, StringComparison.Ordinal);
                Assert.Contains("CMD [\"/opt/ordinaut/ordinaut\", \"health\"]", stage, StringComparison.Ordinal);
                Assert.Contains("\nVOLUME [\"/var/lib/ordinaut\"]\n", stage, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task It_builds_with_the_SDK_of_the_repository_and_knows_our_settings()
    {
        var text = await File.ReadAllTextAsync(Dockerfile);
        var sdk = Json.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "global.json")));

        var version = sdk.GetProperty("sdk").GetProperty("version").GetString();
        Assert.Contains($"dotnet/sdk:{version}-noble AS build", text, StringComparison.Ordinal);
        Assert.All(Image().Matches(text), image => Assert.Matches("^[a-z./]+:[0-9.]+-", image.Groups[1].Value));
        Assert.Empty(DeploySettings.Unknown(text));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_has_no_fault_that_shellcheck_knows(string script)
    {
        var ended = Debian.Run(Debian.Program("shellcheck", "shellcheck"), Path.Combine(Repository.Root, script));

        Assert.True(ended.Code == 0, ended.Text);
    }

    [Fact]
    public void All_scripts_are_looked_at()
    {
        var scripts = Repository
            .Texts.Where(file => file.Text.StartsWith("#!/", StringComparison.Ordinal))
            .Select(file => file.Path);

        Assert.Equal(
            scripts.Order(StringComparer.Ordinal),
            Scripts.Select(row => row.Data).Order(StringComparer.Ordinal)
        );
    }

    private static async Task<string> Lint(string file) =>
        (await NodePackages.Run("dockerfilelint/bin/dockerfilelint", [file])).Output;

    [GeneratedRegex("^FROM ([^ \n]+)", RegexOptions.Multiline)]
    private static partial Regex Image();
}

/// <summary>Settings that files of a deployment name.</summary>
internal static partial class DeploySettings
{
    /// <summary>The variables in a text that no setting has.</summary>
    public static IEnumerable<string> Unknown(string text) =>
        Variable()
            .Matches(text)
            .Select(match => match.Value)
            .Where(name => Settings.All.All(setting => setting.Variable != name))
            .Distinct();

    [GeneratedRegex("ORDINAUT_[A-Z_]+")]
    private static partial Regex Variable();
}
