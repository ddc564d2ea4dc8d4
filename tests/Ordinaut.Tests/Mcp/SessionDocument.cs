using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Mcp;

/// <summary>
/// Holds the session of docs/assistants.md with a server and writes it down: what the page shows is what happened. A
/// failure shows the new record, which is then copied to the page.
/// </summary>
public sealed partial class SessionDocument
{
    private const string Begin = "```session\n";
    private const string End = "```";

    private static readonly Turn[] Script =
    [
        new("assistant", "parse_schedule", """{"text": "every weekday at 08:30", "timezone": "Europe/Chisinau"}""")
        {
            Shows = ["schedule_kind", "schedule_expr", "description"],
        },
        new(
            "assistant",
            "preview_schedule",
            """
            {"schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "Europe/Chisinau",
             "from": "2099-03-27T00:00:00Z", "count": 2}
            """
        )
        {
            Shows = ["description", "occurrences"],
        },
        new("assistant", "create_task", Morning.Replace("\"text\":", "\"txt\":")) { Shows = ["errors"] },
        new("assistant", "create_task", Morning) { Names = "TASK", Shows = ["id", "status", "schedule_description"] },
        new("person", "get_proposal", """{"task_id": "TASK"}""")
        {
            Shows = ["title", "schedule_description", "tools", "fires_per_day", "digest"],
        },
        new("person", "approve_task", """{"task_id": "TASK", "digest": "DIGEST"}""")
        {
            Shows = ["status", "next_run_at"],
        },
        new("assistant", "run_task", """{"task_id": "TASK", "wait_seconds": 30}""")
        {
            Names = "RUN",
            Shows = ["id", "state", "output"],
        },
        new("assistant", "why", """{"task_id": "TASK"}""") { Shows = ["outcome", "explanation"] },
    ];

    private const string Morning = """
        {"title": "Morning", "schedule_kind": "cron", "schedule_expr": "30 8 * * 1-5", "timezone": "Europe/Chisinau",
         "payload": {"pipeline": [{"id": "greet", "uses": "text.template", "with": {"text": "Good morning"}}]},
         "idempotency_key": "morning-1"}
        """;

    private readonly Dictionary<string, string> _names = [];
    private readonly StringBuilder _record = new();

    [Fact]
    public async Task The_session_in_the_document_is_what_happens()
    {
        await using var app = await OrdinautApp.Start();
        var admin = await app.AsAdmin();
        var agent = await app.AsAgent("tasks:create", "tasks:read", "tasks:run", "runs:read", "tools:use");
        var proposes = """{"tasks_need_approval": true}""";
        await OrdinautApp.Expect(await admin.Send("PATCH", $"/agents/{agent.AgentId}", proposes), 200);
        await using var assistant = await app.Connect(agent);
        await using var person = await app.Connect(admin);

        foreach (var turn in Script)
        {
            await Take(turn, turn.Who == "person" ? person : assistant);
        }

        var shown = File.ReadAllText(Path.Combine(Repository.Root, "docs", "assistants.md")).Split(Begin)[1].Split(End)[
            0
        ];
        Assert.True(shown == _record.ToString().TrimStart('\n'), $"What happened:\n{_record}");
    }

    private async Task Take(Turn turn, McpClient client)
    {
        var given = _names.Aggregate(turn.Arguments, (text, name) => text.Replace(name.Value, name.Key));
        var result = await client.Call(turn.Tool, given);
        var answer = Json.Parse(McpApp.TextOf(result));
        if (turn.Names is { } name)
        {
            _names[answer.GetProperty("id").GetString()!] = name;
        }

        if (answer.TryGetProperty("digest", out var digest))
        {
            _names[digest.GetString()!] = "DIGEST";
        }

        var part = new JsonObject(
            turn.Shows.Select(member =>
                KeyValuePair.Create(member, JsonNode.Parse(answer.GetProperty(member).GetRawText()))
            )
        );
        var mark = result.IsError == true ? '!' : '<';
        _record
            .Append(CultureInfo.InvariantCulture, $"\n{turn.Who}> {turn.Tool} {OneLine(turn.Arguments)}\n")
            .Append(CultureInfo.InvariantCulture, $"{mark} {Normal(part.ToJsonString(Json.Options))}\n");
    }

    private static string OneLine(string arguments) => JsonNode.Parse(arguments)!.ToJsonString(Json.Options);

    /// <summary>Without what is another in each session: ids, and times around now.</summary>
    private string Normal(string text) =>
        Instant()
            .Replace(
                _names.Aggregate(text, (shown, name) => shown.Replace(name.Key, name.Value)),
                found => IsAroundNow(found.Value) ? "INSTANT" : found.Value
            );

    private static bool IsAroundNow(string instant) =>
        (DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow()).Duration()
        < TimeSpan.FromDays(30);

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Instant();

    private sealed record Turn(string Who, string Tool, string Arguments)
    {
        public string[] Shows { get; init; } = [];

        /// <summary>What the answer's id is called from here on.</summary>
        public string? Names { get; init; }
    }
}
