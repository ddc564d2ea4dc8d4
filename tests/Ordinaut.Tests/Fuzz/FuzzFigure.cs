using System.Globalization;
using Ordinaut.Tests.Mcp;

namespace Ordinaut.Tests.Fuzz;

/// <summary>
/// Figure 9, the part that nobody thought of: texts a step away from right ones, read by all that reads strangers'
/// texts, and requests with such bodies. (The inputs that somebody did think of are in the hostile corpora.)
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzFigure(ITestOutputHelper output)
{
    /// <summary>What one text may cost of the processor.</summary>
    private const double MaxMilliseconds = 100;

    private static readonly int Cases = Figure.IsCampaign ? 1_400_000 : 14_000;

    private static readonly int Requests = Figure.IsCampaign ? 200_000 : 2_000;

    private static readonly int Seed = int.Parse(
        Environment.GetEnvironmentVariable("ORDINAUT_SEED") ?? "20270328",
        CultureInfo.InvariantCulture
    );

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_text_gets_an_answer_or_a_refusal_and_soon(string name)
    {
        var target = FuzzTarget.All.Single(one => one.Name == name);
        var mutator = new Mutator(Seed, target.Texts, target.Words);
        var slowest = (Milliseconds: 0.0, Text: "");
        for (var i = 0; i < Cases; i++)
        {
            var text = mutator.Next();
            var began = ThreadTime.Milliseconds();
            var defect = target.DefectIn(text);
            var spent = ThreadTime.Milliseconds() - began;
            Assert.True(defect is null, $"seed {Seed}, {Quote(text)}: {defect}");
            slowest = spent > slowest.Milliseconds ? (spent, text) : slowest;
        }

        // What compiling or a neighbour took is not taken again.
        var again = slowest.Milliseconds > MaxMilliseconds ? Again(target, slowest.Text) : slowest.Milliseconds;
        Assert.True(again <= MaxMilliseconds, $"{again:f0} ms for {Quote(slowest.Text)}");
        output.WriteLine($"Figure 9, fuzz of {name} ({Figure.Machine}; seed {Seed}): {Cases:N0} texts, 0 defects");
    }

    [Fact]
    public void A_reader_with_a_defect_is_found_out()
    {
        var sound = FuzzTarget.All[0];
        var mutant = sound with
        {
            Read = text =>
            {
                sound.Read(text);
                _ = text[text.IndexOf("||", StringComparison.Ordinal)];
            },
        };
        var mutator = new Mutator(Seed, mutant.Texts, mutant.Words);

        Assert.Contains(Enumerable.Range(0, Cases), _ => mutant.DefectIn(mutator.Next()) is IndexOutOfRangeException);
    }

    [Fact]
    public async Task No_body_brings_out_a_defect_of_the_server()
    {
        await using var app = await OrdinautApp.Start();
        var ann = await app.AsAgent("tasks:create", "tasks:read", "events:publish", "tools:use");
        (string Path, string Body)[] seeds =
        [
            ("/tasks", McpApp.Quiet),
            ("/schedules/preview", """{"schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "UTC"}"""),
            ("/schedules/parse", """{"text": "every weekday at 08:30"}"""),
            ("/pipelines/check", """{"pipeline": [{"id": "a", "uses": "debug.echo", "with": {"n": "${params.n}"}}]}"""),
            ("/expressions/evaluate", """{"expression": "a[0]", "data": {"a": [1]}}"""),
            ("/events", """{"topic": "a.b", "payload": {"n": 1}}"""),
            ("/tools/text.template/try", """{"input": {"text": "x"}}"""),
            ("/mcp", """{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_tasks"}}"""),
        ];
        string[] words = ["null", "{}", "[]", "\"", ",", ":", "true", "{\"a\":", "[[[[", "\\u0000", "\\ud800", "1e999"];
        var mutators = seeds.Select((seed, i) => new Mutator(Seed + i, [seed.Body], words, most: 1)).ToList();
        var answers = new Dictionary<int, int>();
        for (var i = 0; i < Requests; i++)
        {
            var body = mutators[i % seeds.Length].Next();
            var path = seeds[i % seeds.Length].Path;
            using var answer = await ann.Send("POST", path, body, ("Accept", "application/json, text/event-stream"));
            var status = (int)answer.StatusCode;
            Assert.True(status < 500, $"seed {Seed}: POST {path} {Quote(body)} is answered with {status}");
            answers[status] = answers.GetValueOrDefault(status) + 1;
        }

        var told = string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Value} x {a.Key}"));
        output.WriteLine($"Figure 9, requests ({Figure.Machine}; seed {Seed}): {Requests:N0}, 0 of 5xx; {told}");
        Assert.True(answers.Count >= 3, $"these requests all come to the same: {told}");
    }

    private static double Again(FuzzTarget target, string text)
    {
        var least = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var began = ThreadTime.Milliseconds();
            target.DefectIn(text);
            least = Math.Min(least, ThreadTime.Milliseconds() - began);
        }

        return least;
    }

    private static string Quote(string text) => Json.Write(text.Length > 300 ? text[..300] + "…" : text);
}
