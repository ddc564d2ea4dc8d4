using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ordinaut.ToolSources;

/// <summary>
/// Texts in which <c>{name}</c> stands for a member of a tool's input, and <c>{{</c> and <c>}}</c> for the braces. No
/// expressions: what comes in is data, and is never read as a template again.
/// </summary>
internal static class Placeholders
{
    private const string Form =
        "write {name} with letters, digits, '_', '-', '.', '[' and ']', or {{ and }} for braces";

    /// <summary>The pieces of a text; or what is wrong with it.</summary>
    public static (IReadOnlyList<Piece> Pieces, string? Fault) Parse(string text)
    {
        var pieces = new List<Piece>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else if (text[i] == '}')
            {
                return ([], $"has a '}}' that closes nothing; {Form}");
            }
            else if (text[i] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0 || !IsName(text[(i + 1)..end]))
                {
                    return ([], $"has a '{{' that begins no placeholder; {Form}");
                }

                pieces.Add(new Piece(literal.ToString(), IsName: false));
                pieces.Add(new Piece(text[(i + 1)..end], IsName: true));
                literal.Clear();
                i = end;
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        pieces.Add(new Piece(literal.ToString(), IsName: false));
        return ([.. pieces.Where(piece => piece.Text.Length > 0)], null);
    }

    /// <summary>The names in a template: in a text, or in the texts of a JSON value.</summary>
    public static IEnumerable<string> NamesIn(JsonElement template) =>
        TextsIn(template)
            .SelectMany(text => Parse(text).Pieces)
            .Where(piece => piece.IsName)
            .Select(piece => piece.Text);

    /// <summary>What is wrong with the texts of a template, or null.</summary>
    public static string? FaultIn(JsonElement template) =>
        TextsIn(template).Select(text => Parse(text).Fault).FirstOrDefault(fault => fault is not null);

    /// <summary>
    /// A template filled in; null where it needs something that the input does not have. A text that is one placeholder
    /// becomes the value itself; members and items that need what is not there are left out.
    /// </summary>
    public static JsonNode? Fill(JsonElement template, JsonElement input)
    {
        switch (template.ValueKind)
        {
            case JsonValueKind.String:
                var pieces = Parse(template.GetString()!).Pieces;
                return pieces is [{ IsName: true } only]
                    ? NodeOf(ValueOf(only.Text, input))
                    : FillText(pieces, input, t => t);
            case JsonValueKind.Object:
                var filled =
                    from member in template.EnumerateObject()
                    let value = Fill(member.Value, input)
                    where value is not null || member.Value.ValueKind == JsonValueKind.Null
                    select KeyValuePair.Create(member.Name, value);
                return new JsonObject(filled);
            case JsonValueKind.Array:
                return new JsonArray([
                    .. template.EnumerateArray().Select(i => Fill(i, input)).Where(i => i is not null),
                ]);
            default:
                return NodeOf(template);
        }
    }

    /// <summary>A text filled in; null where something is missing, or is no word or number.</summary>
    public static string? FillText(IReadOnlyList<Piece> pieces, JsonElement input, Func<string, string> encode)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            var word = piece.IsName ? WordOf(ValueOf(piece.Text, input)) : piece.Text;
            if (word is null)
            {
                return null;
            }

            text.Append(piece.IsName ? encode(word) : word);
        }

        return text.ToString();
    }

    private static JsonElement? ValueOf(string name, JsonElement input) =>
        input.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? WordOf(JsonElement? value) =>
        value?.ValueKind switch
        {
            JsonValueKind.String => value.Value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
            _ => null,
        };

    private static JsonNode? NodeOf(JsonElement? value) =>
        value is { } given ? JsonNode.Parse(given.GetRawText()) : null;

    private static IEnumerable<string> TextsIn(JsonElement template) =>
        template.ValueKind switch
        {
            JsonValueKind.String => [template.GetString()!],
            JsonValueKind.Object => template.EnumerateObject().SelectMany(member => TextsIn(member.Value)),
            JsonValueKind.Array => template.EnumerateArray().SelectMany(TextsIn),
            _ => [],
        };

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '[' or ']');
}

/// <summary>A part of a template: text as it is, or the name of what stands there.</summary>
internal readonly record struct Piece(string Text, bool IsName);
