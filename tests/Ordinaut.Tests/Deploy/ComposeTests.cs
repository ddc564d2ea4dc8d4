using System.Text.RegularExpressions;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>The files of docker-compose, by docker-compose, and what it does not look at.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "compose");

    /// <summary>What whoever starts it must say.</summary>
    private static readonly string[] Said = ["ISSUER=https://ordinaut.example", "SECRETS=/secrets", "BACKUPS=/backups"];

    public static TheoryData<string> Files =>
        [.. new DirectoryInfo(Folder).GetFiles("*.yml").Select(file => file.Name).Where(IsCompose)];

    [Fact]
    public void Each_is_one_and_goes_together_with_those_it_is_made_for()
    {
        Assert.True(Config(["dev.yml"], []).Code == 0);
        var production = Config(["production.yml"], Said);
        Assert.True(production.Code == 0, production.Text);
        var observed = Config(["production.yml", "observability.yml"], Said);
        Assert.True(observed.Code == 0, observed.Text);
    }

    /// <summary>The mutants: what must be said is not, and a word that docker-compose does not know.</summary>
    [Fact]
    public void What_is_missing_or_unknown_is_refused()
    {
        foreach (var missing in Said)
        {
            var ended = Config(["production.yml"], [.. Said.Where(each => each != missing)]);

            Assert.NotEqual(0, ended.Code);
            Assert.Contains("Missing mandatory value", ended.Text, StringComparison.Ordinal);
        }

        var copy = Path.GetTempFileName();
        File.WriteAllText(copy, Text("dev.yml").Replace("read_only:", "readonly:", StringComparison.Ordinal));
        var unknown = Config([copy], []);
        File.Delete(copy);
        Assert.NotEqual(0, unknown.Code);
        Assert.Contains("readonly", unknown.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_file_names_is_there(string file)
    {
        var text = Text(file);

        Assert.Empty(DeploySettings.Unknown(text));
        Assert.All(
            Mounted().Matches(text),
            mount => Assert.True(Path.Exists(Path.Combine(Folder, mount.Groups[1].Value)), mount.Value)
        );
        Assert.All(Image().Matches(text), image => Assert.Matches(@"^[a-z/-]+:v?\d+\.\d+", image.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_file_holds_a_password(string file) => Assert.DoesNotMatch(Password(), Text(file));

    [Fact]
    public void The_mutants_of_these_checks_are_found_out()
    {
        Assert.Equal(["ORDINAUT_ROLLE"], DeploySettings.Unknown("ORDINAUT_ROLLE: api\nORDINAUT_ROLE: api"));
        Assert.False(Path.Exists(Path.Combine(Folder, Mounted().Match("- ../no/such:/x").Groups[1].Value)));
        Assert.DoesNotMatch(@"^[a-z/-]+:v?\d+\.\d+", Image().Match("    image: redis:latest").Groups[1].Value);
        Assert.Matches(Password(), "      POSTGRES_PASSWORD: hunter2");
    }

    /// <summary>What <c>docker-compose config</c> says of some files, where only these variables are set.</summary>
    private static Debian.Ended Config(string[] files, string[] variables)
    {
        var compose = Debian.Program("docker-compose", "docker-compose");
        var named = files.SelectMany(file => (string[])["-f", Path.Combine(Folder, file)]);
        return Debian.Run("env", ["-i", "PATH=/usr/bin:/bin", .. variables, compose, .. named, "config", "-q"]);
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static bool IsCompose(string file) => file != "prometheus.yml";

    [GeneratedRegex(@"^ *- (\.\.?/[^:]+):", RegexOptions.Multiline)]
    private static partial Regex Mounted();

    [GeneratedRegex("^ *image: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex(@"(?i:password)(?!_*FILE)\w*: *\S")]
    private static partial Regex Password();
}
