using System.Diagnostics;
using System.Text.Json;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Packages;

/// <summary>
/// Known weaknesses of packages: none is in what we use, by the list that the repository holds and by what a package
/// source says, whose silence counts only where it names the canary.
/// </summary>
public sealed class AdvisoryTests
{
    private const string Canary = "GHSA-5crp-9r3c-p9vr";

    [Fact]
    public void No_package_of_any_project_has_a_listed_weakness()
    {
        var packages = ShippedPackage.Everything();
        var advisories = Advisory.All();

        Assert.True(packages.Count > 50, "the lock files were not read");
        Assert.Empty(
            from package in packages
            from advisory in advisories
            where advisory.Names(package.Name, package.Version)
            select $"{package.Name} {package.Version}: {advisory.Id}"
        );
    }

    [Fact]
    public void The_canary_is_found() =>
        Assert.Equal(
            [Canary],
            Advisory
                .All()
                .Where(advisory => advisory.Names("newtonsoft.json", "12.0.1"))
                .Select(advisory => advisory.Id)
        );

    /// <summary>A list about packages that we do not use would find nothing for ever.</summary>
    [Fact]
    public void Every_listed_weakness_but_the_canarys_is_of_a_package_that_we_use_and_says_where_it_is_told()
    {
        var names = ShippedPackage.Everything().Select(package => package.Name).ToHashSet();
        var listed = Advisory.All();

        Assert.True(listed.Count >= 7);
        Assert.All(
            listed.Where(advisory => advisory.Id != Canary),
            advisory => Assert.Contains(advisory.Ranges, range => names.Contains(range.Package))
        );
        foreach (var file in Repository.Texts.Where(f => f.Path.Contains("/advisories/", StringComparison.Ordinal)))
        {
            using var osv = JsonDocument.Parse(file.Text);
            Assert.StartsWith(
                "https://",
                osv.RootElement.GetProperty("references")[0].GetProperty("url").GetString()!,
                StringComparison.Ordinal
            );
            Assert.Equal(osv.RootElement.GetProperty("id").GetString(), Path.GetFileNameWithoutExtension(file.Path));
        }
    }

    [Theory]
    [InlineData("Npgsql", "8.0.2", true)]
    [InlineData("Npgsql", "8.0.3", false)]
    [InlineData("npgsql", "4.0.14", false)]
    [InlineData("Npgsql", "4.0.13.1", true)]
    [InlineData("Npgsql", "10.0.3", false)]
    [InlineData("Npgsql.Extra", "8.0.2", false)]
    [InlineData("Microsoft.IdentityModel.JsonWebTokens", "7.0.0-preview", true)]
    [InlineData("Microsoft.IdentityModel.JsonWebTokens", "7.1.1", true)]
    [InlineData("Microsoft.IdentityModel.JsonWebTokens", "6.4.0", false)]
    [InlineData("OpenTelemetry.Api", "0.5.0-beta.1", false)]
    [InlineData("OpenTelemetry.Api", "1.15.3-rc.1", true)]
    public void A_range_holds_its_first_version_and_not_the_mended_one(string package, string version, bool isNamed) =>
        Assert.Equal(isNamed, Advisory.All().Any(advisory => advisory.Names(package, version)));

    [Theory]
    [InlineData("1.0.0", "1.0", 0)]
    [InlineData("1.10.0", "1.9.0", 1)]
    [InlineData("1.0.0-rc.1", "1.0.0", -1)]
    [InlineData("1.0.0-rc.10", "1.0.0-rc.9", 1)]
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1", -1)]
    [InlineData("1.0.0-1", "1.0.0-alpha", -1)]
    [InlineData("1.0.0.1", "1.0.0", 1)]
    [InlineData("1.0.0+build", "1.0.0", 0)]
    public void Versions_come_in_their_order(string one, string other, int sign) =>
        Assert.Equal(sign, Math.Sign(Advisory.Compare(one, other)));

    /// <summary>The phase of <c>./check</c>, with a package source that says this.</summary>
    [Theory]
    [InlineData("{}", "{}", 3)]
    [InlineData("{}", "\"vulnerabilities\": []", 3)]
    [InlineData("\"advisoryurl\": \"x/GHSA-5crp-9r3c-p9vr\"", "{}", 0)]
    [InlineData("\"advisoryurl\": \"x/GHSA-5crp-9r3c-p9vr\"", "\"vulnerabilities\": [", 1)]
    [InlineData("\"advisoryurl\": \"x/GHSA-5crp-9r3c-p9vr\"", "", 3)]
    public async Task Silence_is_not_taken_for_a_clean_answer(string ofCanary, string ofOurs, int expected)
    {
        var check = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "check"));
        var start = check.IndexOf("\naudit() {", StringComparison.Ordinal);
        var audit = check[start..(check.IndexOf("\n}\n", start, StringComparison.Ordinal) + 3)];
        var folder = Directory.CreateTempSubdirectory("ordinaut-test-").FullName;
        var script = $$"""
            out={{folder}}
            dotnet() { case "$*" in restore*) ;; *canary*) echo '{{ofCanary}}' ;; *) printf %s '{{ofOurs}}' ;; esac; }
            {{audit}}
            audit
            """;

        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        Assert.Equal(expected, bash.ExitCode);
        Directory.Delete(folder, recursive: true);
    }
}
