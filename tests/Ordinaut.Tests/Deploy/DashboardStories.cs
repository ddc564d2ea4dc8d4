using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Deploy;

/// <summary>Every panel of the dashboards shows something, on servers where something goes on.</summary>
public sealed class DashboardStories
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "grafana", "dashboards");

    [Fact]
    public async Task No_panel_is_without_data()
    {
        await using var site = await ObservedSite.Start();
        var missing = Panels().ToHashSet();

        await site.Watch(async prometheus =>
        {
            foreach (var panel in missing.ToList())
            {
                if (await prometheus.Series(panel.Expression) > 0)
                {
                    missing.Remove(panel);
                }
            }

            return missing.Count == 0;
        });

        Assert.True(missing.Count == 0, $"{string.Join('\n', missing)}\n{await site.Failures()}");
        // The mutant: a figure that nobody tells.
        Assert.Equal(0, await site.Prometheus!.Series("sum(rate(ordinaut_runs_started_total[10s]))"));
    }

    [Fact]
    public async Task The_figures_have_names_that_Prometheus_has_no_objection_to()
    {
        await using var site = await ObservedSite.Start();
        var promtool = Debian.Program("promtool", "prometheus");
        foreach (var figures in await site.Figures())
        {
            var file = Path.GetTempFileName();
            await File.WriteAllTextAsync(file, figures);

            var ended = Debian.Run("/bin/sh", "-c", $"exec {promtool} check metrics <{file}");

            File.Delete(file);
            Assert.True(ended is { Code: 0, Text: "" }, ended.Text);
        }
    }

    private static IEnumerable<Panel> Panels() =>
        from file in Directory.GetFiles(Folder, "*.json")
        from panel in Json.Parse(File.ReadAllText(file)).GetProperty("panels").EnumerateArray()
        from target in panel.GetProperty("targets").EnumerateArray()
        select new Panel(
            Path.GetFileNameWithoutExtension(file),
            panel.GetProperty("title").GetString()!,
            target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "30s", StringComparison.Ordinal)
        );

    private sealed record Panel(string Dashboard, string Title, string Expression);
}
