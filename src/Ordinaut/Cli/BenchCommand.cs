using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ordinaut.Bench;
using Ordinaut.Hosting;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut bench</c>: what this machine carries, measured on a server of its own in a temporary folder.
/// </summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Smaller counts, under a minute" };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table" };
        var only = new Option<string[]>("--only")
        {
            Description = "Measure these parts alone",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong([.. BenchRun.Parts]);
        var command = new Command("bench", "Measure this configuration") { quick, json, only };
        command.SetAction(
            (parsed, _) => Run(parsed.GetValue(quick), parsed.GetValue(json), parsed.GetValue(only) ?? [])
        );
        return command;
    }

    private static async Task<int> Run(bool quick, bool json, string[] only)
    {
        var folder = Directory.CreateTempSubdirectory("ordinaut-bench-");
        try
        {
            // The configured database, so that it is measured where it runs; all else is the bench's own.
            var configured = OptionsCheck.Load(new Dictionary<string, string>()).Options;
            var options = new OrdinautOptions
            {
                Data = folder.FullName,
                Urls = "http://127.0.0.1:0",
                PostgresUrl = configured.PostgresUrl,
            };
            var size = quick ? BenchSize.Quick : BenchSize.Full;
            var wish = new BenchWish(only, part => Output.Progress($"bench: {part}"));
            var measures = BenchRun.Run(options, size, wish);
            await (json ? PrintJson(measures) : PrintTable(measures));
            return Output.Success;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PrintJson(IAsyncEnumerable<Measure> measures)
    {
        var rows = new JsonArray();
        await foreach (var measure in measures)
        {
            rows.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["name"] = measure.Name,
                        ["value"] = Math.Round(measure.Value, 3),
                        ["unit"] = measure.Unit,
                        ["goal"] = measure.Goal,
                        ["ratio_to_goal"] = measure.Ratio is { } ratio ? Math.Round(ratio, 3) : null,
                    }
            );
        }

        var all = new JsonObject { ["processors"] = Environment.ProcessorCount, ["measures"] = rows };
        Output.Line(all.ToJsonString());
    }

    /// <summary>Each figure as it is found.</summary>
    private static async Task PrintTable(IAsyncEnumerable<Measure> measures)
    {
        Output.Line($"{Environment.ProcessorCount} processors; goals in brackets, 1.0 is reached");
        await foreach (var m in measures)
        {
            Output.Line(
                string.Create(CultureInfo.InvariantCulture, $"{m.Name, -44} {m.Value, 12:N1} {m.Unit, -8} {Goal(m)}")
            );
        }
    }

    private static string Goal(Measure measure) =>
        measure.Ratio is { } ratio
            ? string.Create(CultureInfo.InvariantCulture, $"[{measure.Goal:N1}: {ratio:N2}]")
            : "";
}
