using System.Diagnostics;
using System.Text.Json;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Tests.ToolSources;

/// <summary>The sample server, as a program that others start or that listens on a port.</summary>
internal sealed class WeatherServer : IAsyncDisposable
{
    private readonly Process _process;

    private WeatherServer(Process process, string url)
    {
        _process = process;
        Url = url;
    }

    /// <summary>Built beside the tests.</summary>
    public static string Program { get; } =
        Path.GetFullPath(
            Path.Combine(
                AppContext.BaseDirectory,
                "../../WeatherMcp",
                Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')),
                "WeatherMcp"
            )
        );

    public string Url { get; }

    /// <summary>The one variable that it needs: where its runtime is.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string>
        {
            ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../..")),
        };

    public static ToolServerInput Command(params string[] args) =>
        new(Command: Program, Args: args, Env: Environment, Concurrency: 4);

    /// <summary>A server that listens, in this edition.</summary>
    public static async Task<WeatherServer> Listen(string edition = "1", int port = 0)
    {
        var start = new ProcessStartInfo(Program, ["--urls", $"http://127.0.0.1:{port}", "--edition", edition])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return new WeatherServer(process, (await process.StandardOutput.ReadLineAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _process.Dispose();
    }

    public async Task Stop()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>The program with this server allowed and others on loopback reachable.</summary>
    public static Task<OrdinautApp> StartApp(string? folder = null, ToolFile? file = null)
    {
        if (file is not null)
        {
            Directory.CreateDirectory(folder!);
            File.WriteAllText(Path.Combine(folder!, "tools.json"), Json.Write(file));
        }

        return OrdinautApp.Start(
            folder: folder,
            configure: options => options with { ToolsCommands = Program, EgressAllow = "127.0.0.1" }
        );
    }

    /// <summary>Tries a tool and tells its output, or the code of its failure.</summary>
    public static async Task<string> Try(OrdinautApp.Client client, string tool, string input = "{}")
    {
        var result = await client.Post<TryToolResult>($"/tools/{tool}/try", $$"""{"input": {{input}}}""");
        return result.Success ? result.Output?.GetRawText() ?? "null" : $"{result.Error!.Code}: {result.Error.Message}";
    }

    public static string Task(string uses, string with = "{}") =>
        $$$"""
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z", "max_retries": 0,
             "payload": {"pipeline": [{"id": "a", "uses": "{{{uses}}}", "with": {{{with}}}}]}}
            """;

    /// <summary>Runs a task of one step and returns that step as it ended.</summary>
    public static async Task<JsonElement> Run(OrdinautApp app, OrdinautApp.Client client, Guid task)
    {
        var run = await client.Post<RunView>($"/tasks/{task}/run_now", "", 202);
        return (await app.Finished(client, run.Id)).GetProperty("steps")[0];
    }
}
