using System.CommandLine;
using System.Text.Json;
using Ordinaut.Hosting;
using Ordinaut.Sdk;
using Ordinaut.Sdk.Wire;

namespace Ordinaut.Cli;

/// <summary>
/// <c>ordinaut dev</c>: everything in one process, with a task that shows within seconds what it does.
/// </summary>
internal static class DevCommand
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var flags = new ServerFlags();
        var command = new Command("dev", "Run everything in one process, with a demo task");
        flags.AddTo(command);
        command.SetAction((parsed, ct) => Run(flags.Read(parsed), ct));
        return command;
    }

    private static async Task<int> Run(Dictionary<string, string> flags, CancellationToken ct)
    {
        flags.TryAdd("data", Path.Combine(".data", "dev"));
        return await ServeCommand.Run(OptionsCheck.Load(flags).WithFiles(), Show, ct);
    }

    private static async Task Show(Serve server, OrdinautOptions options, CancellationToken ct)
    {
        var address = new Uri(server.Addresses[0]);
        var admin = await ClientIdentity.ReadAdmin(options.Data, ct);
        using var client = await OrdinautClient.SignIn(address, admin, ct);
        var task = await client.CreateTask(Demo(TimeProvider.System.GetUtcNow()), ct);
        Output.Line($"demo task {task.Id}: {task.ScheduleDescription}; first run at {task.NextRunAt:HH:mm:ss} UTC");
        var run = await FirstRun(client, task.Id, ct);
        Output.Line($"run {run.Id} {run.State}, scheduled for {run.ScheduledFor:HH:mm:ss}:");
        foreach (var step in run.Steps ?? [])
        {
            Output.Line($"  {step.Id} ({step.Uses}) {step.State}: {step.Output?.GetRawText() ?? step.Error?.Message}");
        }

        Output.Line("");
        Output.Line($"web UI         {address}#token={await LinkToken(address, admin, ct)}");
        Output.Line("               (that link signs in once; later, sign in with the admin's id and secret)");
        Output.Line($"API reference  {address}docs");
        Output.Line($"admin's secret {Path.Combine(options.Data, "admin.json")}");
        Output.Line("");
        Output.Line(
            $"Try in another terminal; the token is the admin's and lasts {options.AccessTokenMinutes} minutes:"
        );
        Output.Line($"TOKEN={client.Token.AccessToken}");
        Output.Line($"curl -H \"Authorization: Bearer $TOKEN\" {address}tasks");
        ShowClient(address, options.Data);
        Output.Line("");
        Output.Line("Stop with Ctrl+C; the data stays.");
    }

    /// <summary>
    /// A session's refresh token works once, and behind '#' a browser keeps it to itself: no server, log or proxy sees
    /// it. The session is the link's own, so that ending it leaves the others' refresh tokens alone.
    /// </summary>
    private static async Task<string> LinkToken(Uri address, AgentCredentials admin, CancellationToken ct)
    {
        using var client = await OrdinautClient.SignIn(address, admin, ct);
        return client.Token.RefreshToken;
    }

    /// <summary>What an MCP client's settings need; the secret is read from the data folder, and not shown.</summary>
    private static void ShowClient(Uri address, string data)
    {
        var program = Environment.ProcessPath!;
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] library = isHosted ? [Path.Combine(AppContext.BaseDirectory, "ordinaut.dll")] : [];
        string[] words = [.. library, "mcp", "--url", address.ToString(), "--data", Path.GetFullPath(data)];
        Output.Line("");
        Output.Line($"MCP endpoint   {address}mcp, with the same token; or, for a client that starts programs:");
        Output.Line("{\"mcpServers\": {\"ordinaut\": {");
        Output.Line($"  \"command\": {Quote(program)},");
        Output.Line($"  \"args\": [{string.Join(", ", words.Select(Quote))}]");
        Output.Line("}}}");
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static TaskInput Demo(DateTimeOffset now) =>
        new()
        {
            Title = "Demo: a greeting in three steps",
            Description = "Fires three times, five seconds apart, and then is completed.",
            ScheduleKind = "rrule",
            ScheduleExpr =
                $"DTSTART:{now.AddSeconds(2).UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\nRRULE:FREQ=SECONDLY;INTERVAL=5;COUNT=3",
            Timezone = "Europe/Chisinau",
            Tags = ["demo"],
            Payload = JsonDocument
                .Parse(
                    """
                    {
                      "params": {"name": "world", "zone": "Europe/Chisinau"},
                      "pipeline": [
                        {"id": "greet", "uses": "text.template", "with": {"text":
                          "Hello ${params.name}, it is ${format_time(now, 'HH:mm', params.zone)} in Chisinau."}},
                        {"id": "count", "uses": "json.transform",
                         "with": {"data": "${steps.greet}", "expression": "length(text)"}},
                        {"id": "report", "uses": "debug.echo", "if": "steps.count.result > 10",
                         "with": {"greeting": "${steps.greet.text}", "characters": "${steps.count.result}"}}
                      ]
                    }
                    """
                )
                .RootElement,
        };

    private static async Task<RunView> FirstRun(OrdinautClient client, Guid taskId, CancellationToken ct)
    {
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < Patience)
        {
            var runs = await client.RunsOf(taskId, ct);
            if (runs.Items is [.., { FinishedAt: not null } first])
            {
                return await client.GetRun(first.Id, ct);
            }

            await Task.Delay(Poll, clock, ct);
        }

        throw new Problem(ProblemKind.Unavailable, $"The demo task did not run within {Patience.TotalSeconds} s.");
    }
}
