using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Ordinaut.Hosting;
using Ordinaut.Sdk.Wire;
using Ordinaut.Secrets;
using Ordinaut.Tests.Http;
using Ordinaut.Tests.Mcp;
using Ordinaut.Tests.Tools;
using Ordinaut.Tools;

namespace Ordinaut.Tests.Secrets;

/// <summary>
/// Figure 14, second half: canary secrets go through the real program to a server that echoes them in thirteen forms,
/// through success and failure; then everything the program keeps or says is searched. The mutant forgets the values
/// before each answer, and must be found out in every sink.
/// </summary>
public sealed class CanaryFigure(ITestOutputHelper output)
{
    /// <summary>Of one agent; a campaign has ten with all they may have.</summary>
    private static readonly int Canaries = Figure.IsCampaign ? SecretCheck.MaxSecrets : 30;

    private static readonly string[] Owner =
    [
        .. "tasks:create tasks:read tasks:run runs:read tools:use events:publish events:read audit:read".Split(' '),
    ];

    [Fact]
    public async Task No_canary_is_found_anywhere()
    {
        var agents = Figure.IsCampaign ? 10 : 1;
        var hits = await Hunt(agents, forgets: false);

        output.WriteLine(
            $"canaries: {agents * Canaries} secrets x 13 forms, sinks {string.Join(", ", hits.Keys)}, {Figure.Machine}"
        );
        Assert.Equal(["api", "data folder", "log", "mcp", "stream"], hits.Keys.Order());
        Assert.All(hits, sink => Assert.Equal(0, sink.Value));
    }

    [Fact]
    public async Task A_program_that_forgets_its_secrets_is_found_out_in_every_sink()
    {
        var hits = await Hunt(agents: 1, forgets: true);

        Assert.All(hits, sink => Assert.True(sink.Value > 0, sink.Key));
    }

    private static async Task<Dictionary<string, int>> Hunt(int agents, bool forgets)
    {
        var folder = OrdinautApp.NewFolder();
        var all = Enumerable.Range(0, agents * Canaries).Select(Canary.Make).ToList();
        var hunt = new CanaryHunt(all);
        try
        {
            var app = await OrdinautApp.Start(
                configure: options => options with { EgressAllow = "127.0.0.1" },
                folder: folder
            );
            await using (app)
            {
                Action forget = forgets ? () => Known(app.Get<Redactor>()).Clear() : () => { };
                await using var server = new FakeServer(request => Answer(request, forget));
                foreach (var canaries in all.Chunk(Canaries))
                {
                    await Play(app, server, canaries, hunt);
                }

                hunt.Search("log", Logged(app, all));
            }

            foreach (var file in Directory.EnumerateFiles(folder))
            {
                hunt.Search("data folder", await File.ReadAllBytesAsync(file));
            }

            return hunt.Hits;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Answer(Received request, Action forget)
    {
        forget();
        return request.Target == "/fail"
            ? FakeServer.Answer(500, "Content-Type: text/plain\r\n", request.Text)
            : Canary.Echo(Json.Parse(request.Text));
    }

    /// <summary>One agent's run with all of its canaries, and every answer that tells of it.</summary>
    private static async Task Play(OrdinautApp app, FakeServer server, Canary[] canaries, CanaryHunt hunt)
    {
        var ann = await app.AsAgent(Owner);
        foreach (var canary in canaries)
        {
            var put = await ann.Send("PUT", $"/secrets/{canary.Name}", Json.Write(new SecretInput(canary.Value)));
            hunt.Search("api", await OrdinautApp.Expect(put, 200));
        }

        using var stream = await StreamListener.Open(app, ann, "/stream");
        var task = await ann.Post<JsonElement>("/tasks", Task(server.Url, canaries), 201);
        var taskId = task.GetProperty("id").GetString();
        var asked = await ann.Post<RunView>($"/tasks/{taskId}/run_now", "", 202);
        var run = await app.Finished(ann, asked.Id);
        Assert.True(run.GetProperty("success").GetBoolean(), run.GetProperty("error").ToString());
        // Each once, and the failure twice.
        Assert.Equal(canaries.Length + 2, server.Requests.Count);
        server.Requests.Clear();

        hunt.Search("stream", string.Concat((await stream.Until("run succeeded")).Select(m => m.Data.GetRawText())));
        string[] paths = ["/runs?limit=10", "/events?limit=10", "/audit?limit=100", "/secrets", "/tasks", "/approvals"];
        foreach (var path in paths.Append($"/runs/{asked.Id}").Append($"/tasks/{taskId}"))
        {
            hunt.Search("api", await (await ann.Send("GET", path)).Content.ReadAsStringAsync());
        }

        await using var assistant = await app.Connect(ann);
        hunt.Search("mcp", McpApp.TextOf(await assistant.Call("list_secrets")));
        hunt.Search("mcp", McpApp.TextOf(await assistant.Call("get_run", $$"""{"run_id": "{{asked.Id}}"}""")));
    }

    /// <summary>Each canary to the server, then what came of it through other tools, and a failure.</summary>
    private static string Task(string url, Canary[] canaries)
    {
        var calls = canaries.Select(canary =>
            $$$$"""
                {"id": "{{{{canary.Name}}}}", "uses": "http.request", "with": {"method": "POST", "url": "{{{{url}}}}",
                 "query": {"q": "${secrets.{{{{canary.Name}}}}}"}, "json": {"key": "${secrets.{{{{canary.Name}}}}}"}}}
                """
        );
        var first = canaries[0].Name;
        string[] more =
        [
            $$$"""{"id": "copy", "uses": "debug.echo", "with": {"seen": "${steps.{{{first}}}.body}"}}""",
            $$$"""{"id": "tell", "uses": "event.publish", "with": {"topic": "a.b", "payload": "${steps.copy}"}}""",
            $$$$"""
                {"id": "fail", "uses": "http.request", "on_error": "continue", "max_retries": 1,
                 "with": {"method": "POST", "url": "{{{{url}}}}fail", "json": {"key": "${secrets.{{{{first}}}}}"}}}
                """,
        ];
        var payload = $$"""{"pipeline": [{{string.Join(",\n", calls.Concat(more))}}]}""";
        return $$"""
            {"title": "t", "schedule_kind": "once", "schedule_expr": "2099-01-01T00:00:00Z", "payload": {{payload}}}
            """;
    }

    /// <summary>What the log says when a library throws an exception that holds all of it.</summary>
    private static string Logged(OrdinautApp app, IEnumerable<Canary> canaries)
    {
        var formatter = app.Services.GetServices<ConsoleFormatter>().Single(f => f.Name == CleanFormatter.Clean);
        var text = string.Join('\n', canaries.SelectMany(c => Canary.Forms(c.Value)).Select(form => form.Text));
        var entry = new LogEntry<string>(LogLevel.Error, "test", 1, text, new IOException(text), (s, _) => s);
        using var written = new StringWriter();
        formatter.Write(entry, null, written);
        return written.ToString();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_known")]
    private static extern ref ConcurrentDictionary<Guid, KnownSecrets> Known(Redactor redactor);
}
