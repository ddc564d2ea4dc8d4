using System.Text.Json;
using ModelContextProtocol.Client;
using Ordinaut.Tests.Tidy;

namespace Ordinaut.Tests.Mcp;

/// <summary>Holds the session of docs/assistants.md: what the document shows is what happens.</summary>
public sealed class SessionDocument
{
    [Fact]
    public async Task The_session_in_the_document_is_what_happens()
    {
        await using var app = await OrdinautApp.Start();
        await using var assistant = await app.Connect(await app.AsAdmin());
        var names = new Dictionary<string, string>();
        var answer = default(JsonElement);
        var calls = 0;

        foreach (var line in Lines().Where(line => line.Length > 0))
        {
            if (line[0] == '>')
            {
                var parts = line[2..].Split(' ', 2);
                answer = await Ask(assistant, parts[0], names.Aggregate(parts[1], (t, n) => t.Replace(n.Key, n.Value)));
                calls++;
            }
            else
            {
                Assert.Equal(line[0] == '!', answer.TryGetProperty("request_id", out _));
                Match(Json.Parse(line[2..]), answer, names, line);
            }
        }

        Assert.InRange(calls, 5, 20);
    }

    private static string[] Lines() =>
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "assistants.md"))
            .Split("```session\n")[1]
            .Split("```")[0]
            .Split('\n');

    private static async Task<JsonElement> Ask(McpClient assistant, string tool, string arguments) =>
        Json.Parse(McpApp.TextOf(await assistant.Call(tool, arguments)));

    /// <summary>Whatever is shown must be there; a word in capitals stands for an id.</summary>
    private static void Match(JsonElement shown, JsonElement real, Dictionary<string, string> names, string line)
    {
        if (shown.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in shown.EnumerateObject())
            {
                Match(member.Value, real.GetProperty(member.Name), names, line);
            }
        }
        else if (shown.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(shown.GetArrayLength(), real.GetArrayLength());
            Assert.All(shown.EnumerateArray().Zip(real.EnumerateArray()), p => Match(p.First, p.Second, names, line));
        }
        else if (shown.ValueKind == JsonValueKind.String && shown.GetString()!.All(char.IsAsciiLetterUpper))
        {
            names.TryAdd(shown.GetString()!, real.GetString()!);
            Assert.Equal(names[shown.GetString()!], real.GetString());
        }
        else
        {
            Assert.True(JsonElement.DeepEquals(shown, real), $"{line}\n{real}");
        }
    }
}
