using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ordinaut;

/// <summary>
/// The words of a closed set as the wire, the store and the logs write them: the enum's names in snake_case.
/// </summary>
internal static class Word<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>()
        .ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static readonly FrozenDictionary<string, T> ByWord = ByValue.ToFrozenDictionary(e => e.Value, e => e.Key);

    /// <summary>All words, in the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<T>().Select(value => ByValue[value])];

    /// <summary>All words, for an error message: <c>run_once, run_all or skip</c>.</summary>
    public static string Choices { get; } = Join([.. All]);

    public static string Of(T value) => ByValue[value];

    public static bool TryParse(string? word, out T value)
    {
        value = default;
        return word is not null && ByWord.TryGetValue(word, out value);
    }

    /// <summary>Reads a word this program wrote.</summary>
    public static T Parse(string word) => ByWord[word];

    private static string Join(string[] words) =>
        words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
}

/// <summary>Reads and writes an enum as its word.</summary>
internal sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Word<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"must be one of {Word<T>.Choices}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Word<T>.Of(value));
}
