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
            var measures = await BenchRun.Run(options, size, wish);
            Output.Line(json ? AsJson(measures) : AsTable(measures));
            return Output.Success;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string AsJson(IReadOnlyList<Measure> measures)
    {
        var rows = new JsonArray();
        foreach (var measure in measures)
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

        return new JsonObject { ["processors"] = Environment.ProcessorCount, ["measures"] = rows }.ToJsonString();
    }

    private static string AsTable(IReadOnlyList<Measure> measures)
    {
        var lines = measures.Select(m =>
            string.Create(CultureInfo.InvariantCulture, $"{m.Name, -44} {m.Value, 12:N1} {m.Unit, -8} {Goal(m)}")
        );
        var head = $"{Environment.ProcessorCount} processors; goals in brackets, 1.0 is reached";
        return string.Join('\n', lines.Prepend(head));
    }

    private static string Goal(Measure measure) =>
        measure.Ratio is { } ratio
            ? string.Create(CultureInfo.InvariantCulture, $"[{measure.Goal:N1}: {ratio:N2}]")
            : "";
}
