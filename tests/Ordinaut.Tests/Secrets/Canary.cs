using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ordinaut.Tests.Secrets;

/// <summary>A value that is looked for everywhere, and the forms in which a server writes it down again.</summary>
internal sealed record Canary(string Name, string Value)
{
    /// <summary>Each with something that every form writes in another way.</summary>
    public static Canary Make(int number) =>
        new($"c{number}", $"C{RandomNumberGenerator.GetHexString(12)}\"é\\/ &<+%'={number}ß");

    /// <summary>Twelve ways to write it, and the thirteenth within a text that is encoded as a whole.</summary>
    public static IReadOnlyList<(string Form, string Text)> Forms(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var json = JsonSerializer.Serialize(value, Json.Options)[1..^1];
        return
        [
            ("plain", value),
            ("json", json),
            ("json_units", string.Concat(value.Select(c => $"\\u{(int)c:X4}"))),
            ("url", Uri.EscapeDataString(value)),
            ("url_twice", Uri.EscapeDataString(Uri.EscapeDataString(value))),
            ("url_form", WebUtility.UrlEncode(value)),
            ("url_bytes", string.Concat(bytes.Select(b => $"%{b:X2}"))),
            ("html", WebUtility.HtmlEncode(value)),
            ("hex", Convert.ToHexStringLower(bytes)),
            ("hex_upper", Convert.ToHexString(bytes)),
            ("base64", Convert.ToBase64String(bytes)),
            ("base64url", Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')),
            ("basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{value}:x"))),
        ];
    }

    /// <summary>What an answer may not hold: every form, as it is and as it stands in JSON.</summary>
    public IEnumerable<string> Traces()
    {
        foreach (var (form, text) in Forms(Value))
        {
            // What stands before and after in "basic" is in its first and last characters.
            var trace = form == "basic" ? text[8..^8] : text;
            yield return trace;
            yield return JsonSerializer.Serialize(trace, Json.Options)[1..^1];
            yield return JsonSerializer.Serialize(trace)[1..^1];
        }
    }

    /// <summary>A server's answer that tells all it was given, in every form and in its headers.</summary>
    public static byte[] Echo(JsonElement request)
    {
        var value = request.GetProperty("key").GetString()!;
        var forms = Forms(value);
        var members = forms.Select(form => $"\"{form.Form}\": {JsonSerializer.Serialize(form.Text, Json.Options)}");
        var body = Encoding.UTF8.GetBytes($$"""{{{string.Join(", ", members)}}, "list": [{{request.GetRawText()}}]}""");
        var length = body.Length.ToString(CultureInfo.InvariantCulture);
        var head = $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Type: application/json\r\n";
        var field = $"X-Echo: {forms[10].Text} {forms[3].Text}\r\n\r\n";
        return [.. Encoding.Latin1.GetBytes(head + field), .. body];
    }
}

/// <summary>Looks for canaries in whatever may hold one.</summary>
internal sealed class CanaryHunt(IEnumerable<Canary> canaries)
{
    private readonly SearchValues<string> _traces = SearchValues.Create(
        [.. canaries.SelectMany(canary => canary.Traces()).Select(AsBytes).Distinct()],
        StringComparison.Ordinal
    );

    /// <summary>What was found, by where.</summary>
    public Dictionary<string, int> Hits { get; } = [];

    public void Search(string where, string text) => Search(where, Encoding.UTF8.GetBytes(text));

    public void Search(string where, byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).AsSpan();
        var hits = 0;
        while (text.IndexOfAny(_traces) is var found and >= 0)
        {
            hits++;
            text = text[(found + 1)..];
        }

        Hits[where] = Hits.GetValueOrDefault(where) + hits;
    }

    /// <summary>A character for each byte of UTF-8, so that files and answers are searched alike.</summary>
    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
