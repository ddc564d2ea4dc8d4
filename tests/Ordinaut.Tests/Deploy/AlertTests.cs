using System.Text.RegularExpressions;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>Rules and routes of alerts, by the programs that will read them.</summary>
public sealed partial class AlertTests
{
    private const string Rules = "ordinaut.rules.yml";
    private const string RulesTest = "ordinaut.rules.test.yml";

    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "prometheus");
    private static readonly string Promtool = Debian.Program("promtool", "prometheus");
    private static readonly string Amtool = Debian.Program("amtool", "prometheus-alertmanager");
    private static readonly string Routes = Path.Combine(Repository.Root, "deploy", "alertmanager", "alertmanager.yml");

    private static string RulesText => File.ReadAllText(Path.Combine(Folder, Rules));

    private static IReadOnlyList<string> Alerts =>
        [.. Alert().Matches(RulesText).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_alert_fires_and_stops()
    {
        var ended = Debian.Run(Promtool, "test", "rules", Path.Combine(Folder, RulesTest));

        Assert.True(ended.Code == 0, ended.Text);
    }

    /// <summary>The mutants of the test above: an alert that never fires, and one that never stops.</summary>
    [Theory]
    [InlineData("ordinaut_schedule_oldest_age_seconds) > 30", "ordinaut_schedule_oldest_age_seconds) > 3000")]
    [InlineData("ordinaut_backup_age_seconds) > 60", "ordinaut_backup_age_seconds) > 0")]
    [InlineData("14.4 * 0.001", "144 * 0.001")]
    [InlineData("severity: P0", "severity: P1")]
    public void An_alert_with_a_defect_is_found_out(string right, string wrong)
    {
        Assert.Contains(right, RulesText, StringComparison.Ordinal);
        using var copy = new Copy(RulesTest);
        File.WriteAllText(copy.Of(Rules), RulesText.Replace(right, wrong, StringComparison.Ordinal));

        var ended = Debian.Run(Promtool, "test", "rules", copy.Of(RulesTest));

        Assert.NotEqual(0, ended.Code);
    }

    [Fact]
    public void Every_alert_has_a_test_that_sees_it_fire_and_stop()
    {
        var tests = File.ReadAllText(Path.Combine(Folder, RulesTest));

        foreach (var alert in Alerts)
        {
            Assert.Contains($"alertname=\"{alert}\",alertstate=\"firing\",severity=", tests, StringComparison.Ordinal);
            // The one that always fires never stops.
            Assert.Equal(alert != "OrdinautWatchdog", tests.Contains($"alertname=\"{alert}\",alertstate=\"firing\"}}"));
        }
    }

    [Fact]
    public void Every_alert_leads_to_its_section()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations/INCIDENT_RESPONSE.md"));

        Assert.Equal(
            Alerts.Select(alert => $"docs/operations/INCIDENT_RESPONSE.md#{alert.ToLowerInvariant()}"),
            Runbook().Matches(RulesText).Select(match => match.Groups[1].Value)
        );
        Assert.Equal(Alerts.Order(), Section().Matches(document).Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public void The_configuration_of_Prometheus_is_one()
    {
        using var copy = new Copy(Rules, "prometheus.yml");
        File.WriteAllText(copy.Of("ordinaut.secret"), "ord_");

        var ended = Debian.Run(Promtool, "check", "config", copy.Of("prometheus.yml"));

        Assert.True(ended.Code == 0, ended.Text);
    }

    /// <summary>The same where nodes are containers.</summary>
    [Fact]
    public void The_configuration_of_Prometheus_beside_containers_is_one()
    {
        using var copy = new Copy(Rules);
        var text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "compose", "prometheus.yml"));
        var secret = copy.Of("ordinaut.secret");
        File.WriteAllText(secret, "ord_");
        File.WriteAllText(copy.Of("prometheus.yml"), text.Replace("/run/secrets/ordinaut.secret", secret));

        var ended = Debian.Run(Promtool, "check", "config", copy.Of("prometheus.yml"));

        Assert.True(ended.Code == 0, ended.Text);
    }

    [Theory]
    [InlineData("page", "severity=P0")]
    [InlineData("page", "severity=P1")]
    [InlineData("ticket", "severity=P2")]
    [InlineData("ticket", "severity=P3")]
    [InlineData("dead-man", "alertname=OrdinautWatchdog", "severity=none")]
    public void An_alert_goes_to_who_is_to_hear_it(string receiver, params string[] labels)
    {
        var right = Debian.Run(Amtool, "check-config", Routes);
        Assert.True(right.Code == 0, right.Text);

        var ended = Debian.Run(Amtool, ["config", "routes", "test", $"--config.file={Routes}", .. labels]);

        Assert.Equal(0, ended.Code);
        Assert.Contains(receiver, ended.Text.Split('\n'));
    }

    /// <summary>Some of the files in a folder of their own, gone with it.</summary>
    private sealed class Copy : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ordinaut-rules-");

        public Copy(params string[] files) =>
            Array.ForEach(files, file => File.Copy(Path.Combine(Folder, file), Of(file)));

        public string Of(string file) => Path.Combine(_folder.FullName, file);

        public void Dispose() => _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"^ *- alert: (\w+)", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex("runbook: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Runbook();

    [GeneratedRegex("^### (Ordinaut\\w+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
