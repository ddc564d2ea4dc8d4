using System.Globalization;
using System.Text.RegularExpressions;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>The unit of systemd, by systemd's own judgment.</summary>
public sealed partial class SystemdTests
{
    /// <summary>From 0, with nothing to reach, to 10.</summary>
    private const double MostExposed = 2;

    private static readonly string Unit = Path.Combine(Repository.Root, "deploy", "systemd", "ordinaut.service");
    private static readonly string Analyze = Debian.Program("systemd-analyze", "systemd");

    [Fact]
    public void It_is_a_unit()
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-unit-");
        var copy = Path.Combine(folder.FullName, "ordinaut.service");
        // The program is not installed here; what else is in the unit must be right.
        File.WriteAllText(copy, File.ReadAllText(Unit).Replace("/opt/ordinaut/ordinaut ", "/bin/true "));

        var ended = Debian.Run(Analyze, "verify", "--man=no", copy);

        folder.Delete(recursive: true);
        Assert.True(ended.Code == 0 && !ended.Text.Contains("ordinaut.service:"), ended.Text);
    }

    [Fact]
    public void It_exposes_little()
    {
        Assert.InRange(Exposure(File.ReadAllText(Unit)), 0, MostExposed);
        // The mutant: a unit that restrains nothing.
        Assert.InRange(Exposure("[Service]\nExecStart=/bin/true\n"), MostExposed + 5, 10);
    }

    private static double Exposure(string unit)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-unit-");
        var copy = Path.Combine(folder.FullName, "ordinaut.service");
        File.WriteAllText(copy, unit);

        var ended = Debian.Run(Analyze, "security", "--offline=true", copy);

        folder.Delete(recursive: true);
        return double.Parse(Level().Match(ended.Text).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("exposure level for .*: ([0-9.]+)")]
    private static partial Regex Level();
}
