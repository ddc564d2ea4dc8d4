using System.Text.Json;

namespace Ordinaut.Tests.Schedules;

/// <summary>The project's own vectors, copied beside the test program.</summary>
internal static class Vectors
{
    public static IReadOnlyDictionary<string, JsonElement> Cases(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Vectors", file);
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document
            .RootElement.GetProperty("cases")
            .EnumerateArray()
            .ToDictionary(item => item.GetProperty("id").GetString()!, item => item.Clone());
    }

    public static string[] Texts(this JsonElement item, string name) =>
        item.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(text => text.GetString()!)] : [];

    public static string Text(this JsonElement item, string name) =>
        item.TryGetProperty(name, out var text) ? text.GetString()! : "";

    public static bool Flag(this JsonElement item, string name) =>
        item.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;
}
